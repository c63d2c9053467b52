import { scene, type Scene } from './support.js';
import { Socket } from './socket.js';

describe('DDP', () => {
  let there: Scene;
  let socket: Socket;
  beforeEach(async () => {
    there = await scene();
    there.double.make.user('alice');
    there.double.make.user('bob');
    socket = await Socket.open(there.double.url);
  });
  afterEach(async () => {
    socket.close();
    await there.double.close();
  });

  const login = async () => {
    const { userId, authToken } = there.double.make.session('alice');
    expect(await socket.call('login', { resume: authToken })).toMatchObject({
      result: { id: userId, token: authToken, type: 'resume', tokenExpires: { $date: expect.any(Number) } },
    });
    return userId;
  };

  it('connect, login resume; result before updated; ping/pong', async () => {
    const updated = socket.frame((frame) => frame.msg === 'updated');
    await login();
    await updated;
    const kinds = socket.frames.map(({ msg }) => msg);
    expect(kinds.indexOf('result')).toBeLessThan(kinds.indexOf('updated'));
    const pong = socket.frame((frame) => frame.msg === 'pong');
    socket.send({ msg: 'ping', id: 'p1' });
    expect(await pong).toEqual({ msg: 'pong', id: 'p1' });
    expect(await socket.call('login', { resume: 'nothing' })).toMatchObject({ error: { error: 403 } });
    expect(await socket.call('noSuchMethod')).toMatchObject({ error: { error: '404' } });
  });

  it('the server asks a quiet connection, and cuts one that does not answer', async () => {
    const asked = socket.frame((frame) => frame.msg === 'ping');
    there.double.clock.advance(17_500);
    await asked;
    there.double.clock.advance(15_000);
    await socket.closed;
  });

  it('sub stream-notify-user only for the own uid', async () => {
    const bob = [...there.double.state.users.values()].find(({ username }) => username === 'bob')!._id;
    expect(await socket.subscribe('stream-notify-user', `${bob}/subscriptions-changed`)).toMatchObject({
      msg: 'nosub',
    });
    const userId = await login();
    expect(await socket.subscribe('stream-notify-user', `${bob}/subscriptions-changed`)).toMatchObject({
      msg: 'nosub',
      error: { error: 'not-allowed' },
    });
    expect(await socket.subscribe('stream-notify-user', `${userId}/subscriptions-changed`)).toMatchObject({
      msg: 'ready',
    });
    const changed = socket.frame((frame) => frame.msg === 'changed');
    there.double.make.channel('bobs', 'bob');
    const { _id: rid } = there.double.make.channel('team', 'bob', ['alice']);
    expect(await changed).toMatchObject({
      collection: 'stream-notify-user',
      id: 'id',
      fields: {
        eventName: `${userId}/subscriptions-changed`,
        args: ['inserted', { rid, unread: 1, _updatedAt: { $date: expect.any(Number) } }],
      },
    });
    expect(socket.frames.filter(({ msg }) => msg === 'changed')).toHaveLength(1);
  });

  it('messages of the own rooms, with who may hear them', async () => {
    const secret = there.double.make.group('secret', 'bob');
    await login();
    expect(await socket.subscribe('stream-room-messages', secret._id)).toMatchObject({ msg: 'nosub' });
    await socket.subscribe('stream-room-messages', '__my_messages__');
    const { _id: rid } = there.double.make.channel('team', 'bob', ['alice']);
    const heard = socket.frame((frame) => frame.msg === 'changed');
    there.double.make.message(secret, 'bob', 'not for alice');
    there.double.make.message(rid, 'bob', 'for alice');
    expect(await heard).toMatchObject({
      fields: {
        eventName: '__my_messages__',
        args: [
          { msg: 'for alice', rid },
          { roomParticipant: true, roomType: 'c', roomName: 'team' },
        ],
      },
    });
  });

  it('a forced logout cuts the connection; streams can fall silent; upgrades can be refused', async () => {
    const userId = await login();
    await socket.subscribe('stream-notify-user', `${userId}/subscriptions-changed`);
    const silent = there.double.faults.order({ name: 'streams-silent' });
    there.double.make.message('general', 'alice', 'nobody hears this');
    silent();
    const heard = socket.frame((frame) => frame.msg === 'changed');
    there.double.make.channel('heard', 'bob', ['alice']);
    expect(await heard).toMatchObject({ fields: { args: ['inserted', { name: 'heard' }] } });
    await there.bridge.post('users.logout', { userId });
    await socket.closed;
    there.double.faults.order({ name: 'websocket-refused' });
    await expect(Socket.open(there.double.url)).rejects.toThrow();
  });
});
