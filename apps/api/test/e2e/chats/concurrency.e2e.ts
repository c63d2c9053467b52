import type { Chat } from '@besedka/contracts';
import { ChatWorld, type Person } from './chat-world.js';
import { Device } from './device.js';
import { Random } from './random.js';

const ROUNDS = 12;
const AT_ONCE = 40;
/** Milliseconds for one run on a busy machine. */
const RUN_WITHIN = 120_000;

describe('many people doing things at once', () => {
  let world: ChatWorld;
  beforeAll(async () => {
    world = await ChatWorld.create();
  });
  afterAll(() => world?.close());

  it.each([3, 11])(
    'snapshot + events = fresh snapshot, and every number is true (seed %i)',
    async (seed) => {
      const random = new Random(seed);
      const people = await world.people(6, 'crowd');
      const groups = [
        await world.group(people[0]!, people.slice(1)),
        await world.group(people[1]!, people.slice(2, 5)),
      ];
      const directs = [await world.direct(people[0]!, people[1]!), await world.direct(people[2]!, people[3]!)];
      const devices = await Promise.all(
        people.flatMap((person) => [Device.open(world, person), Device.open(world, person)]),
      );
      for (let round = 1; round <= ROUNDS; round++) {
        const acts = Array.from({ length: AT_ONCE }, () => act(random, people, groups, directs));
        const results = await Promise.allSettled(acts);
        expect(unexpected(results)).toEqual([]);
        await world.settled();
        for (const device of devices) {
          const fresh = await world.chats.listAll(device.person.ctx);
          const where = `seed ${seed}, round ${round}, ${device.person.username}`;
          expect({ where, behind: device.behind, list: device.list }).toEqual({ where, behind: [], list: fresh });
        }
        await expectTrueNumbers(people);
      }
    },
    RUN_WITHIN,
  );

  /** One random act; some are refused, because somebody else was faster. */
  function act(
    random: Random,
    people: readonly Person[],
    groups: readonly string[],
    directs: readonly string[],
  ): Promise<unknown> {
    const person = random.pick(people);
    const chat = random.pick([...groups, ...directs]);
    const seq = random.int(1, 40);
    const dice = random.int(1, 100);
    const { ctx } = person;
    if (dice <= 50) return world.send(person, chat, `text ${dice}`, random.chance(0.2) ? seq : null);
    if (dice <= 62) return world.reading.read(ctx, chat, random.int(0, 200));
    if (dice <= 70) return world.reading.markUnread(ctx, chat, seq);
    if (dice <= 80) return world.messages.edit(ctx, { chatId: chat, seq, body: `edited ${random.int(1, 9)}` });
    if (dice <= 88) return world.messages.remove(ctx, { chatId: chat, seq });
    if (dice <= 91) return world.chats.create(ctx, { kind: 'direct', userId: random.pick(people).id });
    if (dice <= 94) return world.chats.remove(ctx, random.pick(directs));
    if (dice <= 97) return world.members.add(ctx, chat, [random.pick(people).id]);
    return world.members.leave(ctx, chat);
  }

  const REFUSALS = [
    'chat_not_found',
    'chat_kind_mismatch',
    'message_not_found',
    'message_deleted',
    'not_message_author',
    'not_chat_owner',
    'forbidden',
    'validation_failed',
  ];

  function unexpected(results: readonly PromiseSettledResult<unknown>[]): unknown[] {
    return results.flatMap((r) =>
      r.status === 'rejected' && !REFUSALS.includes((r.reason as { code?: string }).code ?? '') ? [r.reason] : [],
    );
  }

  /** Counts what the arithmetic claims: unread, and own messages after the pointer. */
  async function expectTrueNumbers(people: readonly Person[]): Promise<void> {
    const counted = await world.database.query<{
      user_id: string;
      chat_id: string;
      unread: number;
      own: number;
      own_after_read: number;
    }>(
      `SELECT m.user_id, m.chat_id, m.own_after_read,
         (SELECT count(*)::int FROM messages x WHERE x.chat_id = m.chat_id AND x.author_id = m.user_id AND x.seq > m.read_seq) AS own,
         (SELECT count(*)::int FROM messages x WHERE x.chat_id = m.chat_id AND x.author_id <> m.user_id AND x.seq > m.read_seq
            AND x.seq > m.hidden_seq AND x.deleted_at IS NULL) AS unread
       FROM chat_members m WHERE m.user_id = ANY($1::uuid[])`,
      [people.map(({ id }) => id)],
    );
    expect(counted.filter((row) => row.own !== row.own_after_read)).toEqual([]);
    for (const person of people) {
      const list: Chat[] = await world.chats.listAll(person.ctx);
      for (const chat of list) {
        const row = counted.find((r) => r.user_id === person.id && r.chat_id === chat.id);
        expect({ chat: chat.id, unread: chat.unread }).toEqual({ chat: chat.id, unread: row?.unread });
      }
    }
  }
});
