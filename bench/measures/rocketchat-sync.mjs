import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { startRocketChatDouble } from '@besedka/rocketchat/testing';
import { round, seconds } from '../lib/numbers.mjs';
import { createPeople } from '../lib/people.mjs';
import { startApi } from '../lib/processes.mjs';
import { accessTokenKey, mintAccessToken } from '../lib/tokens.mjs';

const CLI = fileURLToPath(new URL('../../apps/api/dist/cli/main.js', import.meta.url));
const ADMIN = { username: 'besedka.bridge', password: 'a-long-bridge-password' };
const PEOPLE = 1000;
const CHANGES_EACH = 10;
const ROLES = ['user', 'moderator', 'store_admin'];
const AT_ONCE = 8;
/** Heap and buffers that ten thousand waiting changes may add. */
const FLAT_MIB = 16;

/** Sets the server up, as an admin does once. */
async function apply(env) {
  const child = spawn(process.execPath, [CLI, 'rocketchat', 'apply', '--json'], { env, stdio: 'ignore' });
  const code = await new Promise((done) => child.on('close', done));
  if (code !== 0) throw new Error(`rocketchat apply ended with ${code}`);
}

/** An access token of the portal's owner. */
async function ownerToken(pool, secret) {
  const { rows } = await pool.query(`SELECT id FROM users WHERE username = 'owner'`);
  const owner = { id: rows[0].id, sessionId: randomUUID() };
  await pool.query(
    `INSERT INTO sessions (id, user_id, rotated_at, user_agent, address, last_seen_at, expires_at)
     VALUES ($1, $2, now(), 'bench', '127.0.0.1', now(), now() + interval '1 day')`,
    [owner.sessionId, owner.id],
  );
  return mintAccessToken(await accessTokenKey(secret), owner);
}

/** Everybody goes through the roles; each change is one, and every other person ends as a moderator. @returns moderators */
async function changeRoles(base, token, people) {
  const moderators = new Set();
  const queue = people.map((person, index) => ({ ...person, index }));
  const one = async ({ id, index }) => {
    for (let n = 1; n <= CHANGES_EACH; n += 1) {
      const role = ROLES[(n + (index % 2)) % ROLES.length];
      const answer = await fetch(`${base}/api/v1/users/${id}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': `"${n}"` },
        body: JSON.stringify({ roles: [role] }),
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`a role was not changed: ${answer.status}`);
      if (role === 'moderator') moderators.add(id);
      else moderators.delete(id);
    }
  };
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await one(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return moderators;
}

const waiting = async (pool) => {
  const { rows } = await pool.query(
    `SELECT count(*)::int AS n FROM outbox WHERE topic = 'rocketchat.user' AND done_at IS NULL`,
  );
  return rows[0].n;
};

/** @returns seconds until nothing waits any more */
async function drained(pool) {
  const started = performance.now();
  while ((await waiting(pool)) > 0) await seconds(0.1);
  return (performance.now() - started) / 1000;
}

/**
 * 10 000 role changes of 1000 people while Rocket.Chat (the double) is away: what is kept, what it costs in memory, and how it is drained
 * when the server is back. The admin passes the limiter, as the default roles of Rocket.Chat have it.
 */
export async function measureRocketChatSync({ api: idle, pool, databaseUrl, secret }) {
  // One portal per database: this one knows Rocket.Chat.
  await idle.stop();
  const folder = await mkdtemp(join(tmpdir(), 'besedka-bench-sync-'));
  const server = await startRocketChatDouble({
    admin: ADMIN,
    env: { OVERWRITE_SETTING_Show_Setup_Wizard: 'completed' },
  });
  const rocket = {
    ROCKETCHAT_URL: server.url,
    ROCKETCHAT_ADMIN_USER: ADMIN.username,
    ROCKETCHAT_ADMIN_PASSWORD: ADMIN.password,
    ROCKETCHAT_AUTO_APPLY: 'off',
  };
  let api;
  try {
    await apply({
      ...{ ...process.env, BESEDKA_MODE: 'local', BESEDKA_DATA_DIR: folder, DATABASE_URL: databaseUrl },
      ...{ PUBLIC_URL: idle.base, AUTH_SECRET: secret, ...rocket },
    });
    const people = await createPeople(pool, secret, PEOPLE, 'sync');
    const token = await ownerToken(pool, secret);
    const begun = performance.now();
    api = await startApi({ databaseUrl, dataDir: folder, secret, env: rocket });
    await drained(pool);
    const first = (performance.now() - begun) / 1000;
    server.calls.length = 0;
    await server.stop();
    const before = await api.memory();
    const moderators = await changeRoles(api.base, token, people);
    const entries = await waiting(pool);
    const after = await api.memory();
    const added = (after.heapUsed + after.external - before.heapUsed - before.external) / 1024 / 1024;
    await server.start();
    const drain = await drained(pool);
    const { rows } = await pool.query(
      `SELECT l.user_id, l.rc_user_id, r.channel, r.room_id FROM rocketchat_links l CROSS JOIN rocketchat_rooms r WHERE l.user_id = ANY($1)`,
      [people.map(({ id }) => id)],
    );
    const wrong = rows.filter(({ user_id: id, rc_user_id: account, channel, room_id: room }) => {
      const there = server.state.subscriptions.get(`${room}/${account}`);
      const wanted = channel === 'general' || (channel === 'moderators' && moderators.has(id));
      const isMarked = there?.roles?.includes('moderator') ?? false;
      return wanted !== (there !== undefined) || (wanted && isMarked !== moderators.has(id));
    });
    const lost = wrong.length + (PEOPLE * 3 - rows.length);
    return [
      {
        measure: `${PEOPLE * CHANGES_EACH} role changes while Rocket.Chat is away (double): lost`,
        target: '0',
        value: lost,
        met: lost === 0,
        detail: { entriesWaiting: entries, people: PEOPLE, firstSyncSeconds: round(first) },
      },
      {
        measure: 'seconds until all of them are written, from its return',
        target: '<= 60',
        value: round(drain),
        met: drain <= 60,
        detail: { calls: server.calls.length, callsPerSecond: round(server.calls.length / drain) },
      },
      {
        measure: 'MiB of heap and buffers that they add to the portal while they wait',
        target: `<= ${FLAT_MIB}`,
        value: round(added),
        met: added <= FLAT_MIB,
      },
    ];
  } finally {
    await api?.stop();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
