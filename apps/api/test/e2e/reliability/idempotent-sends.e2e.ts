import { randomUUID } from 'node:crypto';
import type { Ack, Chat, Message } from '@besedka/contracts';
import { storedMessages } from '../../support/realtime/checker.js';
import { Person } from '../../support/realtime/people.js';
import { Random, seedFor } from '../../support/realtime/random.js';
import type { SocketClient } from '../../support/realtime/socket-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';
import { createTestDatabase } from '../../support/test-database.js';

const SEED = seedFor('idempotent sends', 4_711);
const ENV = { ACCESS_TOKEN_SECONDS: '3600', AUTH_SECRET: 'a-key-for-tests-that-is-long-enough' };

type SendAnswer = Ack<{ message: Message }>;

/** The message of an answer; silence and passing refusals have none. */
const messageOf = (answer: SendAnswer | null): Message | null => (answer?.ok ? answer.message : null);

describe('the same message sent again and again', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let app: TestApp | undefined;
  let owner: Person;
  let reader: Person;
  let chat: Chat;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await createTestApp({ databaseUrl: database.url, env: ENV });
    owner = await Person.local(app.url, 'owner');
    reader = await Person.local(app.url, 'test_user');
    chat = await owner.createGroup('again and again', [reader]);
  }, 60_000);

  afterAll(async () => {
    await closeTestApp(app);
    await database?.drop();
  }, 60_000);

  const sendOver = (socket: SocketClient, clientId: string, body: string): Promise<SendAnswer | null> =>
    // A socket that is cut in the middle gives no answer at all.
    socket.answer('message:send', { chatId: chat.id, clientId, body }).catch(() => null);

  it('in parallel, over several sockets, 2 to 50 times: one message, one answer, told once', async () => {
    const random = new Random(SEED);
    const listener = await reader.socket();
    const sockets = await Promise.all([owner.socket(), owner.socket(), owner.socket()]);
    const since = listener.mark;
    for (let round = 0; round < 12; round++) {
      const clientId = randomUUID();
      const times = 2 + random.int(49);
      const answers = await Promise.all(
        Array.from({ length: times }, () => sendOver(random.pick(sockets), clientId, `round ${round}`)),
      );
      const messages = answers.map(messageOf);
      expect(new Set(messages.map((message) => JSON.stringify(message))).size).toBe(1);
      expect(messages[0]).toMatchObject({ clientId, body: `round ${round}` });
    }
    const end = await owner.send(chat.id, 'sentinel');
    await listener.wait('message:new', ({ message }) => message.seq === end.seq);
    const told = listener.all('message:new', since).map(({ message }) => message.seq);
    expect(told).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
    for (const socket of [...sockets, listener]) socket.close();
  });

  it('across cut connections: one message whatever became of the answers', async () => {
    const random = new Random(SEED + 1);
    const before = (await storedMessages(app!.databaseUrl, [chat.id])).length;
    for (let round = 0; round < 15; round++) {
      const clientId = randomUUID();
      const places = new Set<number>();
      for (let attempt = 0; attempt < 2 + random.int(4); attempt++) {
        const socket = await owner.socket();
        const answers = Promise.all(Array.from({ length: 1 + random.int(5) }, () => sendOver(socket, clientId, 'cut')));
        if (random.chance(0.6)) socket.raw.io.engine.close();
        for (const answer of await answers) {
          const message = messageOf(answer);
          if (message) places.add(message.seq);
        }
        socket.close();
      }
      const message = await owner.send(chat.id, 'cut', clientId);
      places.add(message.seq);
      expect(places.size).toBe(1);
    }
    expect((await storedMessages(app!.databaseUrl, [chat.id])).length).toBe(before + 15);
  });

  it('across a restart of the server: the new process knows it', async () => {
    const socket = await owner.socket();
    const known: string[] = Array.from({ length: 10 }, () => randomUUID());
    const first = await Promise.all(known.map((clientId) => sendOver(socket, clientId, 'before the restart')));
    expect(first.every((answer) => answer?.ok)).toBe(true);
    const gone = socket.goneWith();
    // Sent in the last moment: accepted and finished, or refused by name; either way safe to repeat.
    const late: string[] = known.map(() => randomUUID());
    const lateAnswers = Promise.all(late.map((clientId) => sendOver(socket, clientId, 'in the last moment')));
    await app!.app.close();
    expect(await gone).toEqual({ reason: 'transport close', code: 1012 });
    for (const answer of await lateAnswers) if (answer?.ok === false) expect(answer.error.code).toBe('shutting_down');

    app = await createTestApp({ databaseUrl: database.url, env: ENV });
    owner.url = reader.url = app.url;
    const again = await owner.socket();
    const repeated = await Promise.all(
      known.flatMap((id) => [1, 2].map(() => sendOver(again, id, 'before the restart'))),
    );
    expect(repeated.map((answer) => messageOf(answer)?.seq)).toEqual(
      first.flatMap((answer) => [messageOf(answer)?.seq, messageOf(answer)?.seq]),
    );
    await Promise.all(late.map((clientId) => sendOver(again, clientId, 'in the last moment')));
    const stored = await storedMessages(app.databaseUrl, [chat.id]);
    expect(stored.filter((row) => late.includes(row.client_id))).toHaveLength(late.length);
    expect(stored.map((row) => row.seq)).toEqual(stored.map((_, index) => index + 1));
    again.close();
  }, 60_000);
});
