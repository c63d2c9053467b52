import { BUILT_IN_CHANNELS } from '@besedka/contracts';
import { ChatWorld, type Person, refusal } from './chat-world.js';
import { ChannelMembership } from '../../../src/modules/chats/channel-membership.js';
import { Device } from './device.js';

describe('channels', () => {
  let world: ChatWorld;
  beforeAll(async () => {
    world = await ChatWorld.create();
  });
  afterAll(() => world?.close());

  const keysOf = async (person: Person): Promise<(string | null)[]> =>
    (await world.chats.listAll(person.ctx))
      .flatMap(({ kind, channelKey }) => (kind === 'channel' ? [channelKey] : []))
      .sort();

  it.each([
    ['owner', ['general', 'moderators', 'vip']],
    ['moderator', ['general', 'moderators']],
    ['store_owner', ['general']],
    ['store_admin', ['general']],
    ['user', ['general']],
  ])('%s finds %j', async (role, keys) => {
    if (role === 'owner') await world.database.execute(`DELETE FROM user_roles WHERE role_key = 'owner'`);
    expect(await keysOf(await world.person(role, [role]))).toEqual(keys);
  });

  it('a new member finds the general channel on top, then the others in their order', async () => {
    await world.database.execute(`DELETE FROM user_roles WHERE role_key = 'owner'`);
    const chats = await world.chats.listAll((await world.person('orderly', ['owner'])).ctx);
    expect(chats.map(({ channelKey }) => channelKey)).toEqual(BUILT_IN_CHANNELS.map(({ key }) => key));
  });

  it('the three exist once, also after another start', async () => {
    await world.get(ChannelMembership).onModuleInit();
    const rows = await world.database.query<{ channel_key: string; title: string; icon: string }>(
      'SELECT channel_key, title, icon FROM chats WHERE kind = $1 ORDER BY channel_key',
      ['channel'],
    );
    expect(rows).toEqual(
      BUILT_IN_CHANNELS.map(({ key, title, icon }) => ({ channel_key: key, title, icon })).sort((a, b) =>
        a.channel_key < b.channel_key ? -1 : 1,
      ),
    );
  });

  it('a start takes in everybody whom the hook did not reach, and puts out who may not be there', async () => {
    const late = await world.person();
    const vip = await world.channel('vip');
    await world.database.execute('DELETE FROM chat_members WHERE user_id = $1', [late.id]);
    await world.database.execute('INSERT INTO chat_members (chat_id, user_id) VALUES ($1, $2)', [vip, late.id]);
    await world.get(ChannelMembership).onModuleInit();
    expect(await keysOf(late)).toEqual(['general']);
  });

  it('a lost role takes the channel away at once, in the open window too, and a new one begins at the end', async () => {
    const moderators = await world.channel('moderators');
    const [ann, bob] = [await world.person('mod', ['moderator']), await world.person('mod', ['moderator'])];
    const device = await Device.open(world, ann);
    await world.send(bob, moderators, 'secret');
    expect((await world.chats.get(ann.ctx, moderators)).unread).toBe(1);
    await world.setRoles(ann, ['user']);
    expect(await refusal(world.chats.get(ann.ctx, moderators))).toBe('chat_not_found');
    expect(await refusal(world.messages.history(ann.ctx, moderators, { limit: 50 }))).toBe('chat_not_found');
    expect(await refusal(world.send(ann, moderators, 'still here?'))).toBe('chat_not_found');
    expect(await world.messages.changesSince(ann.ctx, { [moderators]: 0 })).toEqual([
      { chatId: moderators, kind: 'gone' },
    ]);
    expect(await world.chats.readable(ann.ctx, [moderators])).toEqual(new Set());
    await world.settled();
    expect(world.events.filter((e) => e.name === 'chats.gone').at(-1)).toMatchObject({
      payload: { userIds: [ann.id], chatId: moderators, reason: 'access_lost' },
    });
    expect(device.list.map(({ channelKey }) => channelKey)).toEqual(['general']);
    await world.setRoles(ann, ['moderator']);
    await world.settled();
    expect(device.list).toEqual(await world.chats.listAll(ann.ctx));
    expect((await world.chats.get(ann.ctx, moderators)).unread).toBe(0);
  });

  it('a disabled account is in no channel; enabled again it is', async () => {
    const person = await world.person();
    await world.setStatus(person, 'disabled');
    expect(await keysOf(person)).toEqual([]);
    await world.setStatus(person, 'active');
    expect(await keysOf(person)).toEqual(['general']);
  });

  it('a change that fails leaves the memberships as they were', async () => {
    const person = await world.person('mod', ['moderator']);
    await expect(world.setRoles(person, ['no such role'])).rejects.toThrow();
    expect(await keysOf(person)).toEqual(['general', 'moderators']);
  });

  it('nobody leaves, renames or deletes a channel', async () => {
    const general = await world.channel('general');
    const moderator = await world.person('mod', ['moderator']);
    expect(await refusal(world.members.leave(moderator.ctx, general))).toBe('chat_kind_mismatch');
    expect(await refusal(world.chats.rename(moderator.ctx, general, 1, 'x'))).toBe('chat_kind_mismatch');
    expect(await refusal(world.chats.remove(moderator.ctx, general))).toBe('chat_kind_mismatch');
  });
});
