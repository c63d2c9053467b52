import {
  collect,
  type IntegrationToCreate,
  type RocketChatClient,
  type RocketChatRoom,
  type RocketChatUser,
  type SettingValue,
} from '../index.js';
import { eventually } from '../testing/contract-target.js';
import { eachTarget } from '../testing/spec/each-target.js';

eachTarget('messages', (target) => {
  let admin: RocketChatClient;
  let hers: RocketChatClient;
  let anna: RocketChatUser;
  let channel: RocketChatRoom;
  let count: SettingValue;
  beforeAll(async () => {
    ({ admin } = target());
    anna = await target().person('anna');
    hers = await target().as(anna);
    channel = await admin.channels.create({ name: `temp-messages-${target().mark}` });
    await admin.channels.invite({ roomId: channel._id, userId: anna._id });
    count = (await admin.settings.get('Unread_Count')).value ?? 'user_and_group_mentions_only';
  });
  afterAll(async () => {
    await admin.settings.set('Unread_Count', count);
    await admin.channels.delete(channel._id);
  });

  const unreadOf = async () => (await hers.subscriptions.getOne(channel._id))?.unread;

  it('are written, found and deleted', async () => {
    const posted = await admin.chat.postMessage({ roomId: channel._id, text: 'Добро пожаловать!' });
    expect(await admin.chat.getMessage(posted._id)).toMatchObject({ rid: channel._id, msg: 'Добро пожаловать!' });
    const sent = await admin.chat.sendMessage({ rid: channel._id, msg: 'второе' });
    await admin.chat.delete({ roomId: channel._id, msgId: sent._id });
    await expect(admin.chat.getMessage(sent._id)).rejects.toThrow();
  });

  it('raise the number only as far as the setting says; reading resets it', async () => {
    await admin.settings.set('Unread_Count', 'user_and_group_mentions_only');
    await hers.subscriptions.read(channel._id);
    expect(await unreadOf()).toBe(0);
    await admin.chat.postMessage({ roomId: channel._id, text: 'просто так' });
    await eventually(target(), async () => (await hers.subscriptions.getOne(channel._id))?.alert === true);
    expect(await unreadOf()).toBe(0);

    await admin.settings.set('Unread_Count', 'all_messages');
    await admin.chat.postMessage({ roomId: channel._id, text: 'теперь с числом' });
    await eventually(target(), async () => (await unreadOf()) === 1);
    const seen = await admin.users.infoWithRooms({ userId: anna._id });
    expect(seen.rooms?.find(({ rid }) => rid === channel._id)).toMatchObject({ unread: 1, t: 'c' });

    await hers.subscriptions.read(channel._id);
    expect(await unreadOf()).toBe(0);
    await expect(hers.subscriptions.read('nowhere')).rejects.toThrow();
  });

  it('come as changes of memberships since a moment, with what is gone', async () => {
    const all = await hers.subscriptions.get();
    expect(all.update.map(({ rid }) => rid)).toContain(channel._id);
    const mine = all.update.find(({ rid }) => rid === channel._id)!;
    const since = mine._updatedAt!;
    await target().pass(10);
    await admin.channels.kick({ roomId: channel._id, userId: anna._id });
    const changes = await hers.subscriptions.get(since);
    expect(changes.remove.map(({ _id }) => _id)).toContain(mine._id);
    expect(await hers.subscriptions.getOne(channel._id)).toBeUndefined();
    await admin.channels.invite({ roomId: channel._id, userId: anna._id });
  });

  it('of one to one count always', async () => {
    const room = await admin.im.create(anna.username!);
    await hers.subscriptions.read(room._id).catch(() => undefined);
    await admin.chat.postMessage({ roomId: room._id, text: 'тет-а-тет' });
    await eventually(target(), async () => ((await hers.subscriptions.getOne(room._id))?.unread ?? 0) > 0);
  });

  describe('webhooks', () => {
    const webhook = () => ({ username: target().account.user, channel: `#${channel.name!}`, enabled: true });

    it('into the server write a message, for who has the token', async () => {
      const name = `temp_in_${target().mark}`;
      const made = await admin.integrations.create({ type: 'webhook-incoming', name, ...webhook() });
      expect(made).toMatchObject({ type: 'webhook-incoming', name, channel: [`#${channel.name!}`] });
      const { _id: integrationId } = made;
      await admin.integrations.post({ integrationId, token: made.token! }, { text: 'снаружи' });
      await expect(admin.integrations.post({ integrationId, token: 'wrong' }, { text: 'x' })).rejects.toMatchObject({
        kind: 'not-found',
        status: 404,
      });
      expect(await admin.integrations.remove(made)).toEqual({ changed: true });
      expect(await admin.integrations.remove(made)).toEqual({ changed: false });
    });

    it('out of the server are made, listed, changed and removed', async () => {
      const wanted = {
        type: 'webhook-outgoing' as const,
        name: `temp_out_${target().mark}`,
        ...webhook(),
        event: 'sendMessage' as const,
        urls: ['http://127.0.0.1:9/hook'],
        token: 'our-own-token',
      } satisfies IntegrationToCreate;
      const made = await admin.integrations.create(wanted);
      expect(made).toMatchObject({ event: 'sendMessage', token: 'our-own-token' });
      await admin.integrations.update(made._id, { ...wanted, enabled: false });
      expect(await admin.integrations.get(made._id)).toMatchObject({ enabled: false, name: wanted.name });
      expect((await collect(admin.integrations.list())).map(({ _id }) => _id)).toContain(made._id);
      expect(await admin.integrations.remove(made)).toEqual({ changed: true });
    });
  });
});
