import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createGroups, createPeople } from '../lib/people.mjs';
import { mean, round } from '../lib/numbers.mjs';
import { connectAll } from '../lib/wire.mjs';

const SENDERS = 16;
const CHATS = 200;
/** Ours and the ceiling take turns, so that whatever else the machine does meets both. */
const ROUNDS = 8;
const SECONDS = 1.5;
const BODY = 'The quick brown fox jumps over the lazy dog, and the dog does not mind it at all.';

/** Sends until the time is over, one in flight per sender; answers sends per second. */
async function throughSockets(clients, chats, window) {
  let sent = 0;
  const started = performance.now();
  const end = started + SECONDS * 1000;
  await Promise.all(
    clients.flatMap((client, c) =>
      Array.from({ length: window }, async (_, w) => {
        const mine = chats.filter((_, i) => i % SENDERS === c);
        for (let i = w; performance.now() < end; i++) {
          const answer = await client.emit('message:send', {
            chatId: mine[i % mine.length],
            clientId: randomUUID(),
            body: BODY,
          });
          if (!answer.ok) throw new Error(`send refused: ${JSON.stringify(answer)}`);
          sent++;
        }
      }),
    ),
  );
  return sent / ((performance.now() - started) / 1000);
}

let seq = 1_000_000;

/** The ceiling: 16 connections, each inserting one row after the other into the same table, each its own commit. */
async function bareInserts(databaseUrl, people, chats) {
  const clients = await Promise.all(
    people.map(async () => {
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      return client;
    }),
  );
  let rows = 0;
  const started = performance.now();
  const end = started + SECONDS * 1000;
  await Promise.all(
    clients.map(async (client, c) => {
      for (let i = c; performance.now() < end; i += SENDERS) {
        seq++;
        await client.query({
          name: 'bare-insert',
          text: 'INSERT INTO messages (chat_id, seq, rev, author_id, client_id, body) VALUES ($1, $2, $2, $3, $4, $5)',
          values: [chats[i % CHATS], seq, people[c].id, randomUUID(), BODY],
        });
        rows++;
      }
    }),
  );
  const perSecond = rows / ((performance.now() - started) / 1000);
  await Promise.all(clients.map((client) => client.end()));
  return perSecond;
}

/** Durable acknowledged sends per second through the socket ÷ a bare `pg` loop doing the same insert. */
export async function measureSends({ api, pool, databaseUrl, secret }) {
  const people = await createPeople(pool, secret, SENDERS, 'sender');
  // Conversations of two: a sender writes in its own share of the chats, the other one of each is connected and listens.
  const ids = people.map((p) => p.id);
  const chats = [];
  for (let i = 0; i < CHATS; i++) {
    chats.push(...(await createGroups(pool, 1, [ids[i % SENDERS], ids[(i + 1) % SENDERS]])));
  }
  // The ceiling has chats of its own: its made-up sequence numbers must not stand in the way of ours.
  const bareChats = await createGroups(pool, CHATS, ids);
  const clients = await connectAll(
    api.base,
    people.map((p) => p.token),
  );
  await throughSockets(clients, chats, 1);
  await bareInserts(databaseUrl, people, bareChats);
  const rates = { ours: [], bare: [], pipelined: [] };
  for (let turn = 0; turn < ROUNDS; turn++) {
    rates.ours.push(await throughSockets(clients, chats, 1));
    rates.bare.push(await bareInserts(databaseUrl, people, bareChats));
    rates.pipelined.push(await throughSockets(clients, chats, 8));
  }
  const [ours, bare, pipelined] = [rates.ours, rates.bare, rates.pipelined].map(mean);
  clients.forEach((client) => client.close());
  return {
    measure: 'durable sends/s, 16 senders, 200 chats ÷ bare pg inserts, 16 connections',
    target: '>= 0.5',
    value: round(ours / bare),
    met: ours / bare >= 0.5,
    detail: {
      ours: Math.round(ours),
      bare: Math.round(bare),
      oursWith8InFlightEach: Math.round(pipelined),
    },
  };
}
