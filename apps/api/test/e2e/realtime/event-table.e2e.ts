import { randomUUID } from 'node:crypto';
import { type Chat, type ErrorCode, MESSAGE_MAX } from '@besedka/contracts';
import { storedMessages } from '../../support/realtime/checker.js';
import { Person } from '../../support/realtime/people.js';
import type { SocketClient } from '../../support/realtime/socket-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const UNKNOWN = '018f0000-0000-7000-8000-00000000dead';

/** Bodies that no message may have, and the rule that each breaks. */
const BAD_BODIES: [what: string, body: unknown, code: string][] = [
  ['empty', '', 'empty'],
  ['blank', ' \n\t ', 'empty'],
  ['invisible', '\u200B\u2060\uFEFF', 'empty'],
  ['of 10 000 characters', 'x'.repeat(10_000), 'too_long'],
  ['one character too long', 'я'.repeat(MESSAGE_MAX + 1), 'too_long'],
  ['with a null byte', 'a\u0000b', 'unsafe_characters'],
  ['with control characters', 'a\u0007\u001Bb', 'unsafe_characters'],
  ['with an RTL override', 'invoice\u202Egpj.exe', 'unsafe_characters'],
  ['with half a surrogate pair', 'a\uD800b', 'unsafe_characters'],
  ['a number', 7, 'invalid_type'],
  ['null', null, 'invalid_type'],
  ['a list', ['text'], 'invalid_type'],
  ['an object', { text: 'text' }, 'invalid_type'],
];

describe('every client event: done, refused, malformed', () => {
  let app: TestApp | undefined;
  let owner: Person;
  let other: Person;
  let group: Chat;
  let foreign: Chat;
  let mine: SocketClient;
  let theirs: SocketClient;

  beforeAll(async () => {
    app = await createTestApp();
    owner = await Person.local(app.url, 'owner');
    other = await Person.local(app.url, 'test_user');
    const third = await Person.local(app.url, 'store_admin');
    group = await owner.createGroup('table', [other]);
    foreign = await owner.createGroup('foreign', [third]);
    [mine, theirs] = await Promise.all([owner.socket(), other.socket()]);
  }, 60_000);

  afterAll(async () => {
    // Whatever was tried above: nothing ended as a fault of the server, and no body is in a log.
    expect(app?.logs.filter((line) => line['level'] === 'error')).toEqual([]);
    expect(JSON.stringify(app?.logs)).not.toContain('a body that no log may show');
    mine?.close();
    theirs?.close();
    await closeTestApp(app);
  });

  const count = async (): Promise<number> => (await storedMessages(app!.databaseUrl, [group.id, foreign.id])).length;
  const send = (body: string, clientId: string = randomUUID()) =>
    mine.ask('message:send', { chatId: group.id, clientId, body });
  const refused = (code: ErrorCode): object => ({ ok: false, error: { code } });

  describe('message:send', () => {
    it('answers what is committed, and everybody hears it once, the author included', async () => {
      const [sinceMine, sinceTheirs] = [mine.mark, theirs.mark];
      const { message } = await send('a body that no log may show');
      expect(message).toMatchObject({
        chatId: group.id,
        body: 'a body that no log may show',
        author: { id: owner.id },
      });
      const heard = await theirs.wait('message:new', (event) => event.message.seq === message.seq, sinceTheirs);
      expect(heard.message).toEqual(message);
      await mine.wait('message:new', (event) => event.message.seq === message.seq, sinceMine);
      const end = await send('sentinel');
      await theirs.wait('message:new', (event) => event.message.seq === end.message.seq, sinceTheirs);
      expect(theirs.all('message:new', sinceTheirs).map((event) => event.message.seq)).toEqual([
        message.seq,
        end.message.seq,
      ]);
    });

    it('keeps a replayed one: the same answer, told to nobody', async () => {
      const clientId = randomUUID();
      const first = await send('once', clientId);
      await theirs.wait('message:new', ({ message }) => message.seq === first.message.seq);
      const since = theirs.mark;
      expect(await send('once', clientId)).toEqual(first);
      expect((await send('another text, the same id', clientId)).message.body).toBe('once');
      const end = await send('sentinel');
      await theirs.wait('message:new', ({ message }) => message.seq === end.message.seq, since);
      expect(theirs.all('message:new', since)).toHaveLength(1);
    });

    it('works without an acknowledgement', async () => {
      const clientId = randomUUID();
      const since = theirs.mark;
      mine.raw.emit('message:send', { chatId: group.id, clientId, body: 'no answer wanted' });
      await theirs.wait('message:new', ({ message }) => message.clientId === clientId, since);
      mine.raw.emit('message:send', { nonsense: true });
      mine.raw.emit('message:send');
      mine.raw.emit('nonsense');
      await mine.ask('presence', {});
    });

    it.each(BAD_BODIES)('refuses a body that is %s, and stores nothing', async (_what, body, code) => {
      const before = await count();
      const answer = await mine.answerRaw('message:send', { chatId: group.id, clientId: randomUUID(), body });
      expect(answer).toMatchObject(refused('validation_failed'));
      expect(answer.ok ? null : answer.error.fields?.[0]).toMatchObject({ path: 'body', code });
      expect(await count()).toBe(before);
    });

    it.each<[string, (chatIds: { mine: string; foreign: string }) => unknown, ErrorCode]>([
      ['an unknown chat', () => ({ chatId: UNKNOWN, clientId: randomUUID(), body: 'x' }), 'chat_not_found'],
      ["somebody else's chat", (id) => ({ chatId: id.foreign, clientId: randomUUID(), body: 'x' }), 'chat_not_found'],
      ['a chat id that is none', () => ({ chatId: 'general', clientId: randomUUID(), body: 'x' }), 'validation_failed'],
      ['a client id that is none', (id) => ({ chatId: id.mine, clientId: '1', body: 'x' }), 'validation_failed'],
      ['no client id', (id) => ({ chatId: id.mine, body: 'x' }), 'validation_failed'],
      [
        'a quote of nothing',
        (id) => ({ chatId: id.mine, clientId: randomUUID(), body: 'x', replyTo: 999_999 }),
        'message_not_found',
      ],
      [
        'a quote beyond all numbers',
        (id) => ({ chatId: id.mine, clientId: randomUUID(), body: 'x', replyTo: 2 ** 53 - 1 }),
        'message_not_found',
      ],
      [
        'a quote by text',
        (id) => ({ chatId: id.mine, clientId: randomUUID(), body: 'x', replyTo: '1' }),
        'validation_failed',
      ],
      [
        'an unknown field',
        (id) => ({ chatId: id.mine, clientId: randomUUID(), body: 'x', authorId: UNKNOWN }),
        'validation_failed',
      ],
      [
        'a payload with a prototype',
        (id) => JSON.parse(`{"chatId":"${id.mine}","clientId":"${UNKNOWN}","body":"x","__proto__":{"a":1}}`),
        'validation_failed',
      ],
      ['bytes', (id) => ({ chatId: id.mine, clientId: randomUUID(), body: Buffer.from('x') }), 'validation_failed'],
    ])('refuses %s, and stores nothing', async (_what, payload, code) => {
      const before = await count();
      const sender = code === 'chat_not_found' ? theirs : mine;
      const answer = await sender.answerRaw('message:send', payload({ mine: group.id, foreign: foreign.id }));
      expect(answer).toMatchObject(refused(code));
      expect(await count()).toBe(before);
    });

    it('refuses an id that belongs to a message in another chat', async () => {
      const clientId = randomUUID();
      await send('here', clientId);
      expect(await mine.answer('message:send', { chatId: foreign.id, clientId, body: 'there' })).toEqual(
        refused('client_id_reused'),
      );
    });

    it('refuses a quote of a deleted message', async () => {
      const { message } = await send('gone soon');
      await mine.ask('message:delete', { chatId: group.id, seq: message.seq });
      const answer = await mine.answer('message:send', {
        chatId: group.id,
        clientId: randomUUID(),
        body: 'x',
        replyTo: message.seq,
      });
      expect(answer).toEqual(refused('message_deleted'));
    });

    it('more than 64 kB ends the connection, nothing is stored, and the server lives on', async () => {
      const before = await count();
      const socket = await owner.socket();
      const gone = socket.gone();
      socket.raw.emit('message:send', { chatId: group.id, clientId: randomUUID(), body: 'x'.repeat(70_000) });
      await gone;
      expect(await count()).toBe(before);
      await mine.ask('presence', {});
    });

    it('a frame that is no event ends this connection only', async () => {
      for (const frame of [
        'nonsense',
        '42',
        '42{"a":1}',
        '42["connect"]',
        '451-["x",{"_placeholder":true,"num":9}]',
        '4999',
      ]) {
        const socket = await owner.socket();
        const gone = socket.gone();
        (socket.raw.io.engine as unknown as { transport: { ws: { send(data: string): void } } }).transport.ws.send(
          frame,
        );
        // Some of them are dropped in silence; then the socket must still work.
        await Promise.race([gone, socket.answer('presence', {}).catch(() => undefined)]);
        socket.close();
      }
      await mine.ask('presence', {});
    });
  });

  describe('message:edit and message:delete', () => {
    it('tell everybody the message as it is now', async () => {
      const { message } = await send('first');
      const since = theirs.mark;
      const edited = await mine.ask('message:edit', { chatId: group.id, seq: message.seq, body: 'second' });
      expect(await theirs.wait('message:edited', () => true, since)).toEqual({ message: edited.message });
      const deleted = await mine.ask('message:delete', { chatId: group.id, seq: message.seq });
      expect(deleted.message).toMatchObject({ body: null, seq: message.seq });
      expect(await theirs.wait('message:deleted', () => true, since)).toEqual({ message: deleted.message });
    });

    it('are refused by name: unknown, foreign, deleted, not mine, out of range', async () => {
      const { message } = await send('mine');
      const gone = await send('gone');
      await mine.ask('message:delete', { chatId: group.id, seq: gone.message.seq });
      const place = { chatId: group.id, seq: message.seq };
      expect(await theirs.answer('message:edit', { ...place, body: 'yours' })).toEqual(refused('not_message_author'));
      expect(await theirs.answer('message:delete', place)).toEqual(refused('forbidden'));
      for (const chatId of [UNKNOWN, foreign.id]) {
        expect(await theirs.answer('message:edit', { chatId, seq: 1, body: 'x' })).toEqual(refused('chat_not_found'));
        expect(await theirs.answer('message:delete', { chatId, seq: 1 })).toEqual(refused('chat_not_found'));
      }
      for (const seq of [999_999, 2 ** 31, 2 ** 53 - 1]) {
        expect(await mine.answer('message:edit', { chatId: group.id, seq, body: 'x' })).toEqual(
          refused('message_not_found'),
        );
        expect(await mine.answer('message:delete', { chatId: group.id, seq })).toEqual(refused('message_not_found'));
      }
      const deleted = { chatId: group.id, seq: gone.message.seq };
      expect(await mine.answer('message:edit', { ...deleted, body: 'x' })).toEqual(refused('message_deleted'));
      expect(await mine.answer('message:delete', deleted)).toEqual(refused('message_deleted'));
      for (const seq of [0, -1, 1.5, '1', null, 2 ** 53]) {
        expect(await mine.answerRaw('message:delete', { chatId: group.id, seq })).toMatchObject(
          refused('validation_failed'),
        );
      }
      expect(await mine.answerRaw('message:edit', { ...place, body: 'x'.repeat(10_000) })).toMatchObject(
        refused('validation_failed'),
      );
    });
  });

  describe('chat:read', () => {
    it('tells my devices my numbers; the pointer never goes back or beyond the end', async () => {
      const { message } = await send('to be read');
      const device = await other.socket();
      await theirs.wait('message:new', (event) => event.message.seq === message.seq);
      const read = await theirs.ask('chat:read', { chatId: group.id, seq: message.seq });
      expect(read.state).toMatchObject({ chatId: group.id, readSeq: message.seq, unread: 0 });
      expect(await device.wait('unread', (state) => 'readSeq' in state && state.readSeq === message.seq)).toEqual(
        read.state,
      );
      expect((await theirs.ask('chat:read', { chatId: group.id, seq: 1 })).state.readSeq).toBe(message.seq);
      expect((await theirs.ask('chat:read', { chatId: group.id, seq: 2 ** 40 })).state.readSeq).toBe(message.seq);
      device.close();
    });

    it('is refused for what is not mine', async () => {
      for (const chatId of [UNKNOWN, foreign.id]) {
        expect(await theirs.answer('chat:read', { chatId, seq: 1 })).toEqual(refused('chat_not_found'));
      }
      for (const seq of [-1, 0.5, '1', null]) {
        expect(await theirs.answerRaw('chat:read', { chatId: group.id, seq })).toMatchObject(
          refused('validation_failed'),
        );
      }
    });

    it('tells the other one of a direct chat how far I have read', async () => {
      const direct = await owner.createDirect(other);
      const { seq } = await owner.send(direct.id, 'have you read this?');
      await theirs.wait('message:new', ({ message }) => message.chatId === direct.id && message.seq === seq);
      const since = mine.mark;
      await theirs.ask('chat:read', { chatId: direct.id, seq });
      expect(await mine.wait('peer:read', () => true, since)).toEqual({ chatId: direct.id, seq });
    });
  });

  describe('chat:open', () => {
    it('takes my chats and nothing, refuses everything else', async () => {
      await theirs.ask('chat:open', { chatId: group.id });
      await theirs.ask('chat:open', { chatId: group.id.toUpperCase() });
      await theirs.ask('chat:open', { chatId: null });
      for (const chatId of [UNKNOWN, foreign.id])
        expect(await theirs.answer('chat:open', { chatId })).toEqual(refused('chat_not_found'));
      for (const chatId of [7, '', 'x', {}, [group.id]]) {
        expect(await theirs.answerRaw('chat:open', { chatId })).toMatchObject(refused('validation_failed'));
      }
    });
  });

  describe('sync', () => {
    it('gives the tail, a reload to who is too far away, and nothing of what is not mine', async () => {
      const { message } = await send('the last one');
      const { results } = await theirs.ask('sync', {
        chats: { [group.id]: message.rev - 1, [foreign.id]: 0, [UNKNOWN]: 0 },
      });
      expect(results.find(({ chatId }) => chatId === group.id)).toMatchObject({
        kind: 'tail',
        messages: [{ seq: message.seq }],
      });
      expect(results.filter(({ chatId }) => chatId !== group.id)).toEqual([
        { chatId: foreign.id, kind: 'gone' },
        { chatId: UNKNOWN, kind: 'gone' },
      ]);
      const ahead = await theirs.ask('sync', { chats: { [group.id]: 1_000_000 } });
      expect(ahead.results).toMatchObject([{ kind: 'reload', chat: { rev: message.rev } }]);
      expect((await theirs.ask('sync', { chats: {} })).results).toEqual([]);
    });

    it('is refused when it is malformed', async () => {
      const many = Object.fromEntries(Array.from({ length: 51 }, () => [randomUUID(), 0]));
      for (const chats of [
        null,
        [],
        'x',
        { x: 1 },
        { [group.id]: -1 },
        { [group.id]: '1' },
        { [group.id]: 1.5 },
        many,
      ]) {
        expect(await theirs.answerRaw('sync', { chats })).toMatchObject(refused('validation_failed'));
      }
    });
  });

  describe('typing and presence', () => {
    it('are refused by name', async () => {
      for (const chatId of [UNKNOWN, foreign.id])
        expect(await theirs.answer('typing', { chatId })).toEqual(refused('chat_not_found'));
      const crowd = Array.from({ length: 301 }, () => randomUUID());
      for (const payload of [
        { active: 1 },
        { watch: 'all' },
        { watch: ['x'] },
        { watch: crowd },
        { state: 'online' },
      ]) {
        expect(await theirs.answerRaw('presence', payload)).toMatchObject(refused('validation_failed'));
      }
    });
  });
});
