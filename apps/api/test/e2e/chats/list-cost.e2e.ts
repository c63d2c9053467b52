import { jest } from '@jest/globals';
import { ChatWorld, type Person } from './chat-world.js';

const CHATS = 100;

interface Plan {
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
}

describe('what a list costs', () => {
  let world: ChatWorld;
  let me: Person;
  beforeAll(async () => {
    world = await ChatWorld.create();
    me = await world.person();
    const other = await world.person();
    for (let i = 0; i < CHATS; i++) await world.group(me, [other]);
  }, 60_000);
  afterAll(() => world?.close());

  /** Adds messages by the other one to all groups, every tenth deleted; half of them read. */
  async function fill(perChat: number): Promise<void> {
    await world.database.execute(
      `INSERT INTO messages (chat_id, seq, rev, author_id, client_id, body, deleted_at)
       SELECT c.id, c.last_seq + n, c.last_rev + n, m.user_id, gen_random_uuid(), 'message ' || n, CASE WHEN n % 10 = 0 THEN now() END
       FROM chats c JOIN chat_members m ON m.chat_id = c.id AND m.role = 'member', generate_series(1, $1::int) n WHERE c.kind = 'group'`,
      [perChat],
    );
    await world.database.execute(
      `UPDATE chats SET last_seq = last_seq + $1::int, last_rev = last_rev + $1::int WHERE kind = 'group'`,
      [perChat],
    );
    await world.database.execute(
      `UPDATE chat_members m SET read_seq = c.last_seq - 5 FROM chats c WHERE c.id = m.chat_id AND c.kind = 'group' AND m.user_id = $1`,
      [me.id],
    );
    await world.database.execute('VACUUM ANALYZE');
  }

  /** Pages of the database that reading my list touches. */
  async function pagesOfList(): Promise<number> {
    const spy = jest.spyOn(world.database, 'query');
    expect(await world.chats.listAll(me.ctx)).toHaveLength(CHATS + 1);
    const calls = [...spy.mock.calls];
    spy.mockRestore();
    expect(calls).toHaveLength(1);
    const [sql, params] = calls[0]!;
    const [row] = await world.database.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
      `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${sql}`,
      params,
    );
    const plan = row!['QUERY PLAN'][0]!.Plan;
    return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
  }

  it('my chats is one statement whose work does not grow with the messages', async () => {
    await fill(5);
    const few = await pagesOfList();
    await fill(495);
    const many = await pagesOfList();
    expect(many / few).toBeLessThanOrEqual(1.5);
  }, 120_000);
});
