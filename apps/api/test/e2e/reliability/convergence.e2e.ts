import type { Chat, Message, Snapshot } from '@besedka/contracts';
import { differences, storedMessages, violations } from '../../support/realtime/checker.js';
import { LiveClient } from '../../support/realtime/live-client.js';
import { Person } from '../../support/realtime/people.js';
import { Random, seedFor } from '../../support/realtime/random.js';
import { SocketClient } from '../../support/realtime/socket-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const CUTS = 1000;
const SEED = seedFor('convergence', 20_261);

describe('convergence: a thousand random socket cuts while people talk', () => {
  let app: TestApp | undefined;
  let clients: LiveClient[] = [];

  beforeAll(async () => {
    app = await createTestApp({ env: { ACCESS_TOKEN_SECONDS: '3600', SOCKETS_PER_USER: '0' } });
  }, 60_000);

  afterAll(async () => {
    for (const client of clients) client.stop();
    await closeTestApp(app);
  }, 60_000);

  it('every client ends with exactly what a fresh one gets: nothing lost, nothing twice', async () => {
    const { url } = app!;
    const owner = await Person.local(url, 'owner');
    const people = [owner, await Person.local(url, 'admin'), await Person.local(url, 'test_user')];
    // Somebody on two devices: they must agree on what is read.
    people.push(await people[2]!.again());
    const chats = [
      await owner.createGroup('one', people.slice(1, 3)),
      await owner.createGroup('two', people.slice(1, 3)),
      await owner.createDirect(people[2]!),
    ];
    clients = people.map((person) => new LiveClient(person).start());
    await Promise.all(clients.map((client) => client.until('the first snapshot', (c) => c.online)));

    let cutting = true;
    const talks = clients.map((client, index) => talk(client, new Random(SEED + 1 + index), () => cutting));
    await Promise.all(
      clients.map((client, index) => cutAgainAndAgain(client, new Random(SEED + 100 + index), CUTS / clients.length)),
    );
    cutting = false;
    await Promise.all(talks);
    await Promise.all(clients.map((client) => client.until('everything said', (c) => c.settled)));

    // Sentinels: whoever has these has heard everything before them, without any waiting by the clock.
    const sentinels: Message[] = [];
    for (const chat of chats) sentinels.push(await owner.send(chat.id, 'the end'));
    await Promise.all(
      clients.map((client) =>
        client.until('the end of every chat', (c) =>
          sentinels.every(
            (end) => !c.state?.chats.has(end.chatId) || (c.settled && c.shown(end.chatId).at(-1)?.seq === end.seq),
          ),
        ),
      ),
    );

    const stored = await storedMessages(
      app!.databaseUrl,
      chats.map((chat) => chat.id),
    );
    expect(violations(stored, clients)).toEqual([]);
    for (const client of clients) {
      const fresh = await freshSnapshot(client.person);
      expect([...client.state!.chats.values()].map((entry) => entry.chat).sort(byId)).toEqual(
        [...fresh.chats].sort(byId),
      );
      for (const chat of fresh.chats) {
        expect(differences(client, chat.id, await client.person.history(chat.id))).toEqual([]);
      }
    }
    const cuts = clients.reduce((sum, client) => sum + client.connects - 1, 0);
    process.stdout.write(`convergence: ${stored.length} messages, ${cuts} reconnects after ${CUTS} cuts\n`);
    expect(cuts).toBeGreaterThanOrEqual(CUTS);
    expect(app!.logs.filter((line) => line['level'] === 'error')).toEqual([]);
  }, 240_000);
});

/** Cuts one client's connection: mostly in the middle of work, sometimes before it has its snapshot. */
async function cutAgainAndAgain(client: LiveClient, random: Random, times: number): Promise<void> {
  for (let cut = 0; cut < times; cut++) {
    const early = random.chance(0.2);
    await client.until('to be connected again', (c) => (early ? c.connected : c.online));
    const goal = client.heard + random.int(4);
    if (!early) await client.until('to hear something', (c) => c.heard >= goal || !c.online);
    client.cut(random.chance(0.5));
    await client.until('to be cut', (c) => !c.connected);
  }
}

/** One person's doings until told to stop: mostly saying something, also editing, deleting, reading. */
async function talk(client: LiveClient, random: Random, goesOn: () => boolean): Promise<void> {
  let said = 0;
  while (goesOn()) {
    await client.until('to be online again', (c) => c.online || !goesOn());
    const chat = random.pick(
      [...client.state!.chats.values()].map((entry) => entry.chat).filter((one) => one.kind !== 'channel'),
    );
    const own = client
      .shown(chat.id)
      .filter((message) => message.author.id === client.person.id && message.deletedAt === null);
    const roll = random.next();
    if (roll < 0.5 || own.length === 0) {
      client.say(chat.id, `${client.person.username} ${said++}`);
      await client.until('a short outbox', (c) => c.waiting < 3 || !goesOn());
    } else if (roll < 0.7) {
      await client.tell('message:edit', { chatId: chat.id, seq: random.pick(own).seq, body: `edited ${said++}` });
    } else if (roll < 0.8) {
      await client.tell('message:delete', { chatId: chat.id, seq: random.pick(own).seq });
    } else {
      await client.tell('chat:read', { chatId: chat.id, seq: chat.lastSeq });
    }
  }
}

async function freshSnapshot(person: Person): Promise<Snapshot> {
  const socket = await SocketClient.open(person.url, { token: person.token });
  socket.close();
  return socket.all('snapshot')[0]!;
}

function byId(a: Chat, b: Chat): number {
  return a.id < b.id ? -1 : 1;
}
