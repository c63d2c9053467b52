import { randomUUID } from 'node:crypto';
import { createGroups, createPeople } from '../lib/people.mjs';
import { round, seconds } from '../lib/numbers.mjs';
import { connectAll } from '../lib/wire.mjs';

const ROOM = 1000;
const SECONDS = 8;
const IN_FLIGHT = 4;
const BODY = 'Watering rota for the week: beds one to four in the morning, the greenhouse at noon.';

/** Keeps `IN_FLIGHT` sends going and counts what the whole room receives. */
async function deliveriesPerSecond(clients, send) {
  let received = 0;
  for (const client of clients) {
    client.onFrame = (text) => {
      if (text.startsWith('42["message:new"')) received++;
    };
  }
  const run = async (duration) => {
    const end = performance.now() + duration * 1000;
    let sent = 0;
    await Promise.all(
      Array.from({ length: IN_FLIGHT }, async () => {
        while (performance.now() < end) {
          await send();
          sent++;
          // The next send waits until the room has got the earlier ones: what is measured is delivery, not a growing queue.
          while (received < (sent - IN_FLIGHT) * clients.length && performance.now() < end) await seconds(0.001);
        }
      }),
    );
  };
  await run(2);
  await seconds(1);
  received = 0;
  const started = performance.now();
  await run(SECONDS);
  return received / ((performance.now() - started) / 1000);
}

/** Deliveries per second to a room of 1 000 connected, signed-in clients ÷ bare Socket.IO broadcast of the same bytes. */
export async function measureFanOut({ api, bare, pool, secret }) {
  const people = await createPeople(pool, secret, ROOM, 'fan');
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
  const sendOurs = async () => {
    const answer = await ours[0].emit('message:send', {
      chatId,
      clientId: randomUUID(),
      body: BODY,
    });
    if (!answer.ok) throw new Error(`send refused: ${JSON.stringify(answer)}`);
  };
  await sendOurs();
  while (!sample) await seconds(0.01);
  const ourRate = await deliveriesPerSecond(ours, sendOurs);
  ours.forEach((client) => client.close());

  const payload = JSON.parse(sample.slice(2))[1];
  const theirs = await connectAll(
    bare.base,
    people.map(() => undefined),
  );
  const bareRate = await deliveriesPerSecond(theirs, () => theirs[0].emit('send', payload));
  theirs.forEach((client) => client.close());
  await seconds(1);
  return {
    measure: 'deliveries/s to a room of 1 000 signed-in clients ÷ bare Socket.IO broadcast',
    target: '>= 0.7',
    value: round(ourRate / bareRate),
    met: ourRate / bareRate >= 0.7,
    detail: {
      ours: Math.round(ourRate),
      bare: Math.round(bareRate),
      payloadBytes: sample.length,
    },
  };
}
