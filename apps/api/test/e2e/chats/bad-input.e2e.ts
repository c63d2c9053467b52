import { randomUUID } from 'node:crypto';
import { HttpClient } from '../../support/http-client.js';
import { BAD_INPUT, type Facts } from './bad-input-table.js';
import { ChatWorld, type Person } from './chat-world.js';

describe('bad input to chats', () => {
  let world: ChatWorld;
  let facts: Facts;
  let before: unknown;

  beforeAll(async () => {
    world = await ChatWorld.create();
    const [ann, bob] = (await world.people(2)) as [Person, Person];
    const mine = await world.group(bob, [ann]);
    await world.send(ann, mine, 'one');
    const { seq } = await world.send(ann, mine, 'two');
    await world.messages.remove(ann.ctx, { chatId: mine, seq });
    await world.send(bob, mine, 'three');
    const foreign = await world.group(bob, [await world.person()]);
    await world.send(bob, foreign, 'secret');
    facts = { mine, foreign, ann, bob };
    before = await stored();
  });
  afterAll(() => world?.close());

  /** Everything of the module that is in the database. */
  async function stored(): Promise<unknown> {
    const tables = ['chats', 'chat_members', 'messages', 'message_revisions'];
    return Promise.all(
      tables.map((table) => world.database.query(`SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY 1`)),
    );
  }

  it.each(BAD_INPUT.map((row) => ({ what: row[0], row })))(
    'refuses $what',
    async ({ row: [, request, status, code, rule] }) => {
      const [method, path, json] = request(facts);
      const answer = await facts.ann.http.request<{ code: string; errors?: { code: string }[] }>(
        method,
        chatsPath(path),
        { json },
      );
      expect({ status: answer.status, code: answer.json.code }).toEqual({ status, code });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      if (rule !== undefined) expect(answer.json.errors?.map((error) => error.code)).toContain(rule);
      expect(answer.text).not.toContain('secret');
    },
  );

  it('and nothing of it was stored', async () => {
    expect(await stored()).toEqual(before);
    expect(world.logs.filter((line) => line['code'] === 'internal')).toEqual([]);
  });

  it('text is stored as one form: NFC, line ends as \\n, outer blank lines gone; markup is only text', async () => {
    const body = '\r\n<b>e\u0301</b>\r\n  indented <script>alert(1)</script>\n\n';
    const answer = await facts.ann.http.post<{ body: string }>(`/api/v1/chats/${facts.mine}/messages`, {
      clientId: randomUUID(),
      body,
    });
    expect(answer).toMatchObject({ status: 201, json: { body: '<b>é</b>\n  indented <script>alert(1)</script>' } });
  });

  it('ids are the same in upper and lower case', async () => {
    const id = randomUUID();
    const send = (chat: string, name: string) =>
      facts.ann.http.post<{ chatId: string; clientId: string }>(`/api/v1/chats/${chat}/messages`, {
        clientId: name,
        body: 'x',
      });
    const lower = await send(facts.mine, id);
    const upper = await send(facts.mine.toUpperCase(), id.toUpperCase());
    expect(upper.json).toEqual(lower.json);
    expect(upper.json).toMatchObject({ chatId: facts.mine, clientId: id });
  });

  it('nobody talks without being signed in or without the permission', async () => {
    expect((await new HttpClient(world.url).get('/api/v1/chats')).status).toBe(401);
    const guest = await world.person('guest', []);
    expect((await guest.http.post('/api/v1/chats', { kind: 'direct', userId: facts.bob.id })).status).toBe(403);
  });
});

function chatsPath(path: string): string {
  return `/api/v1/chats${path === '' || path.startsWith('?') ? path : `/${path}`}`;
}
