import { ADMIN, refused, scene, type Scene } from './support.js';

describe('channels.*, groups.*', () => {
  let there: Scene;
  let alice: string;
  beforeEach(async () => {
    there = await scene();
    alice = there.double.make.user('alice')._id;
  });
  afterEach(() => there.double.close());

  it.each(['channels', 'groups'] as const)(
    '%s.create: who makes it owns it; 400 for names that cannot be',
    async (kind) => {
      const { bridge } = there;
      const key = kind === 'channels' ? 'channel' : 'group';
      const { body } = await bridge.post(`${kind}.create`, { name: 'news', members: ['alice', 'nobody'] });
      expect(body[key]).toMatchObject({ name: 'news', t: kind === 'channels' ? 'c' : 'p', usersCount: 2 });
      const roles = (await bridge.get(`${kind}.roles`, { roomName: 'news' })).body.roles;
      expect(roles).toMatchObject([{ u: { username: ADMIN.username }, roles: ['owner'] }]);
      const again = await bridge.post(`${kind}.create`, { name: 'news' });
      expect(again).toMatchObject({ status: 400, body: refused('error-duplicate-channel-name') });
      for (const name of ['Новости', 'with space', 'admin', 'system']) {
        expect((await bridge.post(`${kind}.create`, { name })).body).toMatchObject(
          refused('error-invalid-room-name') as object,
        );
      }
      await bridge.post(`${kind}.archive`, { roomName: 'news' });
      expect((await bridge.post(`${kind}.create`, { name: 'news' })).body.errorType).toBe(
        'error-archived-duplicate-name',
      );
      expect((await bridge.post(`${kind}.setTopic`, { roomName: 'news', topic: 'x' })).body.errorType).toBe(
        'error-room-archived',
      );
    },
  );

  it('titles with special characters get an address, a second one silently another', async () => {
    const { bridge, double } = there;
    double.set('UI_Allow_room_names_with_special_chars', true);
    const first = (await bridge.post('channels.create', { name: 'Общий чат' })).body.channel;
    const second = (await bridge.post('channels.create', { name: 'Общий  чат!' })).body.channel;
    expect([first.name, first.fname, second.name]).toEqual(['obshiy-chat', 'Общий чат', 'obshiy-chat-1']);
    expect((await bridge.post('groups.create', { name: 'Общий чат' })).body.errorType).toBe(
      'error-duplicate-channel-name',
    );
  });

  it('info 400 error-room-not-found', async () => {
    const { bridge } = there;
    for (const query of [{ roomName: 'no-such' }, { roomId: 'x' }] as Record<string, string>[]) {
      expect((await bridge.get('channels.info', query)).body).toMatchObject(refused('error-room-not-found') as object);
    }
    expect((await bridge.get('groups.info', { roomName: 'general' })).body.errorType).toBe('error-room-not-found');
    expect((await bridge.get('channels.info', {})).body.errorType).toBe('error-roomid-param-not-provided');
    expect((await bridge.get('rooms.info', { roomName: 'general' })).body.room._id).toBe('GENERAL');
    expect((await bridge.get('rooms.nameExists', { roomName: 'general' })).body.exists).toBe(true);
  });

  it('GENERAL exists with default true', async () => {
    expect((await there.bridge.get('channels.info', { roomId: 'GENERAL' })).body.channel).toMatchObject({
      name: 'general',
      default: true,
    });
  });

  it('invite idempotent; kick non-member 400; the last owner stays', async () => {
    const { bridge, double } = there;
    const { _id: roomId } = double.make.group('team', ADMIN.username);
    expect((await bridge.post('groups.invite', { roomId, userId: alice })).status).toBe(200);
    expect((await bridge.post('groups.invite', { roomId, usernames: ['alice'] })).status).toBe(200);
    expect(double.writes.map(({ changed }) => changed)).toEqual([true, false]);
    expect((await bridge.get('groups.members', { roomId })).body.total).toBe(2);
    expect((await bridge.post('groups.invite', { roomId })).body).toMatchObject(
      refused('error-empty-invite-list') as object,
    );
    await bridge.post('groups.kick', { roomId, userId: alice });
    expect((await bridge.post('groups.kick', { roomId, userId: alice })).body).toMatchObject(
      refused('error-user-not-in-room') as object,
    );
    const own = double.make.session(ADMIN.username).userId;
    expect((await bridge.post('groups.kick', { roomId, userId: own })).body.errorType).toBe('error-you-are-last-owner');
    const stranger = await there.user('bob').post('channels.invite', { roomId: 'GENERAL', userId: alice });
    expect(stranger.body.errorType).toBe('error-not-allowed');
  });

  it('addModerator twice 400, for strangers too', async () => {
    const { bridge, double } = there;
    const { _id: roomId } = double.make.channel('team', ADMIN.username, ['alice']);
    const body = { roomId, userId: alice };
    expect((await bridge.post('channels.addModerator', body)).body).toEqual({ success: true });
    expect((await bridge.post('channels.addModerator', body)).body).toMatchObject(
      refused('error-user-already-moderator') as object,
    );
    expect((await bridge.get('channels.moderators', { roomId })).body.moderators).toMatchObject([
      { username: 'alice' },
    ]);
    expect((await bridge.post('channels.addOwner', body)).status).toBe(200);
    expect((await bridge.post('channels.addOwner', body)).body.errorType).toBe('error-user-already-owner');
    await bridge.post('channels.removeModerator', body);
    expect((await bridge.post('channels.removeModerator', body)).body.errorType).toBe('error-user-not-moderator');
    const { _id: stranger } = double.make.user('bob');
    const outside = await bridge.post('channels.addModerator', { roomId, userId: stranger });
    expect(outside.body).toMatchObject(refused('error-user-not-in-room') as object);
    const byAlice = await there.user('bob').post('channels.addModerator', body);
    expect(byAlice.body.errorType).toBe('error-not-allowed');
  });

  it('unchanged topic/description/readOnly/type/name/default 400 in channels; in groups only readOnly and type', async () => {
    const { bridge, double } = there;
    const same = {
      success: false,
      error: expect.stringMatching(/is the same as what it would be (changed|renamed) to\./),
    };
    const changes = [
      ['setTopic', { topic: 't' }, true],
      ['setDescription', { description: 'd' }, true],
      ['setPurpose', { purpose: 'p' }, true],
      ['setAnnouncement', { announcement: 'a' }, false],
      ['setReadOnly', { readOnly: true }, true],
      ['rename', { name: 'other' }, true],
    ] as const;
    for (const kind of ['channels', 'groups'] as const) {
      const { _id: roomId } =
        kind === 'channels' ? double.make.channel('one', ADMIN.username) : double.make.group('two', ADMIN.username);
      for (const [path, body, refuses] of changes) {
        if (kind === 'groups' && path === 'rename') continue;
        expect((await bridge.post(`${kind}.${path}`, { roomId, ...body })).status).toBe(200);
        const again = await bridge.post(`${kind}.${path}`, { roomId, ...body });
        const expected = refuses && (kind === 'channels' || path === 'setReadOnly');
        expect([path, again.status]).toEqual([path, expected ? 400 : 200]);
        if (expected) expect(again.body).toEqual(same);
      }
      const type = kind === 'channels' ? 'c' : 'p';
      expect((await bridge.post(`${kind}.setType`, { roomId, type })).body).toEqual(same);
    }
  });

  it('a new name stands in every membership, and its address is the new one', async () => {
    const { bridge, double } = there;
    const { _id: roomId } = double.make.channel('before', ADMIN.username, ['alice']);
    await bridge.post('channels.rename', { roomId, name: 'between' });
    await bridge.post('rooms.saveRoomSettings', { rid: roomId, roomName: 'after' });
    const { body } = await there.user('alice').get('subscriptions.getOne', { roomId });
    expect(body.subscription).toMatchObject({ name: 'after', fname: 'after', alert: true });
  });

  it('setDefault swapped errors, no back-fill', async () => {
    const { bridge, double } = there;
    const { _id: roomId } = double.make.channel('start', ADMIN.username);
    expect((await bridge.post('channels.setDefault', { roomId })).body.errorType).toBe(
      'error-channels-setdefault-is-same',
    );
    expect((await bridge.post('channels.setDefault', { roomId, default: true })).status).toBe(200);
    const again = await bridge.post('channels.setDefault', { roomId, default: true });
    expect(again.body.errorType).toBe('error-channels-setdefault-missing-default-param');
    expect(double.state.subscriptions.has(`${roomId}/${alice}`)).toBe(false);
    expect(double.state.subscriptions.has(`${roomId}/${double.make.user('carol')._id}`)).toBe(true);
  });

  it('join, leave, addAll, delete, saveRoomSettings', async () => {
    const { bridge, double, user } = there;
    const { _id: roomId } = double.make.channel('open', ADMIN.username);
    const own = user('alice');
    expect((await own.post('channels.join', { roomId })).body.channel._id).toBe(roomId);
    expect((await own.post('channels.leave', { roomId })).status).toBe(200);
    expect((await own.post('channels.leave', { roomId })).body.errorType).toBe('error-user-not-in-room');
    await bridge.post('channels.addAll', { roomId });
    expect(double.state.subscriptions.has(`${roomId}/${alice}`)).toBe(true);
    const save = { rid: roomId, roomTopic: 'Тема', readOnly: true, default: true };
    expect((await bridge.post('rooms.saveRoomSettings', save)).body).toEqual({ rid: roomId, success: true });
    expect(double.state.rooms.get(roomId)).toMatchObject({ topic: 'Тема', ro: true, default: true });
    expect((await own.post('channels.delete', { roomId })).body.errorType).toBe('error-not-allowed');
    expect((await bridge.post('channels.delete', { roomId })).status).toBe(200);
    expect(
      (await own.get('subscriptions.get', { updatedSince: new Date(0).toISOString() })).body.remove.length,
    ).toBeGreaterThan(0);
  });
});

describe('im.create', () => {
  it('idempotent; unknown people and a missing right are refused', async () => {
    const { user, bridge, double } = await scene();
    const own = user('alice');
    double.make.user('bob');
    const { body } = await own.post('im.create', { username: 'bob' });
    expect(body.room).toMatchObject({ t: 'd', rid: body.room._id, usernames: ['alice', 'bob'] });
    expect((await user('bob').post('dm.create', { usernames: 'alice' })).body.room._id).toBe(body.room._id);
    expect((await own.post('im.create', { username: 'nobody' })).body).toMatchObject(
      refused('error-invalid-user') as object,
    );
    await bridge.post('permissions.update', { permissions: [{ _id: 'create-d', roles: [] }] });
    expect((await own.post('im.create', { username: ADMIN.username })).body.errorType).toBe('error-not-allowed');
    await double.close();
  });
});
