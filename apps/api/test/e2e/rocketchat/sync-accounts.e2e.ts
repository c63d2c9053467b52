import sharp from 'sharp';
import { createUser, signIn } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { SyncWorld } from '../../support/rocketchat/sync-world.js';

describe('accounts of Rocket.Chat follow the portal', () => {
  let world: SyncWorld;
  beforeAll(async () => {
    world = await SyncWorld.open();
  });
  afterAll(() => world?.close());

  it('F28 at the first start everybody gets an account, and roles decide the channels, without a licence', async () => {
    expect(await world.places('owner')).toEqual({ general: 'owner', vip: 'owner', moderators: 'owner' });
    expect(await world.places('test_user')).toEqual({ general: 'member' });
    expect(await world.places('store_owner')).toEqual({ general: 'member' });
    expect(await world.link('owner')).toMatchObject({ state: 'ready', username: 'owner', error: null, synced: true });
    expect(world.account('owner')).toMatchObject({
      name: 'Ольга Владимирова',
      emails: [{ address: 'owner@besedka.local', verified: true }],
      active: true,
      // Rights of the portal are no rights over the server.
      roles: ['user'],
    });
    // Once more for everybody: nothing differs, nothing is written.
    world.server.calls.length = 0;
    await world.sql('UPDATE outbox SET done_at = NULL, begun_at = NULL, next_attempt_at = now()');
    await world.settled();
    expect(world.server.calls.length).toBeGreaterThan(4);
    expect(world.server.writes).toEqual([]);
  });

  it('a name that the server keeps for itself gets another one there, and nobody has to choose', async () => {
    expect(world.account('admin')).toBeUndefined();
    expect(await world.link('admin')).toMatchObject({ state: 'ready', username: 'admin_2', conflict: null });
    expect(await world.places('admin_2')).toEqual({ general: 'moderator', moderators: 'moderator' });
  });

  it('F12 who was just made is in their channels before they open the chat', async () => {
    const user = await createUser(world.owner, { email: 'new@example.org' });
    await world.settled();
    expect(await world.places(user.username)).toEqual({ general: 'member' });
    expect(world.account(user.username)).toMatchObject({
      name: user.fullName,
      emails: [{ address: 'new@example.org', verified: true }],
    });
  });

  it('name, user name, address and picture follow; an address that is gone leaves what was there', async () => {
    const user = await createUser(world.owner, { email: 'old@example.org' });
    await world.settled();
    const id = world.account(user.username)?._id;
    await world.change(user, { fullName: 'Другое Имя', username: 'renamed.person', email: 'Newer@Example.org' });
    await world.settled();
    const account = world.account('renamed.person');
    expect(account).toMatchObject({
      ...{ _id: id, name: 'Другое Имя', emails: [{ address: 'Newer@Example.org', verified: true }] },
    });
    await world.change(user, { email: null });
    await world.settled();
    expect(account?.emails).toEqual([{ address: 'Newer@Example.org', verified: true }]);

    const own = await signIn(world.app, 'renamed.person');
    await putPicture(own);
    await world.settled();
    const picture = account?.avatarUrl ?? '';
    // Rocket.Chat's server fetches it without a session.
    const fetched = await fetch(picture.replace(/^https?:\/\/[^/]+/, world.app.url));
    expect([fetched.status, fetched.headers.get('content-type')]).toEqual([200, 'image/webp']);
    world.server.calls.length = 0;
    await world.change(user, { fullName: 'Ещё Одно' });
    await world.settled();
    expect(world.server.writes.map(({ path }) => path)).toEqual(['/api/v1/users.update']);
    await own.delete('/api/v1/users/me/avatar');
    await world.settled();
    expect(account?.avatarUrl).toBeUndefined();
  });

  it('who loses moderator is out of moderators; who is disabled is out of everything, sessions included', async () => {
    const user = await createUser(world.owner, { roles: ['moderator'] });
    await world.settled();
    expect(await world.places(user.username)).toEqual({ general: 'moderator', moderators: 'moderator' });
    await world.change(user, { roles: ['user'] });
    await world.settled();
    expect(await world.places(user.username)).toEqual({ general: 'member' });
    const account = world.account(user.username);
    world.server.make.session(user.username);
    await world.change(user, { status: 'disabled' });
    await world.settled();
    expect(account).toMatchObject({ active: false, services: { resume: { loginTokens: [] } } });
    expect(await world.places(user.username)).toEqual({});
    await world.change(user, { status: 'active' });
    await world.settled();
    expect(account?.active).toBe(true);
    expect(await world.places(user.username)).toEqual({ general: 'member' });
  });

  it('who is deleted cannot come back, and the name is free for somebody else: never one account for two people', async () => {
    const first = await createUser(world.owner, { username: 'ivan', email: 'ivan@example.org', roles: ['moderator'] });
    await world.settled();
    const old = world.account('ivan');
    await world.remove(first);
    await world.settled();
    expect(old).toMatchObject({ active: false });
    expect(await world.places('ivan')).toEqual({});
    const second = await createUser(world.owner, { username: 'ivan', email: 'ivan@example.org' });
    await world.settled();
    const fresh = world.account('ivan');
    expect(fresh?._id).not.toBe(old?._id);
    expect(fresh).toMatchObject({ active: true, emails: [{ address: 'ivan@example.org', verified: true }] });
    expect(old).toMatchObject({
      active: false,
      username: 'ivan_2',
      emails: [{ address: `${first.id}@besedka.invalid` }],
    });
    expect(await world.link('ivan')).toMatchObject({ rocketChatId: fresh?._id, state: 'ready' });
    await world.change(second, { fullName: 'Иван Второй' });
    await world.settled();
    expect(fresh?.name).toBe('Иван Второй');
    expect(old?.name).not.toBe('Иван Второй');
  });

  it('two people may exchange their names', async () => {
    const [a, b] = [
      await createUser(world.owner, { username: 'left' }),
      await createUser(world.owner, { username: 'right' }),
    ];
    await world.settled();
    const [left, right] = [world.account('left'), world.account('right')];
    world.server.faults.order({ name: 'outage' });
    await world.tried();
    await world.change(a, { username: 'between' });
    await world.change(b, { username: 'left' });
    await world.change(a, { username: 'right' });
    world.server.faults.clear();
    await world.settled();
    expect([left?.username, right?.username]).toEqual(['right', 'left']);
  });

  it('what people did by hand stays, unless the portal owns it', async () => {
    const user = await createUser(world.owner);
    await world.settled();
    const account = world.account(user.username)!;
    const channels = new Map(
      (
        await world.sql<{ channel: string; roomId: string }>(
          'SELECT channel, room_id AS "roomId" FROM rocketchat_rooms',
        )
      ).map(({ channel, roomId }) => [channel, roomId]),
    );
    const own = world.server.make.channel('garden', user.username);
    account.roles = ['user', 'guest'];
    const inGeneral = world.server.state.subscriptions.get(`${channels.get('general')}/${account._id}`);
    Object.assign(inGeneral ?? {}, { roles: ['leader', 'moderator'] });
    world.server.make.member(world.server.state.rooms.get(channels.get('vip') ?? '')!, user.username);
    Object.assign(account, { name: 'Кто-то', active: false });
    await world.change(user, { fullName: 'Снова Я' });
    await world.settled();
    expect(account).toMatchObject({ name: 'Снова Я', active: true, roles: ['user', 'guest'] });
    expect(inGeneral?.roles).toEqual(['leader']);
    expect(await world.places(user.username)).toEqual({ general: 'member' });
    expect(world.server.state.subscriptions.get(`${own._id}/${account._id}`)?.roles).toContain('owner');
  });

  it('an account that was deleted there by hand is made anew', async () => {
    const user = await createUser(world.owner);
    await world.settled();
    const gone = world.account(user.username)!;
    world.server.state.users.delete(gone._id);
    await world.change(user, { fullName: 'Вернувшийся' });
    await world.settled();
    expect(world.account(user.username)?._id).not.toBe(gone._id);
    expect(await world.places(user.username)).toEqual({ general: 'member' });
    expect(await world.link(user.username)).toMatchObject({ state: 'ready', error: null });
  });

  it('the owner hands over: marks change hands, though a room never loses its last owner', async () => {
    const heir = await createUser(world.owner, { username: 'heir' });
    await world.settled();
    const answer = await world.owner.post('/api/v1/roles/owner/handover', {
      userId: heir.id,
      password: 'owner123secure',
    });
    expect(answer.status).toBeLessThan(300);
    await world.settled();
    expect(await world.places('heir')).toEqual({ general: 'owner', vip: 'owner', moderators: 'owner' });
    expect(await world.places('owner')).toEqual({ general: 'moderator', moderators: 'moderator' });
  });
});

async function putPicture(http: HttpClient): Promise<void> {
  const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#2f9e44' } })
    .png()
    .toBuffer();
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(png)], { type: 'image/png' }), 'me.png');
  expect((await http.request('PUT', '/api/v1/users/me/avatar', { body: form })).status).toBe(200);
}
