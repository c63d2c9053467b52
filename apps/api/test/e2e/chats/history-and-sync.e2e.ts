import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { SYNC_TAIL_MAX, SYNC_TOTAL_MAX } from '@besedka/contracts';
import { ChatWorld, type Person, refusal } from './chat-world.js';

describe('history and what was missed', () => {
  let world: ChatWorld;
  let ann: Person;
  let bob: Person;
  let chat: string;

  beforeAll(async () => {
    world = await ChatWorld.create();
    [ann, bob] = (await world.people(2)) as [Person, Person];
    chat = await world.group(ann, [bob]);
    for (let i = 1; i <= 20; i++) await world.send(i % 2 ? ann : bob, chat, `m${i}`);
  });
  afterAll(() => world?.close());

  const page = async (query: object) => {
    const answer = await world.messages.history(bob.ctx, chat, { limit: 6, ...query });
    const seqs = answer.items.map(({ seq }) => seq);
    return { from: seqs[0], to: seqs.at(-1), count: seqs.length, before: answer.hasBefore, after: answer.hasAfter };
  };

  it.each([
    ['the newest', {}, { from: 15, to: 20, count: 6, before: true, after: false }],
    ['before', { before: 15 }, { from: 9, to: 14, count: 6, before: true, after: true }],
    ['before the first', { before: 1 }, { from: undefined, to: undefined, count: 0, before: false, after: true }],
    ['before the sixth', { before: 6 }, { from: 1, to: 5, count: 5, before: false, after: true }],
    [
      'before something far beyond',
      { before: 9_007_199_254_740_991 },
      { from: 15, to: 20, count: 6, before: true, after: false },
    ],
    ['after', { after: 3 }, { from: 4, to: 9, count: 6, before: true, after: true }],
    ['after nothing', { after: 0 }, { from: 1, to: 6, count: 6, before: false, after: true }],
    ['after the last', { after: 20 }, { from: undefined, to: undefined, count: 0, before: true, after: false }],
    [
      'after something far beyond',
      { after: 9_007_199_254_740_991 },
      { from: undefined, to: undefined, count: 0, before: true, after: false },
    ],
    ['around the middle', { around: 10 }, { from: 7, to: 12, count: 6, before: true, after: true }],
    ['around the beginning', { around: 1 }, { from: 1, to: 6, count: 6, before: false, after: true }],
    ['around the end', { around: 20 }, { from: 15, to: 20, count: 6, before: true, after: false }],
    [
      'around something far beyond',
      { around: 9_007_199_254_740_991 },
      { from: 15, to: 20, count: 6, before: true, after: false },
    ],
    ['everything', { limit: 200 }, { from: 1, to: 20, count: 20, before: false, after: false }],
  ])('a page: %s', async (_name, query, expected) => {
    expect(await page(query)).toEqual(expected);
  });

  it('an empty chat is an empty page', async () => {
    const empty = await world.group(ann, [bob]);
    expect(await world.messages.history(ann.ctx, empty, { limit: 50 })).toEqual({
      items: [],
      hasBefore: false,
      hasAfter: false,
      lastSeq: 0,
      rev: 0,
    });
  });

  it('editing keeps the earlier texts, newest first, until the message is deleted', async () => {
    const { seq } = await world.send(ann, chat, 'first');
    const second = await world.messages.edit(ann.ctx, { chatId: chat, seq, body: 'second' });
    await world.messages.edit(ann.ctx, { chatId: chat, seq, body: 'third' });
    const same = await world.messages.edit(ann.ctx, { chatId: chat, seq, body: 'third' });
    expect(second.editedAt).not.toBeNull();
    expect(same.rev).toBe(second.rev + 1);
    const revisions = await world.messages.revisions(bob.ctx, chat, seq);
    expect(revisions.map(({ body }) => body)).toEqual(['second', 'first']);
    expect(await refusal(world.messages.edit(bob.ctx, { chatId: chat, seq, body: 'x' }))).toBe('not_message_author');
    expect(await refusal(world.messages.remove(bob.ctx, { chatId: chat, seq }))).toBe('forbidden');
    const gone = await world.messages.remove(ann.ctx, { chatId: chat, seq });
    expect(gone).toMatchObject({ body: null, seq });
    expect(gone.deletedAt).not.toBeNull();
    expect(await world.messages.revisions(bob.ctx, chat, seq)).toEqual([]);
    expect(await world.database.query('SELECT 1 FROM message_revisions WHERE chat_id = $1', [chat])).toEqual([]);
    expect(await refusal(world.messages.edit(ann.ctx, { chatId: chat, seq, body: 'x' }))).toBe('message_deleted');
    expect(await refusal(world.messages.remove(ann.ctx, { chatId: chat, seq }))).toBe('message_deleted');
  });

  it('who moderates deletes anybody’s message, but edits none', async () => {
    const moderator = await world.person('mod', ['moderator']);
    const group = await world.group(ann, [moderator]);
    const { seq } = await world.send(ann, group, 'rude');
    expect(await refusal(world.messages.edit(moderator.ctx, { chatId: group, seq, body: 'polite' }))).toBe(
      'not_message_author',
    );
    expect(await world.messages.remove(moderator.ctx, { chatId: group, seq })).toMatchObject({ body: null });
  });

  it('direct chats are nobody’s to moderate: there a moderator deletes own messages only', async () => {
    const moderator = await world.person('mod', ['moderator']);
    const direct = await world.direct(ann, moderator);
    const theirs = await world.send(ann, direct, 'between us');
    const own = await world.send(moderator, direct, 'oops');
    expect(await refusal(world.messages.remove(moderator.ctx, { chatId: direct, seq: theirs.seq }))).toBe('forbidden');
    expect(await world.messages.remove(moderator.ctx, { chatId: direct, seq: own.seq })).toMatchObject({ body: null });
  });

  it('the tail has exactly what changed, in order, for several chats at once', async () => {
    const other = await world.group(ann, [bob]);
    await world.send(ann, other, 'before');
    const known = { [chat]: (await world.chats.get(bob.ctx, chat)).rev, [other]: 1 };
    await world.send(ann, chat, 'missed');
    await world.messages.edit(ann.ctx, { chatId: chat, seq: 1, body: 'm1, edited' });
    await world.messages.remove(bob.ctx, { chatId: chat, seq: 2 });
    await world.send(ann, other, 'missed too');
    const results = await world.messages.changesSince(bob.ctx, { ...known, [randomUUID()]: 3 });
    const tails = results.flatMap((r) => (r.kind === 'tail' ? [r] : []));
    expect(results.map(({ kind }) => kind).sort()).toEqual(['gone', 'tail', 'tail']);
    const first = tails.find(({ chatId }) => chatId === chat)!;
    expect(first.messages.map(({ body }) => body)).toEqual(['missed', 'm1, edited', null]);
    expect(first.messages.map(({ rev }) => rev)).toEqual([1, 2, 3].map((n) => known[chat]! + n));
    expect(first.chat).toEqual(await world.chats.get(bob.ctx, chat));
    expect(tails.find(({ chatId }) => chatId === other)!.messages.map(({ body }) => body)).toEqual(['missed too']);
  });

  it('nothing missed is an empty tail; too much, or more than we know, is a reload', async () => {
    const group = await world.group(ann, [bob]);
    await Promise.all(Array.from({ length: SYNC_TAIL_MAX + 1 }, (_, i) => world.send(ann, group, `m${i}`)));
    const kindOf = async (rev: number) => (await world.messages.changesSince(bob.ctx, { [group]: rev }))[0]!;
    expect(await kindOf(SYNC_TAIL_MAX + 1)).toMatchObject({ kind: 'tail', messages: [] });
    const tail = await kindOf(1);
    expect(tail.kind === 'tail' && tail.messages.length).toBe(SYNC_TAIL_MAX);
    expect(await kindOf(0)).toMatchObject({ kind: 'reload' });
    expect(await kindOf(9_007_199_254_740_991)).toMatchObject({ kind: 'reload' });
  });

  it('one answer is bounded over all chats: those furthest behind are to be reloaded', async () => {
    const each = SYNC_TAIL_MAX - 50;
    const groups = await Promise.all(Array.from({ length: 6 }, () => world.group(ann, [bob])));
    // Made in the database itself: what counts here is their number.
    await world.database.execute(
      `WITH numbered AS (UPDATE chats SET last_seq = $2, last_rev = $2 WHERE id = ANY($1::uuid[]) RETURNING id)
       INSERT INTO messages (chat_id, seq, rev, author_id, client_id, body)
       SELECT id, n, n, $3, gen_random_uuid(), 'x' FROM numbered, generate_series(1, $2::int) n`,
      [groups, each, ann.id],
    );
    const [last, ...others] = groups as [string, ...string[]];
    // One chat is nearly up to date and keeps its tail, whatever its place in the question.
    const known = { ...Object.fromEntries(others.map((id) => [id, 0])), [last]: each - 1 };
    const results = await world.messages.changesSince(bob.ctx, known);
    const tails = results.flatMap((result) => (result.kind === 'tail' ? [result.messages.length] : []));
    expect(tails.sort((a, b) => a - b)).toEqual([1, each, each, each]);
    expect(tails.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(SYNC_TOTAL_MAX);
    expect(results.find(({ chatId }) => chatId === last)).toMatchObject({ kind: 'tail' });
    expect(results.filter(({ kind }) => kind === 'reload')).toHaveLength(2);
  });

  it('asking for many chats costs two statements', async () => {
    const chats = await Promise.all(Array.from({ length: 10 }, () => world.group(ann, [bob])));
    await Promise.all(chats.map((id) => world.send(ann, id, 'x')));
    const spy = jest.spyOn(world.database, 'query');
    const results = await world.messages.changesSince(bob.ctx, Object.fromEntries(chats.map((id) => [id, 0])));
    const statements = spy.mock.calls.length;
    spy.mockRestore();
    expect(results.map(({ kind }) => kind)).toEqual(chats.map(() => 'tail'));
    expect(statements).toBe(2);
  });
});
