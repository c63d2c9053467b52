import { jest } from '@jest/globals';
import { RocketChatClient } from '@besedka/rocketchat';
import type { User } from '@besedka/contracts';
import { systemContext } from '../../../src/common/context/request-context.js';
import { MembershipsService } from '../../../src/modules/rocketchat-bridge/sync/memberships.service.js';
import { SyncQueue } from '../../../src/modules/rocketchat-bridge/sync/sync-queue.js';
import { SyncWorker } from '../../../src/modules/rocketchat-bridge/sync/sync-worker.js';
import { SyncService } from '../../../src/modules/rocketchat-bridge/sync/sync.service.js';
import { createUser, signIn } from '../../support/accounts/accounts.js';
import { Random, seedFor } from '../../support/realtime/random.js';
import { ADMIN } from '../../support/rocketchat/bridge.js';
import { dyingAfter } from '../../support/rocketchat/killed.js';
import { SyncWorld } from '../../support/rocketchat/sync-world.js';
import { createTestApp } from '../../support/test-app.js';

/** What PRODUCT promises, written down once more. */
function promised({ roles, status }: Pick<User, 'roles' | 'status'>): Record<string, string> {
  if (status !== 'active') return {};
  if (roles.includes('owner')) return { general: 'owner', moderators: 'owner', vip: 'owner' };
  if (roles.includes('moderator')) return { general: 'moderator', moderators: 'moderator' };
  return { general: 'member' };
}

describe('accounts of Rocket.Chat follow, whatever happens', () => {
  let world: SyncWorld;
  beforeAll(async () => {
    // Many clients sign in from here.
    world = await SyncWorld.open({ limiter: false });
  });
  afterAll(() => world?.close());
  afterEach(() => world.server.faults.clear());

  const client = (more: object = {}) =>
    new RocketChatClient({
      baseUrl: world.server.url,
      credentials: { kind: 'password', user: ADMIN.username, password: ADMIN.password },
      ...more,
    });
  const now = async (user: Pick<User, 'id'>) => (await world.owner.get<User>(`/api/v1/users/${user.id}`)).json;
  /** Changes the portal without a word to the queue: what follows is done by hand. */
  async function quietly<T>(change: () => Promise<T>): Promise<T> {
    const silenced = jest.spyOn(world.app.get(SyncQueue), 'add').mockResolvedValue();
    try {
      return await change();
    } finally {
      silenced.mockRestore();
    }
  }

  it('Rocket.Chat is away: 200 changes leave one entry per person, nothing is lost, everything follows when it is back', async () => {
    const people: User[] = [];
    for (let n = 0; n < 20; n += 1) people.push(await createUser(world.owner));
    await world.settled();
    world.server.faults.order({ name: 'outage' });
    const last = [...people];
    for (let n = 0; n < 10; n += 1) {
      for (const [index, person] of people.entries()) {
        const roles = [(n + index) % 3 === 0 ? 'moderator' : 'user'];
        last[index] = await world.changeKnown(last[index] ?? person, { roles, fullName: `${person.fullName} ${n}` });
      }
    }
    await world.tried();
    const [row] = await world.sql<{ n: number; keys: number; attempts: number }>(
      `SELECT count(*)::int AS n, count(DISTINCT key)::int AS keys, max(attempts) AS attempts FROM outbox
       WHERE topic = 'rocketchat.user' AND done_at IS NULL`,
    );
    expect(row?.keys).toBe(20);
    // Those that were under way when it went have one more.
    expect(row?.n).toBeLessThanOrEqual(28);
    expect(row?.attempts).toBeLessThanOrEqual(1);
    world.server.faults.clear();
    await world.settled();
    for (const after of last) {
      expect(world.account(after.username)?.name).toBe(after.fullName);
      expect(await world.places(after.username)).toEqual(promised(after));
    }
  }, 120_000);

  it('away for an hour, and the portal started anew meanwhile: not one entry more, and everything follows as after a minute', async () => {
    const people: User[] = [];
    for (let n = 0; n < 10; n += 1) people.push(await createUser(world.owner));
    await world.settled();
    world.server.faults.order({ name: 'outage' });
    const change = async (role: string): Promise<void> => {
      for (const [index, person] of people.entries())
        people[index] = await world.changeKnown(person, { roles: [role], fullName: `${person.username} ${role}` });
    };
    await change('moderator');
    await world.tried();
    const before = await world.waiting();
    await world.sql(
      `UPDATE outbox SET created_at = created_at - interval '1 hour', next_attempt_at = next_attempt_at - interval '1 hour'
       WHERE topic = 'rocketchat.user' AND done_at IS NULL`,
    );
    await world.sql(
      `UPDATE rocketchat_links SET updated_at = updated_at - interval '1 hour', synced_at = synced_at - interval '1 hour'`,
    );
    await world.app.get(SyncWorker).onApplicationBootstrap();
    await change('user');
    await change('moderator');
    const [row] = await world.sql<{ keys: number; attempts: number }>(
      `SELECT count(DISTINCT key)::int AS keys, max(attempts) AS attempts FROM outbox
       WHERE topic = 'rocketchat.user' AND done_at IS NULL`,
    );
    expect(await world.waiting()).toBe(before);
    expect(row?.keys).toBe(10);
    expect(row?.attempts).toBeLessThanOrEqual(1);
    world.server.faults.clear();
    await world.settled();
    for (const { username, fullName } of people) {
      expect(world.account(username)?.name).toBe(fullName);
      expect(await world.places(username)).toEqual({ general: 'moderator', moderators: 'moderator' });
    }
  }, 60_000);

  it('keeps to the limiter’s pace without a single refusal, when the account may not pass it', async () => {
    const people: User[] = [];
    world.server.faults.order({ name: 'missing-permission', permission: 'api-bypass-rate-limit' });
    // Ten calls a second instead of ten a minute.
    world.server.set('API_Enable_Rate_Limiter_Limit_Time_Default', 1000);
    world.server.set('API_Enable_Rate_Limiter', true);
    for (let n = 0; n < 12; n += 1) people.push(await createUser(world.owner, { roles: ['moderator'] }));
    world.server.calls.length = 0;
    await world.settled();
    for (const { username } of people) {
      expect(await world.places(username)).toEqual({ general: 'moderator', moderators: 'moderator' });
    }
    expect(world.server.calls.filter(({ status }) => status === 429)).toEqual([]);
    world.server.set('API_Enable_Rate_Limiter', false);
  });

  it('killed after any write, the next run ends the same, with one account', async () => {
    const rocket = client();
    let whole = 0;
    for (let writes = 1; whole === 0; writes += 1) {
      const username = `killed_${writes}`;
      const wanted = { username, email: `${username}@example.org`, roles: ['moderator'] };
      const user = await quietly(() => createUser(world.owner, wanted));
      world.server.calls.length = 0;
      const dying = client(dyingAfter(writes));
      const died = await world.app
        .get(SyncService)
        .reconcile(dying, user.id)
        .then(
          () => false,
          () => true,
        );
      if (!died) whole = writes;
      else expect(await world.link(username)).toMatchObject({ state: 'waiting', synced: false });
      await world.app.get(SyncService).reconcile(rocket, user.id);
      expect(await world.places(username)).toEqual({ general: 'moderator', moderators: 'moderator' });
      expect(await world.link(username)).toMatchObject({ state: 'ready', username, error: null, synced: true });
      const accounts = [...world.server.state.users.values()].filter((one) => one.name === user.fullName);
      expect(accounts).toHaveLength(1);
      expect(world.server.writes.filter(({ path }) => path.endsWith('users.create'))).toHaveLength(1);
      // And the way out.
      await quietly(() => world.change(user, { status: 'disabled' }));
      const leaving = client(dyingAfter(writes));
      await world.app
        .get(SyncService)
        .reconcile(leaving, user.id)
        .catch(() => undefined);
      await world.app.get(SyncService).reconcile(rocket, user.id);
      expect(world.account(username)?.active).toBe(false);
      expect(await world.places(username)).toEqual({});
      leaving.close();
      dying.close();
    }
    expect(whole).toBeGreaterThan(3);
    rocket.close();
  }, 120_000);

  it('an answer that is lost after an account was made does not make a second one', async () => {
    world.server.faults.order({ name: 'answer-lost', route: 'users.create', times: 1 });
    const user = await createUser(world.owner, { username: 'lost_answer', email: 'lost@example.org' });
    await world.tried();
    await world.sql(`UPDATE outbox SET next_attempt_at = now() WHERE topic = 'rocketchat.user' AND done_at IS NULL`);
    await world.settled();
    expect(await world.link('lost_answer')).toMatchObject({ state: 'ready', username: 'lost_answer' });
    expect([...world.server.state.users.values()].filter(({ name }) => name === user.fullName)).toHaveLength(1);
  });

  it('somebody who took the name in the very moment of its making does not become the person', async () => {
    const user = await quietly(() => createUser(world.owner, { username: 'raced', email: 'raced@example.org' }));
    // The portal has said what it is about to make, and died; a stranger came first, with an address that is not proved.
    await world.sql(
      `INSERT INTO rocketchat_links (user_id, creating) VALUES ($1, '{"username": "raced", "email": "raced@example.org"}')`,
      [user.id],
    );
    world.server.make.user('raced', { email: 'raced@example.org', verified: false });
    const rocket = client();
    await world.app.get(SyncService).reconcile(rocket, user.id);
    rocket.close();
    expect(await world.link('raced')).toMatchObject({ state: 'conflict', conflict: { username: 'raced' } });
  });

  it('what was changed by hand in the channels is found, strangers included, and put right person by person', async () => {
    const user = await createUser(world.owner, { username: 'drifter' });
    const stranger = world.server.make.user('stranger');
    await world.settled();
    const [vip] = await world.sql<{ roomId: string }>(
      `SELECT room_id AS "roomId" FROM rocketchat_rooms WHERE channel = 'vip'`,
    );
    const [general] = await world.sql<{ roomId: string }>(
      `SELECT room_id AS "roomId" FROM rocketchat_rooms WHERE channel = 'general'`,
    );
    const room = world.server.state.rooms.get(vip?.roomId ?? '')!;
    world.server.make.member(room, 'drifter');
    world.server.make.member(room, 'stranger');
    const id = world.account('drifter')?._id ?? '';
    Object.assign(world.server.state.subscriptions.get(`${general?.roomId}/${id}`) ?? {}, { roles: ['moderator'] });
    const rocket = client();
    const memberships = world.app.get(MembershipsService);
    const found = await memberships.drift(rocket, 100);
    const mine = found.differences.filter(({ username }) => username === 'drifter');
    expect(mine).toEqual([
      { channel: 'general', userId: user.id, username: 'drifter', from: 'moderator', to: 'member' },
      { channel: 'vip', userId: user.id, username: 'drifter', from: 'member', to: null },
    ]);
    expect(found.strangers).toEqual([{ channel: 'vip', username: 'stranger' }]);
    await world.app.get(SyncService).reconcile(rocket, user.id);
    const after = await memberships.drift(rocket, 100);
    expect(after.count).toBe(found.count - 2);
    expect(after.strangers).toEqual(found.strangers);
    expect(world.server.state.subscriptions.has(`${room._id}/${stranger._id}`)).toBe(true);
    rocket.close();
  });

  it('random walks over roles, bans, names, hands and outages: at the end the memberships are the roles', async () => {
    const random = new Random(seedFor('rocketchat sync', 20261121));
    const people: User[] = [];
    for (let n = 0; n < 10; n += 1) people.push(await createUser(world.owner, { username: `walker_${n}` }));
    const roles = ['user', 'moderator', 'store_owner', 'store_admin'];
    for (let step = 0; step < 100; step += 1) {
      const person = random.pick(people);
      const before = await now(person);
      switch (random.int(9)) {
        case 0:
        case 1:
        case 2:
          await world.change(person, { roles: [random.pick(roles)] });
          break;
        case 3:
          await world.change(person, { status: before.status === 'active' ? 'disabled' : 'active' });
          break;
        case 4:
          await world.change(person, { username: `walker_${person.id.slice(-6)}_${step}` });
          break;
        case 5:
          world.server.faults.order({ name: 'outage' });
          break;
        case 6:
          world.server.faults.clear();
          break;
        case 7:
          world.server.faults.order({ name: 'answer-lost', times: 1 + random.int(3) });
          break;
        default: {
          // Somebody's hands: out of a room, or into one, or a mark.
          const [key, subscription] = random.pick([...world.server.state.subscriptions]);
          const isOwn = subscription.u.username === ADMIN.username || subscription.roles?.includes('owner');
          if (!isOwn && random.int(2) === 0) world.server.state.subscriptions.delete(key);
          else if (!isOwn) subscription.roles = ['moderator'];
        }
      }
      if (random.int(10) === 0) await world.tried();
    }
    world.server.faults.clear();
    await world.settled();
    await world.app.get(SyncQueue).addEverybody(systemContext('test'));
    await world.sql(`UPDATE outbox SET next_attempt_at = now() WHERE topic = 'rocketchat.user' AND done_at IS NULL`);
    await world.settled();
    for (const person of people) {
      const after = await now(person);
      expect([after.username, await world.places(after.username)]).toEqual([after.username, promised(after)]);
      expect(world.account(after.username)?.active ?? false).toBe(after.status === 'active');
    }
    const rocket = client();
    expect((await world.app.get(MembershipsService).drift(rocket, 10)).differences).toEqual([]);
    rocket.close();
  }, 120_000);
});

it.each(['7.x', '9.0'] as const)('F28 the same on %s', async (profile) => {
  const world = await SyncWorld.open({ profile });
  try {
    const user = await createUser(world.owner, { roles: ['moderator'], email: 'm@example.org' });
    await world.settled();
    expect(await world.places(user.username)).toEqual({ general: 'moderator', moderators: 'moderator' });
    await world.change(user, { roles: ['user'] });
    await world.settled();
    expect(await world.places(user.username)).toEqual({ general: 'member' });
    await world.change(user, { status: 'disabled' });
    await world.settled();
    expect(world.account(user.username)?.active).toBe(false);
  } finally {
    await world.close();
  }
});

it('until the first apply nothing is promised, and nothing is written to the server', async () => {
  const world = await SyncWorld.open();
  try {
    await world.sql('DELETE FROM rocketchat_rooms');
    world.server.calls.length = 0;
    await createUser(world.owner);
    await world.settled();
    expect(await world.waiting()).toBe(0);
    expect(world.server.writes).toEqual([]);
  } finally {
    await world.close();
  }
});

it('while no Rocket.Chat is configured nothing is promised, and everybody is looked at when there is one again', async () => {
  const world = await SyncWorld.open();
  try {
    const without = await createTestApp({ databaseUrl: world.app.databaseUrl });
    try {
      expect(await world.link('test_user')).toMatchObject({ state: 'ready', synced: false });
      await createUser(await signIn(without, 'owner'), { username: 'unseen' });
      expect(await world.waiting()).toBe(0);
    } finally {
      await without.close();
    }
    // What a start with Rocket.Chat does.
    await world.app.get(SyncWorker).onApplicationBootstrap();
    await world.settled();
    expect(await world.link('test_user')).toMatchObject({ state: 'ready', synced: true });
    expect(await world.places('unseen')).toEqual({ general: 'member' });
  } finally {
    await world.close();
  }
});
