import type { Chat } from '@besedka/contracts';
import { Database } from '../../../src/database/database.js';
import { ChatsService } from '../../../src/modules/chats/chats.service.js';
import { RealtimePublisher } from '../../../src/modules/realtime/realtime.publisher.js';
import { rooms } from '../../../src/modules/realtime/socket-types.js';
import { Person } from '../../support/realtime/people.js';
import { SocketClient } from '../../support/realtime/socket-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

/**
 * What happens in the very moment in which somebody connects. The tests step between the server's reads, so they do not
 * depend on luck.
 */
describe('in the middle of connecting', () => {
  let app: TestApp | undefined;
  let owner: Person;
  let person: Person;
  let group: Chat;
  let restore: () => void = () => undefined;

  beforeAll(async () => {
    app = await createTestApp();
    owner = await Person.local(app.url, 'owner');
  }, 60_000);
  afterAll(() => closeTestApp(app));
  beforeEach(async () => {
    person = await owner.createPerson('connecting');
    group = await owner.createGroup('moment', [person]);
  });
  afterEach(() => restore());

  /** Lets `step` happen once, right after the next `method` has read and before the server goes on. */
  function after(method: 'chatIdsOf' | 'listAll', step: () => Promise<unknown>): void {
    const chats = app!.get(ChatsService);
    const original = chats[method].bind(chats) as (...args: unknown[]) => Promise<unknown>;
    let done = false;
    restore = () => Reflect.deleteProperty(chats, method);
    Reflect.set(chats, method, async (...args: unknown[]) => {
      const result = await original(...args);
      if (!done) {
        done = true;
        await step();
      }
      return result;
    });
  }

  const inSnapshot = (socket: SocketClient): Chat | undefined =>
    socket.all('snapshot')[0]!.chats.find((chat) => chat.id === group.id);

  it('a message sent before the rooms are joined is in the snapshot', async () => {
    after('chatIdsOf', () => owner.send(group.id, 'just now'));
    const socket = await person.socket();
    expect(inSnapshot(socket)).toMatchObject({ rev: 1, unread: 1, lastMessage: { body: 'just now' } });
    socket.close();
  });

  it('a message sent while the snapshot is on its way comes behind it', async () => {
    after('listAll', () => owner.send(group.id, 'just now'));
    const socket = await person.socket();
    expect(inSnapshot(socket)).toMatchObject({ rev: 0, unread: 0 });
    const { message } = await socket.wait('message:new');
    expect(message).toMatchObject({ chatId: group.id, rev: 1, body: 'just now' });
    expect(socket.heard.map(({ event }) => event).slice(0, 2)).toEqual(['snapshot', 'message:new']);
    socket.close();
  });

  it('what is read on another device meanwhile comes behind the snapshot too', async () => {
    await owner.send(group.id, 'read me');
    after('listAll', () => person.http('POST', `chats/${group.id}/read`, { seq: 1 }));
    const socket = await person.socket();
    expect(inSnapshot(socket)).toMatchObject({ unread: 1 });
    expect(await socket.wait('unread')).toMatchObject({ chatId: group.id, unread: 0, rev: 1 });
    socket.close();
  });

  it('a chat that begins meanwhile is not missed', async () => {
    let begun: Chat | undefined;
    after('listAll', async () => {
      begun = await owner.createGroup('brand new', [person]);
      await owner.send(begun.id, 'welcome');
    });
    const socket = await person.socket();
    await socket.wait('chat:new', ({ chat }) => chat.id === begun!.id);
    await socket.wait('message:new', ({ message }) => message.chatId === begun!.id);
    socket.close();
  });

  it.each(['chatIdsOf', 'listAll'] as const)(
    'a chat that is taken away after %s is neither shown nor heard',
    async (method) => {
      after(method, () => owner.http('DELETE', `chats/${group.id}/members/${person.id}`));
      const socket = await person.socket();
      // Either the snapshot is without it, or it is told behind the snapshot.
      if (inSnapshot(socket)) await socket.wait('chat:gone', ({ chatId }) => chatId === group.id);
      await owner.send(group.id, 'without you');
      const general = socket.all('snapshot')[0]!.chats.find((chat) => chat.channelKey === 'general')!;
      const sentinel = await owner.send(general.id, 'sentinel');
      await socket.wait('message:new', ({ message }) => message.chatId === general.id && message.seq === sentinel.seq);
      expect(socket.all('message:new').filter(({ message }) => message.chatId === group.id)).toEqual([]);
      expect(app!.get(RealtimePublisher).isAnybodyIn(rooms.chat(group.id))).toBe(false);
      socket.close();
    },
  );

  it('a group whose end is committed between the two reads and told after them is no ghost', async () => {
    const chats = app!.get(ChatsService);
    const [chatIdsOf, listAll] = [chats.chatIdsOf.bind(chats), chats.listAll.bind(chats)];
    let listed: Promise<unknown> = Promise.resolve();
    let looks = 0;
    restore = () => ['chatIdsOf', 'listAll'].forEach((method) => Reflect.deleteProperty(chats, method));
    chats.listAll = (ctx) => {
      const listing = listAll(ctx);
      listed = listing;
      return listing;
    };
    chats.chatIdsOf = async (userId) => {
      if (++looks === 2) {
        // The worst order: whatever the snapshot is read from has been read already, if it was asked for by now.
        await listed;
        await app!.get(Database).execute('DELETE FROM chat_members WHERE chat_id = $1', [group.id]);
      }
      return chatIdsOf(userId);
    };
    const socket = await person.socket();
    expect(looks).toBe(2);
    app!.get(RealtimePublisher).endChat('everybody', group.id, 'deleted');
    await socket.ask('presence', {});
    const shown = inSnapshot(socket) !== undefined;
    const gone = socket.all('chat:gone').some(({ chatId }) => chatId === group.id);
    expect({ shown, gone }).toEqual({ shown: gone, gone });
    socket.close();
  });

  it('a session that ends meanwhile gets nothing more', async () => {
    after('chatIdsOf', () => person.http('POST', 'auth/logout'));
    const socket = await SocketClient.connectOnly(app!.url, { token: person.token });
    await socket.gone();
    expect(socket.all('snapshot')).toEqual([]);
    expect(app!.get(RealtimePublisher).isAnybodyIn(rooms.session(person.sessionId))).toBe(false);
  });

  it('an event sent before the snapshot waits for it and is answered', async () => {
    let passBy: () => void = () => undefined;
    const sent = new Promise<void>((resolve) => (passBy = resolve));
    after('chatIdsOf', () => sent);
    const socket = await SocketClient.connectOnly(app!.url, { token: person.token });
    const answer = socket.ask('chat:open', { chatId: group.id });
    expect(socket.all('snapshot')).toEqual([]);
    passBy();
    await answer;
    expect(socket.all('snapshot')).toHaveLength(1);
    socket.close();
  });
});
