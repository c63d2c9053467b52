import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { OutboxEntry } from './outbox.service.js';

/** Entries behind an unfinished one of the same key have to wait for it, however long they have been due. */
const FIRST_OF_ITS_KEY = `NOT EXISTS (
  SELECT 1 FROM outbox earlier
  WHERE earlier.done_at IS NULL AND earlier.topic = o.topic AND earlier.key = o.key AND earlier.id < o.id)`;

/** Statements of the worker. Claims are leases: a process that dies leaves nothing locked, its entries come due again. */
@Injectable()
export class OutboxRepository {
  constructor(private readonly database: Database) {}

  /** Takes due entries of a topic, at most one per key: the oldest that is not done. */
  claim(topic: string, limit: number, leaseSeconds: number): Promise<OutboxEntry[]> {
    return this.database.query<OutboxEntry>(
      `WITH due AS (
         SELECT o.id FROM outbox o
         WHERE o.done_at IS NULL AND o.next_attempt_at <= now() AND o.topic = $1
           AND ${FIRST_OF_ITS_KEY}
         ORDER BY o.priority, o.next_attempt_at LIMIT $2
         FOR UPDATE SKIP LOCKED
       )
       UPDATE outbox SET attempts = attempts + 1, begun_at = now(), next_attempt_at = now() + make_interval(secs => $3)
       FROM due WHERE outbox.id = due.id
       RETURNING outbox.id, topic, key, payload, attempts`,
      [topic, limit, leaseSeconds],
    );
  }

  /** Notes the end of an entry and forgets its payload, which may hold links and addresses. */
  async finish(id: string, error: string | null): Promise<void> {
    await this.database.execute(
      `UPDATE outbox SET done_at = now(), payload = '{}', last_error = $2 WHERE id = $1 AND done_at IS NULL`,
      [id, error],
    );
  }

  async retryLater(id: string, delaySeconds: number, error: string): Promise<void> {
    await this.database.execute(
      `UPDATE outbox SET begun_at = NULL, next_attempt_at = now() + make_interval(secs => $2), last_error = $3
       WHERE id = $1 AND done_at IS NULL`,
      [id, delaySeconds, error],
    );
  }

  /** As if it had not been taken: due at once, and no attempt lost. */
  async giveBack(id: string, error: string): Promise<void> {
    await this.database.execute(
      `UPDATE outbox SET begun_at = NULL, next_attempt_at = now(), attempts = attempts - 1, last_error = $2
       WHERE id = $1 AND done_at IS NULL`,
      [id, error],
    );
  }

  /** Seconds until the next entry of the topic can be claimed; null when none waits. */
  async nextDue(topic: string): Promise<number | null> {
    const [row] = await this.database.query<{ seconds: number | null }>(
      `SELECT extract(epoch FROM min(o.next_attempt_at) - now())::float8 AS seconds
       FROM outbox o WHERE o.done_at IS NULL AND o.topic = $1 AND ${FIRST_OF_ITS_KEY}`,
      [topic],
    );
    return row?.seconds ?? null;
  }

  /** Removes entries that were done long ago, a bounded number at once. @returns how many went */
  removeDone(olderThanDays: number, limit: number): Promise<number> {
    return this.database.execute(
      `DELETE FROM outbox WHERE id IN (
         SELECT id FROM outbox WHERE done_at < now() - make_interval(days => $1) LIMIT $2)`,
      [olderThanDays, limit],
    );
  }
}
