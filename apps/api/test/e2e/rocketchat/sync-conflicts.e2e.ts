import type { RocketChatSync, RocketChatSyncPerson, User } from '@besedka/contracts';
import { createUser, refusal, signIn, sql } from '../../support/accounts/accounts.js';
import { authorizePath, bearer, exchange, told } from '../../support/oauth/applications.js';
import { ROCKETCHAT } from '../../support/oauth/rocketchat.js';
import { SyncWorld } from '../../support/rocketchat/sync-world.js';

const SYNC = '/api/v1/admin/rocketchat/sync';

describe('names and addresses of foreign accounts', () => {
  let world: SyncWorld;
  beforeAll(async () => {
    world = await SyncWorld.open();
  });
  afterAll(() => world?.close());

  const conflicts = async (): Promise<RocketChatSyncPerson[]> =>
    (await world.owner.get<RocketChatSync>(`${SYNC}?state=conflict`)).json.items;
  const counts = async () => (await world.owner.get<RocketChatSync>(SYNC)).json.counts;
  const resolve = (user: Pick<User, 'id'>, body: object) =>
    world.owner.post<Record<string, unknown>>(`${SYNC}/${user.id}/resolve`, body);
  /** What Rocket.Chat is told when this person signs in over OAuth. */
  async function identity(username: string) {
    const person = await signIn(world.app, username);
    const code = told(await person.get(authorizePath(ROCKETCHAT, { scope: 'read' }))).code ?? '';
    const { access_token } = (await exchange(world.app.http(), ROCKETCHAT, code, null)).json;
    const answer = await world.app.http().get<Record<string, unknown>>('/api/v1/auth/rocket', bearer(access_token));
    return [answer.status, answer.json.username ?? answer.json.error, answer.json.email ?? null];
  }

  it('F29 a foreign account with the name is a named conflict, never a takeover: nothing is written to it', async () => {
    const foreign = world.server.make.user('maria', { email: 'another@example.org', name: 'Мария из чата' });
    const before = structuredClone(foreign);
    const user = await createUser(world.owner, { username: 'maria', email: 'maria@example.org', roles: ['moderator'] });
    await world.settled();
    expect(foreign).toEqual(before);
    expect(await conflicts()).toEqual([
      expect.objectContaining({
        ...{ userId: user.id, username: 'maria', rocketChatUsername: null, state: 'conflict', error: null },
        conflict: {
          ...{ field: 'username', rocketChatId: foreign._id, username: 'maria', name: 'Мария из чата', active: true },
          ...{ roles: ['user'], linkable: true, refused: false },
        },
      }),
    ]);
    // Signing in over OAuth would merge by name.
    expect(await identity('maria')).toEqual([403, 'access_denied', null]);
    expect(foreign).toEqual(before);
  });

  it('link: the account that was shown becomes theirs, and no other', async () => {
    const [{ userId, conflict }] = (await conflicts()) as [RocketChatSyncPerson];
    const foreign = world.account('maria');
    expect(refusal(await resolve({ id: userId }, { choice: 'link', rocketChatId: 'another' }))).toEqual([
      ...[409, 'rocketchat_not_linkable'],
    ]);
    expect((await resolve({ id: userId }, { choice: 'link', rocketChatId: conflict?.rocketChatId })).status).toBe(204);
    await world.settled();
    expect(await conflicts()).toEqual([]);
    expect(foreign?.emails).toEqual([{ address: 'maria@example.org', verified: true }]);
    expect(await world.places('maria')).toEqual({ general: 'moderator', moderators: 'moderator' });
    expect(await identity('maria')).toEqual([200, 'maria', 'maria@example.org']);
    expect(refusal(await resolve({ id: userId }, { choice: 'refuse' }))).toEqual([409, 'rocketchat_no_conflict']);
    const audit = await sql<{ facts: object }>(
      world.app,
      `SELECT facts FROM audit_log WHERE key = 'rocketchat.conflict.resolved'`,
    );
    expect(audit.map(({ facts }) => facts)).toEqual([{ choice: 'link', rocketChatId: foreign?._id }]);
  });

  it('rename: they get an account of their own under another name, by which they are also signed in', async () => {
    world.server.make.user('petr', { email: 'p1@example.org' });
    world.server.make.user('petr_2', { email: 'p2@example.org' });
    const user = await createUser(world.owner, { username: 'petr', email: 'p1@example.org' });
    await world.settled();
    await resolve(user, { choice: 'rename' });
    await world.settled();
    expect(await world.link('petr')).toMatchObject({
      state: 'ready',
      username: 'petr_3',
      error: { code: 'email_taken' },
    });
    expect(world.account('petr')?.emails).toEqual([{ address: 'p1@example.org', verified: true }]);
    expect(world.account('petr_3')?.emails).toEqual([{ address: `${user.id}@besedka.invalid`, verified: false }]);
    expect(await world.places('petr_3')).toEqual({ general: 'member' });
    // Not the name and the address of the portal: with them they would be merged with the other one.
    expect(await identity('petr')).toEqual([200, 'petr_3', null]);
    await world.change(user, { username: 'piotr', email: 'piotr@example.org' });
    await world.settled();
    expect(await world.link('piotr')).toMatchObject({ state: 'ready', username: 'piotr', error: null });
    expect(await identity('piotr')).toEqual([200, 'piotr', 'piotr@example.org']);
  });

  it('refuse: they stay without an account, until it is decided otherwise or they have another name', async () => {
    const foreign = world.server.make.user('olga');
    const user = await createUser(world.owner, { username: 'olga' });
    await world.settled();
    expect(await counts()).toMatchObject({ conflict: 1, decided: 0 });
    await resolve(user, { choice: 'refuse' });
    await world.settled();
    expect(await counts()).toMatchObject({ conflict: 0, decided: 1 });
    await world.owner.post(`${SYNC}/${user.id}/retry`);
    await world.settled();
    expect(await conflicts()).toEqual([
      expect.objectContaining({ userId: user.id, conflict: expect.objectContaining({ refused: true }) as unknown }),
    ]);
    expect(await identity('olga')).toEqual([403, 'access_denied', null]);
    expect(foreign).toMatchObject({ username: 'olga', name: 'olga' });
    await world.change(user, { username: 'olga.b' });
    await world.settled();
    expect(await world.link('olga.b')).toMatchObject({ state: 'ready', username: 'olga.b', conflict: null });
  });

  it.each([
    ['an admin', { roles: ['admin', 'user'] }],
    ['a bot', { type: 'bot' as const, roles: ['bot'] }],
    ['an admin who signed in with our provider', { roles: ['admin'], services: { besedka: { id: 'theirs' } } }],
  ])('%s of Rocket.Chat is never handed to anybody', async (what, more) => {
    const username = `key.${what.replaceAll(/\W+/g, '')}`.slice(0, 32);
    const foreign = world.server.make.user(username, more);
    const user = await createUser(world.owner, { username });
    if ('services' in more) Object.assign(foreign.services, { besedka: { id: user.id } });
    await world.settled();
    const [found] = (await conflicts()).filter(({ userId }) => userId === user.id);
    expect(found?.conflict?.linkable).toBe(false);
    const answer = await resolve(user, { choice: 'link', rocketChatId: foreign._id });
    expect(refusal(answer)).toEqual([409, 'rocketchat_not_linkable']);
    expect((await resolve(user, { choice: 'rename' })).status).toBe(204);
    await world.settled();
    expect(await world.link(username)).toMatchObject({ state: 'ready', username: `${username}_2` });
  });

  it('the bridge’s own account and rocket.cat are nobody’s', async () => {
    for (const username of ['besedka.bridge', 'rocket.cat']) {
      const user = await createUser(world.owner, { username });
      await world.settled();
      const [found] = (await conflicts()).filter(({ userId }) => userId === user.id);
      expect(found?.conflict).toMatchObject({ username, linkable: false });
    }
  });

  it('an account that signed in with our provider before is known by the portal’s id, whatever its name', async () => {
    const user = await createUser(world.owner, { username: 'early' });
    // As if the sync had never met them: they came by themselves.
    await world.settled();
    const account = world.account('early')!;
    Object.assign(account.services, { besedka: { id: user.id } });
    await sql(world.app, 'DELETE FROM rocketchat_links WHERE user_id = $1', [user.id]);
    await world.change(user, { fullName: 'Ранняя Птица' });
    await world.settled();
    expect(await world.link('early')).toMatchObject({ state: 'ready', rocketChatId: account._id });
    expect(account.name).toBe('Ранняя Птица');
  });

  it('a name that is taken later leaves the account as it was, and the page tells so', async () => {
    world.server.make.user('wanted');
    const user = await createUser(world.owner, { username: 'content' });
    await world.settled();
    await world.change(user, { username: 'wanted', fullName: 'Довольный' });
    await world.settled();
    expect(await world.link('wanted')).toMatchObject({
      ...{ state: 'ready', username: 'content', error: { code: 'username_taken', text: 'wanted' } },
    });
    expect(world.account('content')?.name).toBe('Довольный');
    expect(await identity('wanted')).toEqual([200, 'content', null]);
  });

  it('who signs in before the queue has come to them gets their account first (F12)', async () => {
    const user = await createUser(world.owner, { username: 'hasty' });
    await world.settled();
    world.server.state.users.delete(world.account('hasty')?._id ?? '');
    await sql(world.app, 'DELETE FROM rocketchat_links WHERE user_id = $1', [user.id]);
    expect(await identity('hasty')).toEqual([200, 'hasty', null]);
    expect(await world.places('hasty')).toEqual({ general: 'member' });
  });

  it('the page counts, pages and answers only those who manage Rocket.Chat; a failure is told in words and tried again', async () => {
    world.server.faults.order({ name: 'missing-permission', permission: 'edit-other-user-info' });
    const user = await createUser(world.owner, { username: 'unlucky' });
    await world.settled();
    await world.change(user, { fullName: 'Невезучий' });
    await world.tried();
    const failing = (await world.owner.get<RocketChatSync>(`${SYNC}?state=failing`)).json;
    expect(failing.counts.failing).toBe(1);
    expect(failing.items).toEqual([
      expect.objectContaining({
        ...{ username: 'unlucky', state: 'failing', syncedAt: null },
        error: { code: 'forbidden', text: expect.stringMatching(/POST users\.update/) as unknown },
      }),
    ]);
    world.server.faults.clear();
    await world.owner.post(`${SYNC}/${user.id}/retry`);
    await world.settled();
    expect(world.account('unlucky')?.name).toBe('Невезучий');
    const first = (await world.owner.get<RocketChatSync>(`${SYNC}?limit=3`)).json;
    const second = (await world.owner.get<RocketChatSync>(`${SYNC}?limit=100&cursor=${first.nextCursor ?? ''}`)).json;
    const { ready, waiting, failing: bad, conflict, decided } = second.counts;
    expect(first.items.length + second.items.length).toBe(ready + waiting + bad + conflict + decided);
    expect((await world.owner.post(`${SYNC}/retry`)).status).toBe(204);
    await world.settled();
    const stranger = await signIn(world.app, 'test_user');
    expect((await stranger.get(SYNC)).status).toBe(403);
    expect(refusal(await world.owner.post(`${SYNC}/01a1fe9c-a72f-76e0-8f19-3b8517e754c3/retry`))).toEqual([
      404,
      'not_found',
    ]);
  });
});
