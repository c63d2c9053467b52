import { jest } from '@jest/globals';
import type { Chat, Message, MessageHistory } from '@besedka/contracts/chats';
import { previewOf } from '@besedka/contracts/chat-state';
import type { SyncResult } from '@besedka/contracts/realtime';
import { ApiError } from '../../shared/api/errors';
import { ChatsCore, type CoreOptions } from './core';
import { messagesOf, newestBlock } from './logic/blocks';

const me = { id: 'me', username: 'me', fullName: 'Me', avatarUrl: null };
const other = { id: 'other', username: 'other', fullName: 'Other', avatarUrl: null };

/** One chat as the server has it: enough of the protocol to hold the client against. */
class FakeServer {
  readonly messages: Message[] = [];
  rev = 0;
  order = 0;
  readSeq = 0;
  sends = 0;
  connected = true;

  write(author: typeof me, body: string, clientId = `k${this.rev + 1}`): Message {
    const known = this.messages.find((message) => message.clientId === clientId && message.author.id === author.id);
    if (known) return known;
    const seq = this.messages.length + 1;
    const message: Message = {
      chatId: 'c',
      seq,
      rev: (this.rev += 1),
      clientId,
      author,
      body,
      createdAt: new Date(seq * 1000).toISOString(),
      editedAt: null,
      deletedAt: null,
      replyTo: null,
      forwardedFrom: null,
    };
    this.messages.push(message);
    if (author.id === 'me') this.readSeq = seq;
    else this.order += 1;
    return message;
  }

  alter(seq: number, body: string | null): Message {
    const old = this.messages[seq - 1]!;
    const now = new Date(0).toISOString();
    const message = {
      ...old,
      body,
      rev: (this.rev += 1),
      editedAt: body === null ? null : now,
      deletedAt: body === null ? now : null,
    };
    this.messages[seq - 1] = message;
    return message;
  }

  chat(): Chat {
    const last = this.messages.at(-1);
    return {
      id: 'c',
      kind: 'direct',
      title: null,
      icon: null,
      channelKey: null,
      peer: other,
      role: 'member',
      canPost: true,
      lastSeq: this.messages.length,
      rev: this.rev,
      readSeq: this.readSeq,
      unread: this.messages.filter((m) => m.seq > this.readSeq && m.author.id !== 'me' && !m.deletedAt).length,
      order: this.order,
      peerReadSeq: 0,
      lastMessage: last ? previewOf(last) : null,
      version: 1,
    };
  }

  page(): MessageHistory {
    return {
      items: [...this.messages],
      hasBefore: false,
      hasAfter: false,
      lastSeq: this.messages.length,
      rev: this.rev,
    };
  }

  sync(from: number): SyncResult {
    return { chatId: 'c', kind: 'tail', chat: this.chat(), messages: this.messages.filter((m) => m.rev > from) };
  }
}

function setUp(server = new FakeServer()) {
  const stored = new Map<string, string>();
  const waiting: (() => void)[] = [];
  let id = 0;
  const emitAck = (event: string, payload: never): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const { chats, clientId, body } = payload as { chats: Record<string, number>; clientId: string; body: string };
      const answer = (): void => {
        if (!server.connected) return reject(new ApiError('network'));
        if (event === 'sync') resolve({ ok: true, results: [server.sync(chats['c']!)] });
        else if (event === 'message:send') {
          server.sends += 1;
          const message = server.write(me, body, clientId);
          waiting.push(() => resolve({ ok: true, message }));
        } else resolve({ ok: true, presences: [] });
      };
      answer();
    });
  const core = new ChatsCore({
    userId: 'me',
    realtime: { emitAck: emitAck as unknown as CoreOptions['realtime']['emitAck'] },
    history: () => Promise.resolve(server.page()),
    storage: {
      keys: (prefix) => [...stored.keys()].filter((key) => key.startsWith(prefix)),
      get: (key) => stored.get(key) ?? null,
      set: (key, value) => void (value === null ? stored.delete(key) : stored.set(key, value)),
    },
    backoff: () => 1000,
    newId: () => `mine-${(id += 1)}`,
    attentive: () => true,
    changed: () => undefined,
  });
  const connect = (): void => {
    core.connected();
    core.snapshot({ userId: 'me', sessionId: 's', commit: 'x', chats: [server.chat()] });
  };
  const settle = (ms = 0): Promise<void> => jest.advanceTimersByTimeAsync(ms).then(() => undefined);
  const acknowledge = async (): Promise<void> => {
    waiting.splice(0).forEach((answer) => answer());
    await settle();
  };
  const shown = (): (string | null)[] => {
    const history = core.history('c');
    const block = newestBlock(history);
    return block ? messagesOf(history, block.from, block.to).map((m) => m.body) : [];
  };
  return { server, core, connect, settle, acknowledge, shown, waiting };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('own message becomes the confirmed one, once, whatever comes first', () => {
  it('the acknowledgement, then the event', async () => {
    const { server, core, connect, settle, acknowledge, shown } = setUp();
    connect();
    await core.load('c', {});
    core.send('c', 'hello', null);
    await acknowledge();
    expect(shown()).toEqual(['hello']);
    expect(core.outbox.list()).toEqual([]);
    core.change({ kind: 'new', message: server.messages[0]!, order: 0 });
    await settle(5000);
    expect(shown()).toEqual(['hello']);
    expect(core.chat('c')).toEqual(server.chat());
  });

  it('the event, then the acknowledgement', async () => {
    const { server, core, connect, acknowledge, shown, settle } = setUp();
    connect();
    await core.load('c', {});
    core.send('c', 'hello', null);
    await settle();
    core.change({ kind: 'new', message: server.messages[0]!, order: 0 });
    expect(core.outbox.list()).toEqual([]);
    await acknowledge();
    expect(shown()).toEqual(['hello']);
    expect(server.sends).toBe(1);
  });

  it('only the gap fetch: neither event nor acknowledgement arrived', async () => {
    const { server, core, connect, settle, shown } = setUp();
    connect();
    await core.load('c', {});
    core.send('c', 'hello', null);
    await settle();
    core.disconnected();
    server.connected = false;
    await settle(20_000);
    server.connected = true;
    connect();
    await settle(5000);
    expect(shown()).toEqual(['hello']);
    expect(core.outbox.list()).toEqual([]);
    expect(server.messages).toHaveLength(1);
  });
});

describe('following the server', () => {
  it('a message of a chat that is behind is fetched, not guessed', async () => {
    const { server, core, connect, settle, shown } = setUp();
    connect();
    await core.load('c', {});
    server.write(other, 'lost');
    const second = server.write(other, 'heard');
    core.change({ kind: 'new', message: second, order: server.order });
    await settle(5000);
    expect(shown()).toEqual(['lost', 'heard']);
    expect(core.chat('c')).toEqual(server.chat());
  });

  it('an event that overtakes the snapshot is not lost', async () => {
    const { server, core, settle, shown } = setUp();
    server.write(other, 'one');
    const early = server.chat();
    const event = server.write(other, 'two');
    core.connected();
    core.change({ kind: 'new', message: event, order: server.order });
    core.told(early);
    core.snapshot({ userId: 'me', sessionId: 's', commit: 'x', chats: [early] });
    await core.load('c', {});
    await settle(5000);
    expect(shown()).toEqual(['one', 'two']);
    expect(core.chat('c')).toEqual(server.chat());
  });

  it('what is no longer mine leaves nothing behind', async () => {
    const { server, core, connect } = setUp();
    server.write(other, 'secret');
    connect();
    await core.load('c', {});
    core.forget('c');
    expect(core.chat('c')).toBeUndefined();
    expect(core.histories.size).toBe(0);
  });

  it('converges over long random runs of lost, late and repeated events and reconnects', async () => {
    let seed = 42;
    const random = (n: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * n);
    };
    for (let round = 0; round < 40; round += 1) {
      const { server, core, connect, settle, acknowledge, shown } = setUp();
      connect();
      await core.load('c', {});
      const late: (() => void)[] = [];
      for (let step = 0; step < 60; step += 1) {
        const what = random(10);
        if (what === 0) {
          core.disconnected();
          connect();
        } else if (what === 1) core.send('c', `mine ${step}`, null);
        else if (what === 2) await acknowledge();
        else {
          const seq = 1 + random(Math.max(1, server.messages.length));
          const change =
            what < 8 || server.messages.length === 0
              ? ({
                  kind: 'new',
                  message: server.write(random(3) ? other : me, `b${step}`),
                  order: server.order,
                } as const)
              : what === 8
                ? ({
                    kind: 'edited',
                    message: server.alter(seq, server.messages[seq - 1]!.body === null ? null : `e${step}`),
                  } as const)
                : ({ kind: 'deleted', message: server.alter(seq, null) } as const);
          const deliver = (): void => core.change(change);
          const fate = random(6);
          if (fate === 0) late.push(deliver);
          else if (fate > 1) deliver();
          if (fate === 2) deliver();
        }
        if (random(4) === 0) late.splice(0).forEach((deliver) => deliver());
        if (random(3) === 0) await settle();
      }
      connect();
      while (core.outbox.list().length > 0) await acknowledge();
      await settle(5000);
      expect(shown()).toEqual(server.messages.map((message) => message.body));
      expect(core.chat('c')).toMatchObject({ rev: server.rev, lastSeq: server.messages.length });
      expect(core.outbox.list()).toEqual([]);
    }
  });
});
