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
 * should be harmless to repeat; `entry.id` is the same each time. Throwing means "try again later".
 */
export type OutboxHandler = (entry: OutboxEntry) => Promise<void>;

/** Promises of effects on the outside world, made inside the transaction that is their reason. */
@Injectable()
export class OutboxService {
  private readonly handlers = new Map<string, OutboxHandler>();
  private lastId = '';

  /** Names who does the work of a topic. Call in `onModuleInit`. */
  handle(topic: string, handler: OutboxHandler): void {
    if (this.handlers.has(topic)) throw new Error(`the outbox topic ${topic} has a handler already`);
    this.handlers.set(topic, handler);
  }

  handlerOf(topic: string): OutboxHandler | undefined {
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

  /** Ids sort by creation only to the millisecond; entries made within one must keep their order too. */
  private nextId(): string {
    let id = newId();
    while (id <= this.lastId) id = newId();
    this.lastId = id;
    return id;
  }
}
