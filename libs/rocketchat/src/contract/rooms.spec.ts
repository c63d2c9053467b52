import { collect, type RocketChatClient, type RocketChatRoom, type RocketChatUser } from '../index.js';
import { eachTarget } from '../testing/spec/each-target.js';

eachTarget('rooms', (target) => {
  let admin: RocketChatClient;
  let anna: RocketChatUser;
  let channel: RocketChatRoom;
  const CHANGED = { changed: true };
  const UNCHANGED = { changed: false };
  beforeAll(async () => {
    ({ admin } = target());
    anna = await target().person('anna');
    channel = await admin.channels.create({ name: `temp-channel-${target().mark}` });
  });
  afterAll(() => admin.channels.delete(channel._id));

  it('are found by id and by name, or not', async () => {
    expect(channel).toMatchObject({ t: 'c', name: `temp-channel-${target().mark}` });
    expect(await admin.channels.info({ roomName: channel.name! })).toMatchObject({ _id: channel._id });
    expect(await admin.channels.find({ roomId: 'nowhere' })).toBeUndefined();
    expect(await admin.rooms.find({ roomId: channel._id })).toMatchObject({ _id: channel._id, t: 'c' });
    expect(await admin.rooms.find({ roomId: 'nowhere' })).toBeUndefined();
    expect((await collect(admin.channels.list())).map(({ _id }) => _id)).toContain(channel._id);
    expect(await admin.rooms.nameExists(channel.name!)).toBe(true);
    expect(await admin.rooms.nameExists(`no-${channel.name!}`)).toBe(false);
  });

  it('are made once by name, and not under every name', async () => {
    await expect(admin.channels.create({ name: channel.name! })).rejects.toMatchObject({
      kind: 'conflict',
      errorType: 'error-duplicate-channel-name',
    });
    const { value } = await admin.settings.get('UI_Allow_room_names_with_special_chars');
    if (value === false) {
      const refused = { kind: 'invalid', errorType: 'error-invalid-room-name' };
      await expect(admin.channels.create({ name: 'Общий чат' })).rejects.toMatchObject(refused);
    }
  });

  it.each(['setTopic', 'setDescription', 'setAnnouncement'] as const)('%s writes only what differs', async (method) => {
    expect(await admin.channels[method](channel._id, 'Вопросы и ответы')).toEqual(CHANGED);
    expect(await admin.channels[method](channel._id, 'Вопросы и ответы')).toEqual(UNCHANGED);
    if (method === 'setTopic') {
      // The server's own "the same as what it would be changed to".
      expect(await admin.channels.setTopic(channel._id, 'Вопросы и ответы', { compared: true })).toEqual(UNCHANGED);
    }
    expect(await admin.channels[method](channel._id, '')).toEqual(CHANGED);
    expect(await admin.channels[method](channel._id, '')).toEqual(UNCHANGED);
  });

  it('are read-only, default and archived, once each', async () => {
    const { channels } = admin;
    for (const on of [true, false]) {
      expect(await channels.setReadOnly(channel._id, on)).toEqual(CHANGED);
      expect(await channels.setReadOnly(channel._id, on)).toEqual(UNCHANGED);
      expect(await channels.setReadOnly(channel._id, on, { compared: true })).toEqual(UNCHANGED);
      expect(await channels.setDefault(channel._id, on)).toEqual(CHANGED);
      expect(await channels.setDefault(channel._id, on)).toEqual(UNCHANGED);
      // Here the server names the wrong one of its two codes.
      expect(await channels.setDefault(channel._id, on, { compared: true })).toEqual(UNCHANGED);
    }
    expect(await channels.archive(channel._id)).toEqual(CHANGED);
    expect(await channels.archive(channel._id)).toEqual(UNCHANGED);
    await expect(channels.setTopic(channel._id, 'archived')).rejects.toMatchObject({
      errorType: 'error-room-archived',
      kind: 'conflict',
    });
    expect(await channels.unarchive(channel._id)).toEqual(CHANGED);
    expect(await channels.unarchive(channel._id)).toEqual(UNCHANGED);
  });

  it('get another name, once', async () => {
    const name = `temp-renamed-${target().mark}`;
    expect(await admin.channels.rename(channel._id, name)).toEqual(CHANGED);
    expect(await admin.channels.rename(channel._id, name)).toEqual(UNCHANGED);
    expect(await admin.channels.rename(channel._id, name, { compared: true })).toEqual(UNCHANGED);
    expect(await admin.channels.info({ roomId: channel._id })).toMatchObject({ name });
  });

  it('have members and moderators, each once', async () => {
    const { channels } = admin;
    const member = { roomId: channel._id, userId: anna._id };
    await expect(channels.addModerator(member)).rejects.toMatchObject({ errorType: 'error-user-not-in-room' });
    expect(await channels.invite(member)).toEqual(CHANGED);
    expect(await channels.invite(member)).toEqual(UNCHANGED);
    expect((await collect(channels.members(channel._id))).map(({ _id }) => _id)).toContain(anna._id);

    for (const role of ['Moderator', 'Owner', 'Leader'] as const) {
      expect(await channels[`add${role}`](member)).toEqual(CHANGED);
      expect(await channels[`add${role}`](member)).toEqual(UNCHANGED);
      expect(await channels[`add${role}`](member, { compared: true })).toEqual(UNCHANGED);
    }
    const held = (await channels.roles(channel._id)).find(({ u }) => u._id === anna._id);
    expect(held?.roles.toSorted()).toEqual(['leader', 'moderator', 'owner']);
    expect((await channels.moderators(channel._id)).map(({ _id }) => _id)).toContain(anna._id);
    const seen = await admin.users.infoWithRooms({ userId: anna._id });
    expect(seen.rooms?.find(({ rid }) => rid === channel._id)?.roles.toSorted()).toEqual([
      'leader',
      'moderator',
      'owner',
    ]);

    for (const role of ['Moderator', 'Owner', 'Leader'] as const) {
      expect(await channels[`remove${role}`](member)).toEqual(CHANGED);
      expect(await channels[`remove${role}`](member)).toEqual(UNCHANGED);
      expect(await channels[`remove${role}`](member, { compared: true })).toEqual(UNCHANGED);
    }
    expect(await channels.kick(member)).toEqual(CHANGED);
    expect(await channels.kick(member)).toEqual(UNCHANGED);
    expect(await channels.kick(member, { compared: true })).toEqual(UNCHANGED);
  });

  it('take in everybody at once, or the active ones', async () => {
    const zoya = await target().person('zoya');
    await admin.users.setActiveStatus(zoya._id, false);
    const inside = async () => (await collect(admin.channels.members(channel._id))).map(({ _id }) => _id);
    await admin.channels.addAll(channel._id, { activeUsersOnly: true });
    expect(await inside()).toContain(anna._id);
    expect(await inside()).not.toContain(zoya._id);
    await admin.channels.kick({ roomId: channel._id, userId: anna._id });
  });

  it('keep their last owner', async () => {
    const { _id: userId } = await admin.auth.me();
    await expect(admin.channels.removeOwner({ roomId: channel._id, userId })).rejects.toMatchObject({
      kind: 'refused',
    });
    await expect(admin.channels.leave(channel._id)).rejects.toMatchObject({
      kind: 'refused',
      errorType: 'error-you-are-last-owner',
    });
  });

  it('are joined by who wants to', async () => {
    const hers = await target().as(anna);
    await hers.channels.join(channel._id);
    await hers.channels.join(channel._id);
    const mine = await hers.rooms.get();
    expect(mine.update.map(({ _id }) => _id)).toContain(channel._id);
    await hers.channels.leave(channel._id);
  });

  it('change sides, and are then found on the other one', async () => {
    expect(await admin.channels.setType(channel._id, 'p')).toEqual(CHANGED);
    expect(await admin.channels.setType(channel._id, 'p')).toEqual(UNCHANGED);
    expect(await admin.groups.info({ roomId: channel._id })).toMatchObject({ t: 'p' });
    expect(await admin.groups.setType(channel._id, 'c')).toEqual(CHANGED);
    expect(await admin.channels.info({ roomId: channel._id })).toMatchObject({ t: 'c' });
  });

  it('that are private hide from who is not in them, admins included, except in the list of the administration', async () => {
    const group = await (await target().as(anna)).groups.create({ name: `temp-group-${target().mark}` });
    expect(await admin.groups.find({ roomId: group._id })).toBeUndefined();
    expect(await admin.rooms.nameExists(group.name!)).toBe(true);
    const of = async (types: ('c' | 'p')[]) =>
      (await collect(admin.rooms.adminRooms({ filter: group.name!, types }))).map(({ _id }) => _id);
    expect(await of(['p'])).toEqual([group._id]);
    expect(await of(['c'])).toEqual([]);
    const hers = await target().as(anna);
    expect(await hers.groups.setTopic(group._id, 'наше')).toEqual(CHANGED);
    expect(await hers.groups.setTopic(group._id, 'наше')).toEqual(UNCHANGED);
    expect((await collect(hers.groups.list())).map(({ _id }) => _id)).toContain(group._id);
    expect(await hers.groups.delete(group._id)).toEqual(CHANGED);
    expect(await hers.groups.delete(group._id)).toEqual(UNCHANGED);
  });

  it('take several settings at once', async () => {
    await admin.rooms.saveSettings(channel._id, { roomTopic: 'сразу', roomDescription: 'оба' });
    await admin.rooms.saveSettings(channel._id, { roomTopic: 'сразу', roomDescription: 'оба' });
    expect(await admin.channels.info({ roomId: channel._id })).toMatchObject({ topic: 'сразу', description: 'оба' });
  });

  it('of two people are the same one every time', async () => {
    const room = await admin.im.create(anna.username!);
    expect(room.t).toBe('d');
    expect((await admin.im.create(anna.username!))._id).toBe(room._id);
    expect((await admin.im.createMany([anna.username!]))._id).toBe(room._id);
    await expect(admin.im.create(`nobody_${target().mark}`)).rejects.toMatchObject({
      kind: 'not-found',
      errorType: 'error-invalid-user',
    });
  });
});
