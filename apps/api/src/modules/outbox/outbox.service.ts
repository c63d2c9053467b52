import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import './outbox.events.js';

/** One promised effect, as its handler gets it. */
export interface OutboxEntry {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly payload: Record<string, unknown>;
  /** 1 at the first delivery. */
  readonly attempts: number;
}

/**
 * Does the effect. It may be called again for the same entry (a crash after the effect, before the note of it), so it
 * should be harmless to repeat; `entry.id` is the same each time. Throwing means "try again later"; `OutboxUnavailable`: not
 * before the system that it writes to answers again.
 */
export type OutboxHandler = (entry: OutboxEntry) => Promise<void>;

/** Who does the work of a topic. */
export interface OutboxTopic {
  readonly deliver: OutboxHandler;
  /** Whether the system that is written to answers, asked while the topic rests; must be quick and may not throw. */
  readonly isAvailable?: () => Promise<boolean>;
}

/** `soon`: somebody waits for it. `bulk`: whatever is done for everybody; it lets `soon` pass. */
export type OutboxPriority = 'soon' | 'bulk';
const PRIORITIES: Readonly<Record<OutboxPriority, number>> = { soon: 0, bulk: 1 };

/** Promises of effects on the outside world, made inside the transaction that is their reason. */
@Injectable()
export class OutboxService {
  private readonly handlers = new Map<string, OutboxTopic>();
  private lastId = '';

  /** Names who does the work of a topic. Call in `onModuleInit`. */
  handle(topic: string, deliver: OutboxHandler, isAvailable?: () => Promise<boolean>): void {
    if (this.handlers.has(topic)) throw new Error(`the outbox topic ${topic} has a handler already`);
    this.handlers.set(topic, { deliver, ...(isAvailable && { isAvailable }) });
  }

  handlerOf(topic: string): OutboxTopic | undefined {
    return this.handlers.get(topic);
  }

  /** Topics that this process can deliver. */
  topics(): string[] {
    return [...this.handlers.keys()];
  }

  /**
   * Promises an effect. Entries of one topic and key are delivered one after the other, in the order of their making.
   * @param key at most 100 characters
   */
  async add(tx: UnitOfWorkTx, topic: string, key: string, payload: Record<string, unknown>): Promise<void> {
    await tx.query('INSERT INTO outbox (id, topic, key, payload) VALUES ($1, $2, $3, $4)', [
      this.nextId(),
      topic,
      key,
      JSON.stringify(payload),
    ]);
    tx.emit('outbox.added', { topic });
  }

  /**
   * Promises that what hangs on each key will be looked at after this transaction: for handlers that read the truth instead of a payload.
   * An entry that waits and that nobody has begun serves again, at once, however long it would have waited; so a thousand changes
   * of a key leave one entry. It is locked until the transaction ends: nobody begins it before the change can be seen.
   */
  async addOnce(
    tx: UnitOfWorkTx,
    topic: string,
    keys: readonly string[],
    priority: OutboxPriority = 'soon',
  ): Promise<void> {
    const distinct = [...new Set(keys)].sort();
    if (distinct.length === 0) return;
    await tx.query(
      `WITH waiting AS (
         SELECT id FROM outbox WHERE topic = $1 AND key = ANY($2::text[]) AND done_at IS NULL AND begun_at IS NULL
         ORDER BY id FOR UPDATE
       ), woken AS (
         UPDATE outbox o SET next_attempt_at = least(o.next_attempt_at, now()), priority = least(o.priority, $4::smallint)
         FROM waiting WHERE o.id = waiting.id RETURNING o.key
       )
       INSERT INTO outbox (id, topic, key, payload, priority)
       SELECT new.id, $1, new.key, '{}', $4 FROM unnest($3::uuid[], $2::text[]) AS new (id, key)
       WHERE new.key NOT IN (SELECT key FROM woken)`,
      [topic, distinct, distinct.map(() => this.nextId()), PRIORITIES[priority]],
    );
    tx.emit('outbox.added', { topic });
  }

  /** Ids sort by creation only to the millisecond; entries made within one must keep their order too. */
  private nextId(): string {
    let id = newId();
    while (id <= this.lastId) id = newId();
    this.lastId = id;
    return id;
  }
}
