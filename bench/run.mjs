/**
 * `npm run bench [-- name …]`: every measured claim, as JSON on standard output; a table for people goes to standard error. Ceilings are measured
 * in the same run on the same machine, because machines differ: compare the ratios, not the figures.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import pg from 'pg';
import { build } from '../scripts/lib/build.mjs';
import { startLocalPostgres } from '../scripts/lib/local-postgres.mjs';
import { round } from './lib/numbers.mjs';
import { startApi, startBareServer } from './lib/processes.mjs';

/**
 * Measures that run against a fresh stack: PostgreSQL with full durability, the API as built, the bare server. Loaded when it is their turn,
 * because some stand on libraries that a clean checkout has only after the build.
 */
const AGAINST_THE_STACK = {
  sends: async (stack) => (await import('./measures/sends.mjs')).measureSends(stack),
  'fan-out': async (stack) => (await import('./measures/fan-out.mjs')).measureFanOut(stack),
  latency: async (stack) => (await import('./measures/latency.mjs')).measureLatency(stack),
  memory: async (stack) => (await import('./measures/memory.mjs')).measureMemory(stack),
  'my-chats': async (stack) => (await import('./measures/my-chats.mjs')).measureMyChats(stack),
  oauth: async (stack) => (await import('./measures/oauth.mjs')).measureOAuth(stack),
  'rocketchat-unread': async (stack) =>
    (await import('./measures/rocketchat-unread.mjs')).measureRocketChatUnread(stack),
  'rocketchat-switch': async (stack) =>
    (await import('./measures/rocketchat-switch.mjs')).measureRocketChatSwitch(stack),
  'rocketchat-apply': async (stack) => (await import('./measures/rocketchat-apply.mjs')).measureRocketChatApply(stack),
  'rocketchat-sync': async (stack) => (await import('./measures/rocketchat-sync.mjs')).measureRocketChatSync(stack),
};
const ALONE = {
  start: async () => (await import('./measures/start.mjs')).measureStart(),
  bundle: async () => (await import('./measures/bundle.mjs')).measureBundle(),
};
const NAMES = [...Object.keys(AGAINST_THE_STACK), ...Object.keys(ALONE)];

async function withStack(measure) {
  const folder = await mkdtemp(join(tmpdir(), 'besedka-bench-'));
  const secret = randomBytes(32).toString('hex');
  const postgres = await startLocalPostgres({ dataDir: join(folder, 'postgres'), durability: 'full' });
  const pool = new pg.Pool({ connectionString: postgres.url, max: 4 });
  let api;
  let bare;
  try {
    api = await startApi({ databaseUrl: postgres.url, dataDir: folder, secret });
    bare = await startBareServer();
    return await measure({ api, bare, pool, databaseUrl: postgres.url, secret });
  } finally {
    await bare?.stop();
    await api?.stop();
    await pool.end();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !NAMES.includes(name));
if (unknown.length > 0) {
  console.error(`No such measure: ${unknown.join(', ')}. There are: ${NAMES.join(', ')}.`);
  process.exit(1);
}

await build();
const results = [];
const failed = [];
for (const name of NAMES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.error(`measuring ${name} …`);
  try {
    const result = name in ALONE ? await ALONE[name]() : await withStack(AGAINST_THE_STACK[name]);
    results.push(...[result].flat());
  } catch (error) {
    // The others took their time, too: what they found is told all the same.
    console.error(error);
    failed.push(name);
  }
}
console.log(
  JSON.stringify(
    {
      machine: {
        cpu: cpus()[0]?.model,
        cores: availableParallelism(),
        memoryGiB: round(totalmem() / 2 ** 30, 0),
        node: process.version,
      },
      results,
      failed,
    },
    null,
    2,
  ),
);
for (const { measure, value, target, met } of results) {
  console.error(`${met ? 'met   ' : 'MISSED'}  ${String(value).padStart(8)}  (${target})  ${measure}`);
}
for (const name of failed) console.error(`FAILED  ${name}: see above`);
if (failed.length > 0) process.exitCode = 1;
