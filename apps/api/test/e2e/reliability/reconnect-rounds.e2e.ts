import { differences } from '../../support/realtime/checker.js';
import { LiveClient } from '../../support/realtime/live-client.js';
import { Person } from '../../support/realtime/people.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const ROUNDS = 50;

describe('fifty rounds of reconnecting', () => {
  let app: TestApp | undefined;
  let clients: LiveClient[] = [];

  beforeAll(async () => {
    app = await createTestApp({ env: { ACCESS_TOKEN_SECONDS: '3600' } });
  }, 60_000);

  afterAll(async () => {
    for (const client of clients) client.stop();
    await closeTestApp(app);
  }, 60_000);

  it('show each message once to each client, those of the gap included', async () => {
    const owner = await Person.local(app!.url, 'owner');
    const members = [await Person.local(app!.url, 'admin'), await Person.local(app!.url, 'test_user')];
    const chat = await owner.createGroup('rounds', members);
    clients = members.map((person) => new LiveClient(person).start());
    await Promise.all(clients.map((client) => client.until('the first snapshot', (c) => c.online)));
    for (let round = 1; round <= ROUNDS; round++) {
      const gone = clients.map((client) => client.until('to be offline', (c) => !c.online));
      for (const client of clients) client.cut(round % 2 === 0);
      await Promise.all(gone);
      await owner.send(chat.id, `round ${round}`);
      await Promise.all(
        clients.map((client) => client.until(`round ${round}`, (c) => c.shown(chat.id).length === round)),
      );
    }
    const history = await owner.history(chat.id);
    expect(history).toHaveLength(ROUNDS);
    for (const client of clients) {
      expect(differences(client, chat.id, history)).toEqual([]);
      expect([...client.taken.values()].filter((times) => times > 1)).toEqual([]);
      expect(client.faults).toEqual([]);
      expect(client.connects).toBe(ROUNDS + 1);
    }
  }, 60_000);
});
