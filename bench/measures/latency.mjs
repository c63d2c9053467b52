import { randomUUID } from 'node:crypto';
import { createGroups, createPeople } from '../lib/people.mjs';
import { percentile, round, seconds } from '../lib/numbers.mjs';
import { connectAll } from '../lib/wire.mjs';

const FAN_OUT = 50;
const PER_SECOND = 100;
const SECONDS = 15;
const BODY = 'Tea is ready.';

/** Sends at a steady rate from changing senders and takes, for every delivery, the time since its send began (ms). */
async function latencies(clients, send) {
  const begun = new Map();
  const taken = [];
  for (const client of clients) {
    client.onFrame = (text) => {
      if (!text.startsWith('42["message:new"')) return;
      const at = text.indexOf('"clientId":"') + 12;
      const started = begun.get(text.slice(at, at + 36));
      if (started !== undefined) taken.push(performance.now() - started);
    };
  }
  const total = PER_SECOND * SECONDS;
  const start = performance.now();
  const pending = [];
  for (let i = 0; i < total; i++) {
    const due = start + (i * 1000) / PER_SECOND;
    const wait = due - performance.now();
    if (wait > 0) await seconds(wait / 1000);
    const clientId = randomUUID();
    // The first second warms up.
    if (i > PER_SECOND) begun.set(clientId, performance.now());
    pending.push(send(clients[i % clients.length], clientId));
  }
  await Promise.all(pending);
  await seconds(0.5);
  return taken;
}

/** p99 of delivery at 100 messages/s with a fan-out of 50 ÷ bare Socket.IO relaying the same bytes. */
export async function measureLatency({ api, bare, pool, secret }) {
  const people = await createPeople(pool, secret, FAN_OUT, 'tea');
  const [chatId] = await createGroups(
    pool,
    1,
    people.map((p) => p.id),
  );
  const ours = await connectAll(
    api.base,
    people.map((p) => p.token),
  );
  let sample;
  ours[1].onFrame = (text) => (sample ??= text.startsWith('42["message:new"') ? text : undefined);
  const sendOurs = async (client, clientId) => {
    const answer = await client.emit('message:send', {
      chatId,
      clientId,
      body: BODY,
    });
    if (!answer.ok) throw new Error(`send refused: ${JSON.stringify(answer)}`);
  };
  await sendOurs(ours[0], randomUUID());
  while (!sample) await seconds(0.01);
  const ourTimes = await latencies(ours, sendOurs);
  ours.forEach((client) => client.close());

  const payload = JSON.parse(sample.slice(2))[1];
  const theirs = await connectAll(
    bare.base,
    people.map(() => undefined),
  );
  const bareTimes = await latencies(theirs, (client, clientId) =>
    client.emit('send', {
      ...payload,
      message: { ...payload.message, clientId },
    }),
  );
  theirs.forEach((client) => client.close());
  const [ourP99, bareP99] = [percentile(ourTimes, 0.99), percentile(bareTimes, 0.99)];
  return {
    measure: 'delivery p99 at 100 messages/s, fan-out 50 ÷ bare Socket.IO',
    target: '<= 3',
    value: round(ourP99 / bareP99),
    met: ourP99 / bareP99 <= 3,
    detail: {
      oursMs: { p50: round(percentile(ourTimes, 0.5)), p99: round(ourP99) },
      bareMs: { p50: round(percentile(bareTimes, 0.5)), p99: round(bareP99) },
      deliveries: ourTimes.length,
    },
  };
}
