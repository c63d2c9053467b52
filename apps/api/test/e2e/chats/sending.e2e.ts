import { randomUUID } from 'node:crypto';
import { ChatWorld, refusal } from './chat-world.js';

describe('sending messages', () => {
  let world: ChatWorld;
  beforeAll(async () => {
    world = await ChatWorld.create();
  });
  afterAll(() => world?.close());

  it('gives one row and one answer for the same client id, fifty times in parallel and once more later', async () => {
    const [ann, bob] = await world.people(2);
    const chat = await world.group(ann!, [bob!]);
    const clientId = randomUUID();
    const answers = await Promise.all(Array.from({ length: 50 }, () => world.send(ann!, chat, 'once', null, clientId)));
    answers.push(await world.send(ann!, chat, 'another text, the same id', null, clientId));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ seq: 1, rev: 1, body: 'once', clientId });
    const rows = await world.database.query('SELECT 1 FROM messages WHERE chat_id = $1', [chat]);
    expect(rows).toHaveLength(1);
    const told = world.events.filter((e) => e.name === 'chats.message-new' && e.payload.message.chatId === chat);
    expect(told).toHaveLength(1);
  });

  it('refuses a client id that belongs to a message in another chat, also when both race', async () => {
    const [ann, bob] = await world.people(2);
    const chats = await Promise.all([world.group(ann!, [bob!]), world.group(ann!, [bob!]), world.group(ann!, [bob!])]);
    const clientId = randomUUID();
    const results = await Promise.allSettled(
      chats.flatMap((chat) => [
        world.send(ann!, chat, 'x', null, clientId),
        world.send(ann!, chat, 'x', null, clientId),
      ]),
    );
    const sent = results.filter((r) => r.status === 'fulfilled');
    const refused = results.filter((r) => r.status === 'rejected').map((r) => (r.reason as { code: string }).code);
    expect(new Set(sent.map((r) => r.value.chatId)).size).toBe(1);
    expect(sent).toHaveLength(2);
    expect(new Set(refused)).toEqual(new Set(['client_id_reused']));
  });

  it('a repetition by somebody who is out of the chat tells nothing: not the message, not the text it quotes', async () => {
    const [ann, bob] = await world.people(2);
    const [chat, other] = await Promise.all([world.group(ann!, [bob!]), world.group(ann!, [bob!])]);
    const { seq } = await world.send(ann!, chat, 'before');
    const clientId = randomUUID();
    await world.send(bob!, chat, 'answer', seq, clientId);
    await world.members.remove(ann!.ctx, chat, bob!.id);
    await world.messages.edit(ann!.ctx, { chatId: chat, seq, body: 'not for bob' });
    expect(await refusal(world.send(bob!, chat, 'answer', seq, clientId))).toBe('chat_not_found');
    await world.members.remove(ann!.ctx, other, bob!.id);
    expect(await refusal(world.send(bob!, other, 'answer', null, clientId))).toBe('chat_not_found');
  });

  it('the same client id of two authors is two messages', async () => {
    const [ann, bob] = await world.people(2);
    const chat = await world.group(ann!, [bob!]);
    const clientId = randomUUID();
    const both = await Promise.all([
      world.send(ann!, chat, 'a', null, clientId),
      world.send(bob!, chat, 'b', null, clientId),
    ]);
    expect(both.map(({ seq }) => seq).sort()).toEqual([1, 2]);
  });

  it('numbers messages densely and tells them in order, whoever sends at once', async () => {
    const people = await world.people(4);
    const chats = await Promise.all([0, 1, 2].map(() => world.group(people[0]!, people.slice(1))));
    const sends = Array.from({ length: 240 }, (_, i) => world.send(people[i % 4]!, chats[i % 3]!, `message ${i}`));
    await Promise.all(sends);
    for (const chat of chats) {
      const told = world.events.flatMap((e) =>
        e.name === 'chats.message-new' && e.payload.message.chatId === chat ? [e.payload] : [],
      );
      expect(told.map(({ message }) => message.rev)).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
      expect(told.map(({ message }) => message.seq)).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
      const orders = told.map(({ order }) => order);
      expect(orders).toEqual([...orders].sort((a, b) => a - b));
    }
  });

  it('an edit, a delete and sends at once are told in the order of their change numbers', async () => {
    const [ann, bob] = await world.people(2);
    const chat = await world.group(ann!, [bob!]);
    await Promise.all(Array.from({ length: 10 }, (_, i) => world.send(ann!, chat, `m${i}`)));
    const work = Array.from({ length: 10 }, (_, i) => [
      world.send(bob!, chat, `b${i}`),
      world.messages.edit(ann!.ctx, { chatId: chat, seq: i + 1, body: `edited ${i}` }),
      ...(i % 3 === 0 ? [world.messages.remove(ann!.ctx, { chatId: chat, seq: i + 1 })] : []),
    ]);
    await Promise.all(work.flat());
    const revs = world.events.flatMap((e) =>
      (e.name === 'chats.message-new' || e.name === 'chats.message-edited' || e.name === 'chats.message-deleted') &&
      e.payload.message.chatId === chat
        ? [e.payload.message.rev]
        : [],
    );
    expect(revs).toEqual(Array.from({ length: 34 }, (_, i) => i + 1));
  });

  it('a batch is as good as its members: one refused message does not touch the others', async () => {
    const [ann, bob, eve] = await world.people(3);
    const mine = await world.group(ann!, [bob!]);
    const foreign = await world.group(bob!, [eve!]);
    const results = await Promise.allSettled([
      world.send(ann!, mine, 'one'),
      world.send(ann!, foreign, 'not my chat'),
      world.send(ann!, randomUUID(), 'no such chat'),
      world.send(ann!, mine, 'answer to nothing', 99),
      world.send(ann!, mine, 'beyond every number', 9_007_199_254_740_991),
      world.send(ann!, mine, 'cannot be stored \u0000'),
      world.send(ann!, mine, 'two'),
    ]);
    expect(results.map((r) => (r.status === 'fulfilled' ? r.value.seq : (r.reason as { code: string }).code))).toEqual([
      1,
      'chat_not_found',
      'chat_not_found',
      'message_not_found',
      'message_not_found',
      'validation_failed',
      2,
    ]);
  });

  it('a batch of every kind: each message ends as it would alone, in one commit', async () => {
    const [ann, bob, eve, gone] = await world.people(4);
    const groups = await Promise.all([1, 2, 3, 4].map(() => world.group(ann!, [bob!])));
    const [plain, answered, busy, earlier] = groups as [string, string, string, string];
    const [open, fresh, dead] = [
      await world.direct(ann!, bob!),
      await world.direct(ann!, eve!),
      await world.direct(ann!, gone!),
    ];
    await world.send(ann!, open, 'so that both have it in their lists');
    await world.send(bob!, answered, 'a question');
    const known = await world.send(ann!, earlier, 'before');
    await world.setStatus(gone!, 'disabled');
    const since = world.events.length;
    const results = await Promise.allSettled([
      world.send(ann!, earlier, 'again', null, known.clientId),
      world.send(ann!, busy, 'one'),
      world.send(ann!, fresh, 'the first that eve sees'),
      world.send(bob!, busy, 'two'),
      world.send(ann!, plain, 'plain'),
      world.send(eve!, plain, 'not a member'),
      world.send(ann!, dead, 'to nobody'),
      world.send(ann!, answered, 'an answer', 1),
      world.send(ann!, open, 'plain, to one'),
    ]);
    await world.settled();
    const told = world.events.slice(since);
    expect(results.map((r) => (r.status === 'fulfilled' ? r.value.seq : (r.reason as { code: string }).code))).toEqual([
      1,
      1,
      1,
      2,
      1,
      'chat_not_found',
      'user_unavailable',
      2,
      2,
    ]);
    // Eve's list gets the chat, and nothing is told twice: the repetition not at all.
    expect(told.flatMap((e) => (e.name === 'chats.appeared' ? [[e.payload.userId, e.payload.chat.id]] : []))).toEqual(
      expect.arrayContaining([[eve!.id, fresh]]),
    );
    expect(told.flatMap((e) => (e.name === 'chats.message-new' ? [e.payload.message.body] : [])).toSorted()).toEqual(
      ['an answer', 'one', 'plain', 'plain, to one', 'the first that eve sees', 'two'].toSorted(),
    );
    const commits = await world.database.query(
      'SELECT DISTINCT xmin::text FROM messages WHERE client_id = ANY($1::uuid[])',
      [
        results.flatMap((r) =>
          r.status === 'fulfilled' && r.value.clientId !== known.clientId ? r.value.clientId : [],
        ),
      ],
    );
    expect(commits).toHaveLength(1);
    // The places of the chats in the lists are all different, and those of the last message.
    const [orders] = await world.database.query<{ chats: number; orders: number }>(
      `SELECT count(*)::int AS chats, count(DISTINCT top_order)::int AS orders FROM chats WHERE id = ANY($1::uuid[])`,
      [[plain, answered, busy, open, fresh]],
    );
    expect(orders).toEqual({ chats: 5, orders: 5 });
  });

  it('writes three rows per message, however many members the chat has', async () => {
    const people = await world.people(101);
    const small = await world.group(people[0]!, people.slice(1, 2));
    const large = await world.group(people[0]!, people.slice(1));
    expect(await rowsWrittenBySend(small)).toEqual(await rowsWrittenBySend(large));

    async function rowsWrittenBySend(chat: string): Promise<unknown> {
      const message = await world.send(people[0]!, chat, 'count');
      // Every row version that the sending transaction made carries its number.
      const [row] = await world.database.query(
        `SELECT
           (SELECT count(*)::int FROM chats c WHERE c.xmin = x.xmin) AS chats,
           (SELECT count(*)::int FROM chat_members m WHERE m.xmin = x.xmin) AS members,
           (SELECT count(*)::int FROM messages m WHERE m.xmin = x.xmin) AS messages
         FROM messages x WHERE x.chat_id = $1 AND x.seq = $2`,
        [chat, message.seq],
      );
      expect(row).toEqual({ chats: 1, members: 1, messages: 1 });
      return row;
    }
  });

  it('quotes the message it answers, and a deleted source leaves an empty quote', async () => {
    const [ann, bob] = await world.people(2);
    const chat = await world.group(ann!, [bob!]);
    const source = await world.send(ann!, chat, `a long text\n${'x'.repeat(300)}`);
    const [first, answer] = await Promise.all([
      world.send(bob!, chat, 'before'),
      world.send(bob!, chat, 'yes', source.seq),
    ]);
    expect(first.replyTo).toBeNull();
    expect(answer.replyTo).toMatchObject({ seq: 1, author: { id: ann!.id } });
    expect(answer.replyTo!.body).toMatch(/^a long text x+…$/);
    expect(answer.replyTo!.body).toHaveLength(160);
    await world.messages.remove(ann!.ctx, { chatId: chat, seq: source.seq });
    const page = await world.messages.history(bob!.ctx, chat, { limit: 50 });
    expect(page.items.at(-1)!.replyTo).toMatchObject({ seq: 1, body: null });
    expect(await refusal(world.send(bob!, chat, 'again', source.seq))).toBe('message_deleted');
  });
});
