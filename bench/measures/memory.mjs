import { createPeople } from '../lib/people.mjs';
import { round, seconds } from '../lib/numbers.mjs';
import { connectAll } from '../lib/wire.mjs';

const CONNECTIONS = 2000;

/** Bytes that one idle connection adds to the server, after garbage collection. */
async function perConnection(server, tokens) {
  const warm = await connectAll(server.base, tokens.slice(0, 200));
  warm.forEach((client) => client.close());
  await seconds(1);
  const before = await server.memory();
  const clients = await connectAll(server.base, tokens);
  await seconds(3);
  const after = await server.memory();
  clients.forEach((client) => client.close());
  await seconds(2);
  const size = (m) => m.heapUsed + m.external;
  return {
    used: (size(after) - size(before)) / tokens.length,
    rss: (after.rss - before.rss) / tokens.length,
  };
}

/** Memory per idle signed-in connection ÷ bare Socket.IO: JavaScript heap and buffers; the resident set is told beside it. */
export async function measureMemory({ api, bare, pool, secret }) {
  const people = await createPeople(pool, secret, CONNECTIONS, 'idle');
  // Everybody is in the general channel, as after a real sign-up.
  await pool.query(
    `INSERT INTO chat_members (chat_id, user_id) SELECT c.id, u FROM chats c CROSS JOIN unnest($1::uuid[]) u WHERE c.channel_key = 'general'
     ON CONFLICT DO NOTHING`,
    [people.map((p) => p.id)],
  );
  const theirs = await perConnection(
    bare,
    people.map(() => undefined),
  );
  const ours = await perConnection(
    api,
    people.map((p) => p.token),
  );
  const ratio = ours.used / theirs.used;
  return {
    measure: 'memory per idle signed-in connection ÷ bare Socket.IO',
    target: '<= 1.5',
    value: round(ratio),
    met: ratio <= 1.5,
    detail: {
      oursKiB: {
        used: round(ours.used / 1024, 1),
        rss: round(ours.rss / 1024, 1),
      },
      bareKiB: {
        used: round(theirs.used / 1024, 1),
        rss: round(theirs.rss / 1024, 1),
      },
      connections: CONNECTIONS,
    },
  };
}
