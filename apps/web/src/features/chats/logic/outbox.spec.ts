import { jest } from '@jest/globals';
import type { KeyStorage } from './keyStorage';
import { Outbox, type OutboxEntry, type Refusal } from './outbox';

function memoryStorage(): KeyStorage & { map: Map<string, string> } {
  const map = new Map<string, string>();
  return {
    map,
    keys: (prefix) => [...map.keys()].filter((key) => key.startsWith(prefix)),
    get: (key) => map.get(key) ?? null,
    set: (key, value) => void (value === null ? map.delete(key) : map.set(key, value)),
  };
}

interface Sent {
  entry: OutboxEntry;
  ok: () => void;
  fail: (refusal: Refusal) => void;
}

function setUp(storage = memoryStorage(), prefix = 'a') {
  const sent: Sent[] = [];
  let id = 0;
  const outbox = new Outbox({
    userId: 'me',
    storage,
    send: (entry) =>
      new Promise<void>((resolve, reject) =>
        sent.push({ entry, ok: resolve, fail: (refusal) => reject(refusal as unknown as Error) }),
      ),
    explain: (error) => error as Refusal,
    backoff: (attempt) => attempt * 1000,
    changed: () => undefined,
    newId: () => `${prefix}${(id += 1)}`,
  });
  const write = (body: string, chatId = 'c1'): OutboxEntry => outbox.add({ chatId, body, replyTo: null, quote: null });
  const bodies = (): string[] => sent.map(({ entry }) => entry.body);
  return { outbox, sent, storage, write, bodies };
}

const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(0).then(() => undefined);

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('outbox', () => {
  it('sends one after the other within a chat, chats beside each other', async () => {
    const { outbox, sent, write, bodies } = setUp();
    outbox.start();
    write('one');
    write('two');
    write('other', 'c2');
    expect(bodies()).toEqual(['one', 'other']);
    sent[0]!.ok();
    await settle();
    expect(bodies()).toEqual(['one', 'other', 'two']);
    sent[1]!.ok();
    sent[2]!.ok();
    await settle();
    expect(outbox.list()).toEqual([]);
  });

  it('keeps everything over a reload, in order', async () => {
    const { write, storage } = setUp();
    write('one');
    write('two');
    const after = setUp(storage, 'b');
    after.outbox.start();
    expect(after.outbox.list().map((entry) => entry.body)).toEqual(['one', 'two']);
    after.sent[0]!.ok();
    await settle();
    after.sent[1]!.ok();
    await settle();
    expect(storage.map.size).toBe(0);
  });

  it('tries again after a passing failure and lets nobody overtake', async () => {
    const { outbox, sent, write, bodies } = setUp();
    outbox.start();
    write('one');
    write('two');
    sent[0]!.fail({ kind: 'again', code: 'network' });
    await jest.advanceTimersByTimeAsync(999);
    expect(bodies()).toEqual(['one']);
    await jest.advanceTimersByTimeAsync(1);
    expect(bodies()).toEqual(['one', 'one']);
    expect(sent[1]!.entry.clientId).toBe(sent[0]!.entry.clientId);
  });

  it('waits as long as the server asks', async () => {
    const { outbox, sent, write, bodies } = setUp();
    outbox.start();
    write('one');
    sent[0]!.fail({ kind: 'again', code: 'rate_limited', afterMs: 30_000 });
    await jest.advanceTimersByTimeAsync(29_999);
    expect(bodies()).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(bodies()).toHaveLength(2);
  });

  it('a refusal for good waits for the person and lets the next one pass', async () => {
    const { outbox, sent, write, bodies, storage } = setUp();
    outbox.start();
    const first = write('bad');
    write('good');
    sent[0]!.fail({ kind: 'never', code: 'validation_failed' });
    await settle();
    expect(bodies()).toEqual(['bad', 'good']);
    expect(outbox.list()[0]?.failed).toBe('validation_failed');
    expect(outbox.waiting()).toBe(1);
    expect(setUp(storage).outbox.list()[0]?.failed).toBe('validation_failed');
    sent[1]!.ok();
    await settle();
    outbox.retry(first.clientId);
    expect(bodies()).toEqual(['bad', 'good', 'bad']);
    sent[2]!.fail({ kind: 'never', code: 'validation_failed' });
    await settle();
    outbox.discard(first.clientId);
    expect(storage.map.size).toBe(0);
  });

  it('takes a new client id when the old one belongs to another message', async () => {
    const { outbox, sent, write } = setUp();
    outbox.start();
    const entry = write('one');
    sent[0]!.fail({ kind: 'never', code: 'client_id_reused' });
    await settle();
    outbox.retry(entry.clientId);
    expect(sent[1]!.entry.clientId).not.toBe(entry.clientId);
    expect(outbox.list()).toHaveLength(1);
  });

  it('the event may come before the acknowledgement, or instead of it', async () => {
    const { outbox, sent, write, bodies } = setUp();
    outbox.start();
    const first = write('one');
    write('two');
    outbox.confirm(first.clientId);
    expect(outbox.list().map((entry) => entry.body)).toEqual(['two']);
    sent[0]!.fail({ kind: 'again', code: 'timeout' });
    await settle();
    expect(bodies()).toEqual(['one', 'two']);
    expect(outbox.list()).toHaveLength(1);
  });

  it('does not send while stopped and starts at once when the connection is back', async () => {
    const { outbox, sent, write, bodies } = setUp();
    write('one');
    expect(bodies()).toEqual([]);
    outbox.start();
    sent[0]!.fail({ kind: 'again', code: 'network' });
    await settle();
    outbox.stop();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(bodies()).toHaveLength(1);
    outbox.start();
    expect(bodies()).toHaveLength(2);
  });

  it('leaves what a living tab wrote to that tab, but not for ever', async () => {
    const storage = memoryStorage();
    const one = setUp(storage, 'a');
    const two = setUp(storage, 'b');
    one.outbox.start();
    two.outbox.start();
    const entry = one.write('hello');
    two.outbox.storedElsewhere(`besedka.outbox.me.${entry.clientId}`);
    expect(two.outbox.list()).toHaveLength(1);
    expect(two.bodies()).toEqual([]);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(two.bodies()).toEqual(['hello']);
    one.sent[0]!.ok();
    await settle();
    two.outbox.storedElsewhere(`besedka.outbox.me.${entry.clientId}`);
    expect(two.outbox.list()).toEqual([]);
  });

  it('an own message behind a neighbour tab’s one takes it along, so the order stays', async () => {
    const storage = memoryStorage();
    const one = setUp(storage, 'a');
    const two = setUp(storage, 'b');
    two.outbox.start();
    const entry = one.write('first');
    two.outbox.storedElsewhere(`besedka.outbox.me.${entry.clientId}`);
    two.write('second');
    await jest.advanceTimersByTimeAsync(5_000);
    expect(two.bodies()).toEqual(['first']);
    two.sent[0]!.ok();
    await settle();
    expect(two.bodies()).toEqual(['first', 'second']);
  });
});
