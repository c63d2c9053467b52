import { jest } from '@jest/globals';
import { EndedGroups } from '../../../src/modules/chats/ended-groups.js';
import { createLogger } from '../../../src/common/logging/logger.js';
import { ChatWorld, type Person, refusal } from './chat-world.js';

const MESSAGES = 2_500;
const REVISIONS = 1_500;

describe('groups that ended', () => {
  let world: ChatWorld;
  let ann: Person;
  let bob: Person;
  let moderator: Person;

  beforeAll(async () => {
    world = await ChatWorld.create();
    [ann, bob] = (await world.people(2)) as [Person, Person];
    moderator = await world.person('mod', ['moderator']);
  });
  afterAll(() => world?.close());

  /** A group with more rows than one statement removes. */
  async function bigGroup(): Promise<string> {
    const id = await world.group(ann, [bob]);
    await world.database.execute(
      `WITH numbered AS (UPDATE chats SET last_seq = $2, last_rev = $2 WHERE id = $1 RETURNING id)
       INSERT INTO messages (chat_id, seq, rev, author_id, client_id, body)
       SELECT id, n, n, $3, gen_random_uuid(), 'x' FROM numbered, generate_series(1, $2::int) n`,
      [id, MESSAGES, ann.id],
    );
    await world.database.execute(
      `INSERT INTO message_revisions (chat_id, seq, rev, body, written_at)
       SELECT $1, 1, -n, 'earlier', now() FROM generate_series(1, $2::int) n`,
      [id, REVISIONS],
    );
    return id;
  }

  async function rows(chat: string) {
    const [counts] = await world.database.query(
      `SELECT (SELECT count(*)::int FROM chats WHERE id = $1) AS chats,
         (SELECT count(*)::int FROM chat_members WHERE chat_id = $1) AS members,
         (SELECT count(*)::int FROM messages WHERE chat_id = $1) AS messages,
         (SELECT count(*)::int FROM message_revisions WHERE chat_id = $1) AS revisions`,
      [chat],
    );
    return counts;
  }

  it('a big group ends at once for everybody, its messages untouched; and it ends once', async () => {
    const chat = await bigGroup();
    await world.chats.remove(moderator.ctx, chat);
    expect(await rows(chat)).toEqual({ chats: 1, members: 0, messages: MESSAGES, revisions: REVISIONS });
    for (const person of [ann, bob, moderator]) {
      for (const attempt of [
        () => world.chats.remove(person.ctx, chat),
        () => world.chats.rename(person.ctx, chat, 1, 'x'),
        () => world.chats.get(person.ctx, chat),
        () => world.members.add(person.ctx, chat, [bob.id]),
        () => world.messages.history(person.ctx, chat, { limit: 10 }),
        () => world.messages.remove(person.ctx, { chatId: chat, seq: 1 }),
        () => world.send(person, chat, 'x'),
      ])
        expect(await refusal(attempt())).toBe('chat_not_found');
    }
    const gone = world.events.filter((e) => e.name === 'chats.gone' && e.payload.chatId === chat);
    expect(gone).toHaveLength(1);
  });

  it('its rows go in small batches, which may stop anywhere; living groups keep theirs', async () => {
    const [ended, living] = [await bigGroup(), await bigGroup()];
    await world.get(EndedGroups).tidy();
    await world.members.leave(ann.ctx, ended);
    await world.members.leave(bob.ctx, ended);
    const groups = world.get(EndedGroups);
    await groups.tidy(1);
    expect(await rows(ended)).toMatchObject({ chats: 1, messages: MESSAGES, revisions: REVISIONS - 1000 });
    await groups.tidy(2);
    expect(await rows(ended)).toMatchObject({ chats: 1, messages: MESSAGES - 1000, revisions: 0 });
    await groups.tidy();
    expect(await rows(ended)).toEqual({ chats: 0, members: 0, messages: 0, revisions: 0 });
    expect(await rows(living)).toEqual({ chats: 1, members: 2, messages: MESSAGES, revisions: REVISIONS });
  });

  it('the process does it when it starts and leaves the rest for later when it stops', async () => {
    const chat = await bigGroup();
    await world.chats.remove(ann.ctx, chat);
    const groups = new EndedGroups(world.database, createLogger({ level: 'fatal' }));
    const execute = world.database.execute.bind(world.database);
    const stopping = new Promise<void>((resolve, reject) => {
      jest.spyOn(world.database, 'execute').mockImplementation(async (...args) => {
        const removed = await execute(...args);
        groups.onModuleDestroy().then(resolve, reject);
        return removed;
      });
    });
    try {
      groups.onApplicationBootstrap();
      await stopping;
    } finally {
      jest.restoreAllMocks();
    }
    expect(await rows(chat)).toMatchObject({ chats: 1, messages: MESSAGES, revisions: REVISIONS - 1000 });
  });
});
