import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { startApi } from '../lib/processes.mjs';
import { createPeople } from '../lib/people.mjs';
import { percentile, round, seconds } from '../lib/numbers.mjs';
import { connectAll } from '../lib/wire.mjs';

const MEMBERS = 500;
const SMALL_ROOMS = 19;
const SMALL = 25;
const SECONDS = 20;
/** In the room of everybody, and in all the others together. */
const PER_SECOND = { large: 1, small: 5 };
const TARGET_MS = 300;

/** Everybody is in one room, and in some smaller ones. */
function subscriptions(accounts) {
  const document = (rid, account) => ({
    ...{ _id: `${rid}/${account}`, rid, t: 'c', u: { _id: account }, name: rid, fname: rid, open: true },
    ...{ alert: false, unread: 0, userMentions: 0, groupMentions: 0, _updatedAt: new Date() },
  });
  const small = Array.from({ length: SMALL_ROOMS }, (_, i) =>
    accounts.slice(i * SMALL, (i + 1) * SMALL).map((account) => document(`room-${i}`, account)),
  );
  return [...accounts.map((account) => document('everybody', account)), ...small.flat()];
}

/** Where the changes come from: MongoDB if there is one, otherwise a stream of the same events inside the API's process. */
async function openSource() {
  const { MONGO_TEST_URL } = process.env;
  if (!MONGO_TEST_URL) {
    let api;
    return {
      name: 'a synthetic stream behind the port (no MONGO_TEST_URL)',
      env: {
        ROCKETCHAT_MONGO_URL: 'mongodb://synthetic.invalid/rocketchat',
        NODE_OPTIONS: `--import ${new URL('../servers/synthetic-feed.mjs', import.meta.url).href}`,
      },
      begin: (started) => (api = started),
      insert: (documents) => api.tell({ feed: 'insert', documents }),
      post: (rid) => api.tell({ feed: 'post', rid }),
      close: () => undefined,
    };
  }
  const { MongoClient } = await import('mongodb');
  const url = new URL(MONGO_TEST_URL);
  url.pathname = `/besedka_bench_${randomUUID().slice(0, 8)}`;
  const client = new MongoClient(url.href);
  const collection = client.db().collection('rocketchat_subscription');
  return {
    name: 'MongoDB at MONGO_TEST_URL',
    env: { ROCKETCHAT_MONGO_URL: url.href },
    begin: () => undefined,
    insert: (documents) => collection.insertMany(documents),
    post: async (rid) => {
      const at = new Date();
      await collection.updateMany({ rid }, { $inc: { unread: 1 }, $set: { _updatedAt: at } });
      await collection.updateMany({ rid }, { $set: { alert: true, open: true, _updatedAt: at } });
    },
    close: async () => {
      await client.db().dropDatabase();
      await client.close();
    },
  };
}

/** p99 from the write of a subscription to the frame with the new number, for everybody who is in the room. */
export async function measureRocketChatUnread({ pool, databaseUrl, secret }) {
  const people = await createPeople(pool, secret, MEMBERS, 'badge');
  const accounts = people.map((_, i) => `account-${i}`);
  await pool.query(
    `INSERT INTO rocketchat_links (user_id, rc_user_id, username, state)
     SELECT u, a, a, 'ready' FROM unnest($1::uuid[], $2::text[]) AS p(u, a)`,
    [people.map(({ id }) => id), accounts],
  );
  const source = await openSource();
  const dataDir = await mkdtemp(join(tmpdir(), 'besedka-bench-unread-'));
  const api = await startApi({
    ...{ databaseUrl, dataDir, secret },
    env: { ROCKETCHAT_URL: 'http://127.0.0.1:9', ROCKETCHAT_AUTO_APPLY: 'off', ...source.env },
  });
  const clients = [];
  try {
    source.begin(api);
    await source.insert(subscriptions(accounts));
    clients.push(
      ...(await connectAll(
        api.base,
        people.map(({ token }) => token),
      )),
    );
    // Connecting five hundred people at once is another measure: this one begins when everybody has their list.
    await calm(api);
    const taken = await latencies(clients, source);
    const p99 = percentile(taken, 0.99);
    return {
      measure: 'a changed subscription of Rocket.Chat to the badge, p99 in ms, 500 connected members',
      target: `<= ${TARGET_MS}`,
      value: round(p99),
      met: p99 <= TARGET_MS,
      detail: {
        source: source.name,
        ms: {
          p50: round(percentile(taken, 0.5)),
          p90: round(percentile(taken, 0.9)),
          max: round(percentile(taken, 1)),
        },
        badges: taken.length,
      },
    };
  } finally {
    clients.forEach((client) => client.close());
    await api.stop();
    await source.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Everybody's list is kept, and the process has nothing left to do. */
async function calm(api) {
  for (let quick = 0, tries = 0; quick < 5; tries += 1) {
    if (tries > 600) throw new Error('the API does not come to rest');
    await seconds(0.1);
    const started = performance.now();
    const text = await (await fetch(`${api.base}/metrics`)).text();
    const isReady =
      text.includes(`rocketchat_unread_members ${MEMBERS}\n`) && text.includes('{source="change-stream"} 1');
    quick = isReady && performance.now() - started < 200 ? quick + 1 : 0;
  }
}

/** Posts at a steady rate; takes, for every number that a client hears for the first time, the time since it was written (ms). */
async function latencies(clients, source) {
  const begun = new Map();
  const taken = [];
  for (const client of clients) {
    const last = new Map();
    client.onFrame = (text) => {
      if (!text.startsWith('42["unread"')) return;
      const { chatId, unread } = JSON.parse(text.slice(2))[1];
      // Two posts may have been read together: then the later number tells of both.
      for (let number = (last.get(chatId) ?? 0) + 1; number <= unread; number += 1) {
        const started = begun.get(`${chatId} ${number}`);
        if (started !== undefined) taken.push(performance.now() - started);
      }
      last.set(chatId, Math.max(unread, last.get(chatId) ?? 0));
    };
  }
  await seconds(1);
  const posts = new Map();
  const perSecond = PER_SECOND.large + PER_SECOND.small;
  const start = performance.now();
  let expected = 0;
  for (let i = 0; i < perSecond * SECONDS; i += 1) {
    await seconds(Math.max(0, start + (i * 1000) / perSecond - performance.now()) / 1000);
    const rid = i % perSecond < PER_SECOND.large ? 'everybody' : `room-${i % SMALL_ROOMS}`;
    const number = (posts.get(rid) ?? 0) + 1;
    posts.set(rid, number);
    // The first seconds warm up.
    if (i >= perSecond * 3) {
      begun.set(`${rid} ${number}`, performance.now());
      expected += rid === 'everybody' ? MEMBERS : SMALL;
    }
    await source.post(rid);
  }
  for (let waited = 0; taken.length < expected && waited < 10; waited += 0.1) await seconds(0.1);
  if (taken.length < expected) throw new Error(`only ${taken.length} of ${expected} badges came`);
  return taken;
}
