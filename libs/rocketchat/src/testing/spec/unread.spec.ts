import { ADMIN, scene, type Rest, type Scene } from './support.js';

describe('Unread', () => {
  let there: Scene;
  let own: Rest;
  let roomId: string;
  beforeEach(async () => {
    there = await scene();
    own = there.user('alice');
    there.double.make.user('bob');
    roomId = there.double.make.channel('team', 'bob', ['alice'])._id;
    await own.post('subscriptions.read', { rid: roomId });
  });
  afterEach(() => there.double.close());

  const mine = async () => (await own.get('subscriptions.getOne', { roomId })).body.subscription;

  it('alert for all, unread only by Unread_Count', async () => {
    const { double } = there;
    double.make.message(roomId, 'bob', 'hello');
    expect(await mine()).toMatchObject({ alert: true, unread: 0, userMentions: 0, open: true });
    double.make.message(roomId, 'bob', 'hello @alice and @all');
    expect(await mine()).toMatchObject({ unread: 1, userMentions: 1, groupMentions: 1 });
    double.set('Unread_Count', 'all_messages');
    double.make.message(roomId, 'bob', 'again');
    expect(await mine()).toMatchObject({ unread: 2 });
    double.set('Unread_Count', 'group_mentions_only');
    double.make.message(roomId, 'bob', 'only @alice');
    expect(await mine()).toMatchObject({ unread: 2, userMentions: 2 });
  });

  it('the author is reset to read; what came late does not count', async () => {
    const { double } = there;
    double.set('Unread_Count', 'all_messages');
    double.make.message(roomId, 'bob', 'old', { ts: new Date(double.clock.now() - 61_000) });
    expect(await mine()).toMatchObject({ unread: 0 });
    double.make.message(roomId, 'bob', 'new');
    expect(await mine()).toMatchObject({ unread: 1 });
    expect((await own.post('chat.postMessage', { roomId, text: 'my answer' })).body.message.msg).toBe('my answer');
    expect(await mine()).toMatchObject({ unread: 0, alert: false });
  });

  it('DM counts all; read resets', async () => {
    const { double } = there;
    const direct = double.make.direct('alice', 'bob');
    double.make.message(direct, 'bob', 'one');
    double.make.message(direct, 'bob', 'two');
    const one = async () => (await own.get('subscriptions.getOne', { roomId: direct._id })).body.subscription;
    expect(await one()).toMatchObject({ unread: 2, alert: true });
    await own.post('subscriptions.read', { rid: direct._id });
    expect(await one()).toMatchObject({ unread: 0, alert: false, userMentions: 0 });
    await own.post('subscriptions.unread', { roomId: direct._id });
    expect(await one()).toMatchObject({ unread: 1, alert: true });
    expect((await own.post('subscriptions.read', { rid: 'nowhere' })).body.errorType).toBe(
      'error-invalid-subscription',
    );
  });

  it('thread replies go to tunread of those who follow', async () => {
    const { double } = there;
    const { body } = await own.post('chat.sendMessage', { message: { rid: roomId, msg: 'question' } });
    const tmid = body.message._id as string;
    double.make.message(roomId, 'bob', 'answer', { tmid });
    expect(await mine()).toMatchObject({ unread: 0, tunread: [tmid], alert: true });
    await own.post('subscriptions.read', { rid: roomId, readThreads: true });
    expect(await mine()).toMatchObject({ tunread: [], alert: false });
  });

  it('new member starts with 1', async () => {
    const other = there.double.make.channel('other', 'bob', ['alice']);
    const { body } = await own.get('subscriptions.getOne', { roomId: other._id });
    expect(body.subscription).toMatchObject({ alert: true, unread: 1, userMentions: 1 });
  });

  it('the numbers of anybody are in users.info for an admin', async () => {
    there.double.make.message(roomId, 'bob', '@alice');
    const { body } = await there.bridge.get('users.info', { username: 'alice', includeUserRooms: 'true' });
    expect(body.user.rooms).toContainEqual(expect.objectContaining({ rid: roomId, unread: 1 }));
  });
});

describe('rooms.get, subscriptions.get/getOne/read', () => {
  it('for the caller only; update/remove shape', async () => {
    const { double, user } = await scene();
    const own = user('alice');
    double.make.group('secret', ADMIN.username);
    const room = double.make.channel('team', ADMIN.username, ['alice']);
    const ids = (list: { rid?: string; _id: string }[]) => list.map(({ rid, _id }) => rid ?? _id).sort();
    expect(ids((await own.get('subscriptions.get')).body.update)).toEqual(['GENERAL', room._id].sort());
    expect(ids((await own.get('rooms.get')).body.update)).toEqual(['GENERAL', room._id].sort());
    expect((await own.get('subscriptions.getOne', { roomId: 'elsewhere' })).body.subscription).toBeNull();

    double.clock.advance(1000);
    const updatedSince = double.clock.date().toISOString();
    expect((await own.get('subscriptions.get', { updatedSince })).body).toEqual({
      update: [],
      remove: [],
      success: true,
    });
    double.clock.advance(1000);
    double.make.message(room, ADMIN.username, 'hello');
    await own.post('channels.leave', { roomId: 'GENERAL' });
    const { body } = await own.get('subscriptions.get', { updatedSince });
    expect(ids(body.update)).toEqual([room._id]);
    expect(body.remove).toEqual([{ _id: expect.any(String), _deletedAt: expect.any(String) }]);
    expect((await own.get('rooms.get', { updatedSince })).body.remove).toMatchObject([{ _id: 'GENERAL' }]);
    expect((await own.get('rooms.get', { updatedSince: 'yesterday' })).body.errorType).toBe(
      'error-updatedSince-param-invalid',
    );
    await double.close();
  });
});
