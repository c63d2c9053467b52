import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storedMessages, violations } from '../../support/realtime/checker.js';
import { LiveClient } from '../../support/realtime/live-client.js';
import { Person } from '../../support/realtime/people.js';
import { buildServer, freePort, OwnDatabase, ServerProcess } from '../../support/realtime/server-process.js';

const KILLS = 4;
const ACKNOWLEDGED_BETWEEN_KILLS = 60;

describe('the server killed in the middle of sends', () => {
  let port: number;
  let url: string;
  let database: OwnDatabase;
  let server: ServerProcess;
  let dataDir: string;
  let clients: LiveClient[] = [];

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'besedka-kill-'));
    port = await freePort();
    url = `http://127.0.0.1:${port}`;
    [database] = await Promise.all([OwnDatabase.start(), buildServer()]);
    server = await ServerProcess.start(database.url, dataDir, port);
  }, 120_000);

  afterAll(async () => {
    for (const client of clients) client.stop();
    await server?.stop();
    await database?.remove();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  it('loses no acknowledged message, doubles none, and its clients recover by themselves', async () => {
    const owner = await Person.local(url, 'owner');
    const people = [owner, await Person.local(url, 'admin'), await Person.local(url, 'test_user')];
    const chats = [
      await owner.createGroup('first', people.slice(1)),
      await owner.createGroup('second', people.slice(1)),
    ];
    clients = people.map((person) => new LiveClient(person).start());
    await Promise.all(clients.map((client) => client.until('the first snapshot', (c) => c.online)));

    // Each client always has something to say: the kill hits sends that wait, are under way, are committed but unanswered.
    let talking = true;
    let said = 0;
    const keepTalking = async (client: LiveClient, index: number): Promise<void> => {
      while (talking) {
        client.say(chats[(said + index) % chats.length]!.id, `message ${said++}`);
        await client.until('a shorter outbox', (c) => c.waiting < 5 || !talking, 60_000);
      }
    };
    const talks = clients.map(keepTalking);
    const acknowledged = (): number => clients.reduce((sum, client) => sum + client.acknowledged.size, 0);

    for (let kill = 1; kill <= KILLS; kill++) {
      const goal = acknowledged() + ACKNOWLEDGED_BETWEEN_KILLS;
      await Promise.any(
        clients.map((client) => client.until(`${goal} acknowledged`, () => acknowledged() >= goal, 60_000)),
      );
      await server.kill();
      server = await ServerProcess.start(database.url, dataDir, port);
    }
    const goal = acknowledged() + ACKNOWLEDGED_BETWEEN_KILLS;
    await Promise.any(
      clients.map((client) => client.until(`${goal} acknowledged`, () => acknowledged() >= goal, 60_000)),
    );
    talking = false;
    await Promise.all(clients.map((client) => client.until('everything said', (c) => c.settled, 60_000)));
    await Promise.all(talks);

    const stored = await storedMessages(
      database.url,
      chats.map((chat) => chat.id),
    );
    expect(violations(stored, clients)).toEqual([]);
    expect(stored).toHaveLength(said);
    expect(acknowledged()).toBe(said);
    for (const client of clients) expect(client.connects).toBeGreaterThan(KILLS);
  }, 180_000);

  it('finishes what it accepted when it is asked to stop, within ten seconds', async () => {
    const [client] = clients as [LiveClient, ...LiveClient[]];
    const chatId = [...client.state!.chats.keys()][0]!;
    const before = client.acknowledged.size;
    for (let i = 0; i < 50; i++) client.say(chatId, `during the stop ${i}`);
    await client.until('the first of them', (c) => c.acknowledged.size > before);
    const { code, ms } = await server.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(10_000);
    server = await ServerProcess.start(database.url, dataDir, port);
    await client.until('all of them', (c) => c.settled, 30_000);
    expect(violations(await storedMessages(database.url, [chatId]), [])).toEqual([]);
    expect(client.acknowledged.size).toBe(before + 50);
    expect(client.faults).toEqual([]);
  }, 60_000);
});
