import { randomUUID } from 'node:crypto';
import { createGroups, createPeople } from '../lib/people.mjs';
import { median, round, seconds } from '../lib/numbers.mjs';
import { WireClient } from '../lib/wire.mjs';

const CHATS = 2000;
const ROUNDS = 25;

/** Fills every chat up to `perChat` messages by the author, and keeps the chats' counters in step. */
async function fill(pool, chats, author, from, perChat) {
  for (let i = 0; i < chats.length; i += 200) {
    const part = chats.slice(i, i + 200);
    await pool.query(
      `INSERT INTO messages (chat_id, seq, rev, author_id, client_id, body)
       SELECT c, s, s, $2, gen_random_uuid(), 'Message number ' || s || ' of this chat, of middling length.'
       FROM unnest($1::uuid[]) c CROSS JOIN generate_series($3::int, $4::int) s`,
      [part, author, from, perChat],
    );
  }
  await pool.query(
    `UPDATE chats SET last_seq = $2, last_rev = $2, top_author = $3, top_order = nextval('chat_order') WHERE id = ANY($1)`,
    [chats, perChat, author],
  );
  await pool.query('VACUUM ANALYZE messages');
  await pool.query('VACUUM ANALYZE chats');
  await pool.query('VACUUM ANALYZE chat_members');
}

/** Milliseconds for the whole list over HTTP, page by page, and for connecting until the snapshot is there. */
async function listTimes(base, reader) {
  const http = [];
  const socket = [];
  for (let i = 0; i < ROUNDS; i++) {
    let started = performance.now();
    let cursor = '';
    let count = 0;
    do {
      const answer = await fetch(`${base}/api/v1/chats?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`, {
        headers: { authorization: `Bearer ${reader.token}` },
      });
      if (!answer.ok) throw new Error(`my chats: ${answer.status} ${await answer.text()}`);
      const page = await answer.json();
      count += page.items.length;
      cursor = page.nextCursor;
    } while (cursor);
    if (count < CHATS) throw new Error(`my chats: ${count} of ${CHATS}`);
    http.push(performance.now() - started);

    started = performance.now();
    const client = await WireClient.connect(base, reader.token);
    await new Promise((resolve) => {
      client.onFrame = (text) => text.startsWith('42["snapshot"') && resolve();
    });
    socket.push(performance.now() - started);
    client.close();
  }
  return { http: median(http.slice(3)), socket: median(socket.slice(3)) };
}

/** An idle PostgreSQL connection reports its counters after ten seconds at the latest. */
const COUNTERS_SETTLE_S = 11;
const SENDS = 50;

async function rowsWritten(pool) {
  await seconds(COUNTERS_SETTLE_S);
  const { rows } = await pool.query(
    `SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::float AS n FROM pg_stat_user_tables
     WHERE relname IN ('messages', 'chats', 'chat_members')`,
  );
  return rows[0].n;
}

/** Rows that one send writes in chats of so many members each, from PostgreSQL's own counters. */
async function rowsPerSend(api, pool, secret, sizes) {
  const rooms = [];
  for (const size of sizes) {
    const people = await createPeople(pool, secret, size, `room${size}-`);
    const ids = people.map((p) => p.id);
    const [chatId] = await createGroups(pool, 1, ids);
    rooms.push({ chatId, client: await WireClient.connect(api.base, people[0].token) });
  }
  const perSend = [];
  let before = await rowsWritten(pool);
  for (const { chatId, client } of rooms) {
    for (let i = 0; i < SENDS; i++) {
      const answer = await client.emit('message:send', { chatId, clientId: randomUUID(), body: `number ${i}` });
      if (!answer.ok) throw new Error(`send refused: ${JSON.stringify(answer)}`);
    }
    const after = await rowsWritten(pool);
    perSend.push((after - before) / SENDS);
    before = after;
    client.close();
  }
  return perSend;
}

/** Time of "my chats" with 1 000 000 messages ÷ with 10 000, for a member of 2 000 chats; and rows written per send. */
export async function measureMyChats({ api, pool, secret }) {
  const [reader, author] = await createPeople(pool, secret, 2, 'reader');
  const chats = await createGroups(pool, CHATS, [reader.id, author.id]);
  await fill(pool, chats, author.id, 1, 5);
  const few = await listTimes(api.base, reader);
  await fill(pool, chats, author.id, 6, 500);
  const many = await listTimes(api.base, reader);
  const [rowsSmall, rowsLarge] = await rowsPerSend(api, pool, secret, [2, 2000]);
  const ratio = Math.max(many.http / few.http, many.socket / few.socket);
  return [
    {
      measure: '“my chats” of a member of 2 000 chats: 1 000 000 messages ÷ 10 000',
      target: '<= 1.5',
      value: round(ratio),
      met: ratio <= 1.5,
      detail: {
        httpMs: { with10k: round(few.http), with1M: round(many.http) },
        socketSnapshotMs: {
          with10k: round(few.socket),
          with1M: round(many.socket),
        },
      },
    },
    {
      measure: 'rows written per send: chat of 2 000 members ÷ chat of 2',
      target: '<= 1',
      value: round(rowsLarge / rowsSmall),
      met: rowsLarge <= rowsSmall,
      detail: { in2: rowsSmall, in2000: rowsLarge },
    },
  ];
}
