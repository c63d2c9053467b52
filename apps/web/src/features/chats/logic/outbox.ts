import type { Quote } from '@besedka/contracts/chats';
import type { AnyErrorCode } from '../../../shared/api/errors';
import type { KeyStorage } from './keyStorage';

/** Own message that is not confirmed yet. */
export interface OutboxEntry {
  clientId: string;
  chatId: string;
  body: string;
  replyTo: number | null;
  /** Drawn above the text while it waits. */
  quote: Quote | null;
  /** When it was written (ms); also its place in the queue. */
  at: number;
  /** Refused for good with this code: waits for the person. */
  failed: AnyErrorCode | null;
}

/** What a refusal means: `again` after some milliseconds, or `never`. */
export type Refusal = { kind: 'again'; code: AnyErrorCode; afterMs?: number } | { kind: 'never'; code: AnyErrorCode };

export interface OutboxOptions {
  userId: string;
  storage: KeyStorage;
  /** Sends one entry; resolves when the server has committed it, rejects with anything. Sending twice must be harmless. */
  send: (entry: OutboxEntry) => Promise<void>;
  explain: (error: unknown) => Refusal;
  /** Milliseconds before attempt number n of the same entry. */
  backoff: (attempt: number) => number;
  changed: () => void;
  newId: () => string;
  now?: () => number;
}

/** How long another tab has to send what it wrote before this one does it. */
const NEIGHBOUR_MS = 5_000;

/**
 * Messages that wait to be sent. Each is stored under a key of its own the moment it is written, so a reload or crash loses nothing
 * and two tabs never overwrite each other. Any tab may send any entry: the server knows a client id once.
 *
 * Per chat, entries go one after the other, so their order is kept. One that was refused for good steps aside.
 */
export class Outbox {
  private readonly entries = new Map<string, OutboxEntry>();
  private readonly sending = new Map<string, string>();
  private readonly attempts = new Map<string, number>();
  private readonly timers = new Map<string, { at: number; timer: ReturnType<typeof setTimeout> }>();
  private readonly now: () => number;
  private readonly prefix: string;
  private running = false;
  private lastAt = 0;

  constructor(private readonly options: OutboxOptions) {
    this.now = options.now ?? Date.now;
    this.prefix = `besedka.outbox.${options.userId}.`;
    for (const key of options.storage.keys(this.prefix)) this.readStored(key);
  }

  /** All entries in the order they were written. */
  list(): OutboxEntry[] {
    return [...this.entries.values()].sort((a, b) => a.at - b.at);
  }

  /** How many will be sent by themselves. */
  waiting(): number {
    return this.list().filter((entry) => !entry.failed).length;
  }

  isSending(clientId: string): boolean {
    return [...this.sending.values()].includes(clientId);
  }

  add(message: { chatId: string; body: string; replyTo: number | null; quote: Quote | null }): OutboxEntry {
    // Two messages of one millisecond still have an order.
    this.lastAt = Math.max(this.now(), this.lastAt + 1);
    const entry: OutboxEntry = { ...message, clientId: this.options.newId(), at: this.lastAt, failed: null };
    this.keep(entry);
    this.pump(entry.chatId);
    return entry;
  }

  /** Sends while the connection is up; `stop` only pauses. */
  start(): void {
    this.running = true;
    for (const chatId of this.chatIds()) {
      this.clearTimer(chatId);
      this.pump(chatId);
    }
  }

  stop(): void {
    this.running = false;
    for (const chatId of [...this.timers.keys()]) this.clearTimer(chatId);
  }

  /** The server has this one, told by acknowledgement, event or history: the entry has done its work. */
  confirm(clientId: string): void {
    const entry = this.entries.get(clientId);
    if (!entry) return;
    this.remove(clientId);
    this.pump(entry.chatId);
  }

  retry(clientId: string): void {
    const entry = this.entries.get(clientId);
    if (!entry?.failed) return;
    let next: OutboxEntry = { ...entry, failed: null };
    if (entry.failed === 'client_id_reused') {
      this.remove(clientId);
      next = { ...next, clientId: this.options.newId() };
    }
    this.attempts.delete(clientId);
    this.keep(next);
    this.pump(entry.chatId);
  }

  discard(clientId: string): void {
    if (!this.entries.has(clientId)) return;
    const chatId = this.entries.get(clientId)!.chatId;
    this.remove(clientId);
    this.pump(chatId);
  }

  /** Another tab wrote or removed an entry (the browser's `storage` event). */
  storedElsewhere(key: string): void {
    if (!key.startsWith(this.prefix)) return;
    const clientId = key.slice(this.prefix.length);
    const stored = this.readStored(key);
    if (!stored) {
      const gone = this.entries.get(clientId);
      this.entries.delete(clientId);
      if (gone) this.pump(gone.chatId);
    } else if (!stored.failed) this.pumpLater(stored.chatId, NEIGHBOUR_MS);
    this.options.changed();
  }

  private pump(chatId: string): void {
    if (!this.running || this.sending.has(chatId) || this.timers.has(chatId)) return;
    const head = this.list().find((entry) => entry.chatId === chatId && !entry.failed);
    if (!head) return;
    this.sending.set(chatId, head.clientId);
    this.options.changed();
    void this.options
      .send(head)
      .then(
        () => this.remove(head.clientId),
        (error: unknown) => this.refused(head, this.options.explain(error)),
      )
      .finally(() => {
        this.sending.delete(chatId);
        this.pump(chatId);
        this.options.changed();
      });
  }

  private refused(entry: OutboxEntry, refusal: Refusal): void {
    // Confirmed or discarded while it was under way.
    if (!this.entries.has(entry.clientId)) return;
    if (refusal.kind === 'never') return this.keep({ ...entry, failed: refusal.code });
    const attempt = (this.attempts.get(entry.clientId) ?? 0) + 1;
    this.attempts.set(entry.clientId, attempt);
    this.pumpLater(entry.chatId, Math.max(refusal.afterMs ?? 0, this.options.backoff(attempt)));
  }

  private pumpLater(chatId: string, ms: number): void {
    const at = this.now() + ms;
    const known = this.timers.get(chatId);
    if (known && known.at <= at) return;
    this.clearTimer(chatId);
    const timer = setTimeout(() => {
      this.timers.delete(chatId);
      this.pump(chatId);
    }, ms);
    this.timers.set(chatId, { at, timer });
  }

  private clearTimer(chatId: string): void {
    clearTimeout(this.timers.get(chatId)?.timer);
    this.timers.delete(chatId);
  }

  private keep(entry: OutboxEntry): void {
    this.entries.set(entry.clientId, entry);
    this.options.storage.set(this.prefix + entry.clientId, JSON.stringify(entry));
    this.options.changed();
  }

  private remove(clientId: string): void {
    this.entries.delete(clientId);
    this.attempts.delete(clientId);
    this.options.storage.set(this.prefix + clientId, null);
    this.options.changed();
  }

  private chatIds(): Set<string> {
    return new Set(this.list().map((entry) => entry.chatId));
  }

  private readStored(key: string): OutboxEntry | null {
    const text = this.options.storage.get(key);
    if (text === null) return null;
    try {
      const entry = JSON.parse(text) as OutboxEntry;
      this.entries.set(entry.clientId, entry);
      this.lastAt = Math.max(this.lastAt, entry.at);
      return entry;
    } catch {
      // Not written by us: nothing that could be sent.
      this.options.storage.set(key, null);
      return null;
    }
  }
}
