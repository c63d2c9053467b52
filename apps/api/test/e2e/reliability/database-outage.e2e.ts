import { differences, storedMessages, violations } from '../../support/realtime/checker.js';
import { LiveClient } from '../../support/realtime/live-client.js';
import { Person } from '../../support/realtime/people.js';
import { OwnDatabase } from '../../support/realtime/server-process.js';
import { SocketClient } from '../../support/realtime/socket-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

describe('the database going away and coming back under load', () => {
  let database: OwnDatabase;
  let app: TestApp | undefined;
  let clients: LiveClient[] = [];

  beforeAll(async () => {
    database = await OwnDatabase.start();
    app = await createTestApp({
      databaseUrl: database.url,
      env: { ACCESS_TOKEN_SECONDS: '3600', DATABASE_CONNECT_TIMEOUT_MS: '2000' },
    });
  }, 120_000);

  afterAll(async () => {
    for (const client of clients) client.stop();
    await closeTestApp(app);
    await database?.remove();
  }, 60_000);

  it('loses nothing that was acknowledged; clients and server recover by themselves', async () => {
    const { url } = app!;
    const owner = await Person.local(url, 'owner');
    const people = [owner, await Person.local(url, 'admin'), await Person.local(url, 'test_user')];
    const chat = await owner.createGroup('outage', people.slice(1));
    clients = people.map((person) => new LiveClient(person).start());
    await Promise.all(clients.map((client) => client.until('the first snapshot', (c) => c.online)));

    let said = 0;
    const talk = (count: number): void => {
      for (let i = 0; i < count; i++) clients[said % clients.length]!.say(chat.id, `message ${said++}`);
    };
    for (let round = 0; round < 2; round++) {
      talk(30);
      const [first] = clients as [LiveClient, ...LiveClient[]];
      const before = first.acknowledged.size;
      await first.until('an acknowledgement', (c) => c.acknowledged.size > before);
      await database.stop();
      talk(30);
      // The server is alive and says what is wrong; a new connection is refused with a name, not left hanging.
      const refusal = await SocketClient.refused(url, { token: owner.token });
      expect(refusal.code).toBe('database_unavailable');
      await database.startAgain();
      await Promise.all(clients.map((client) => client.until('everything said', (c) => c.settled, 30_000)));
    }
    const goal = said;
    await Promise.all(clients.map((client) => client.until('every message', (c) => c.shown(chat.id).length === goal)));
    expect(violations(await storedMessages(database.url, [chat.id]), clients)).toEqual([]);
    const history = await owner.history(chat.id);
    expect(history).toHaveLength(said);
    for (const client of clients) expect(differences(client, chat.id, history)).toEqual([]);
    expect(app!.logs.filter((line) => line['level'] === 'error')).toEqual([]);
  }, 120_000);
});
