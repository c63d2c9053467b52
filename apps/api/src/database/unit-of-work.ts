import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import type { RequestContext } from '../common/context/request-context.js';
import { type DomainEventMap, type DomainEventName, DomainEvents } from '../common/events/domain-events.js';
import { LOGGER } from '../common/logging/logger.js';

/** One open transaction. */
export interface UnitOfWorkTx {
  readonly manager: EntityManager;
  /** One SQL statement inside the transaction. */
  query<T extends object>(sql: string, params?: readonly unknown[]): Promise<T[]>;
  /** Queues an event; it is delivered after the commit, in order, and never when the transaction is rolled back. */
  emit<K extends DomainEventName>(name: K, payload: DomainEventMap[K]): void;
}

/**
 * A use case is one transaction. Whatever happens inside, the connection is given back clean or thrown away, so that a
 * broken transaction leaves no trace in the next request (F15). Nothing may talk to a foreign system inside.
 */
@Injectable()
export class UnitOfWork {
  constructor(
    private readonly source: DataSource,
    private readonly events: DomainEvents,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Runs `work` in a transaction, commits, then tells the world. @throws whatever `work` throws, after the rollback */
  async run<T>(ctx: RequestContext, work: (tx: UnitOfWorkTx) => Promise<T>): Promise<T> {
    const queued: (() => void)[] = [];
    const runner = this.source.createQueryRunner();
    let result: T;
    try {
      await runner.connect();
      await runner.startTransaction();
      result = await work({
        manager: runner.manager,
        // The structured result: the plain one is `[rows, count]` for UPDATE and DELETE, and rows for everything else.
        query: async <R extends object>(sql: string, params: readonly unknown[] = []): Promise<R[]> =>
          (await runner.query(sql, [...params], true)).records as R[],
        emit: (name, payload) => {
          queued.push(() => this.events.publish(name, payload, ctx));
        },
      });
      await runner.commitTransaction();
    } catch (error) {
      await this.rollback(runner, ctx);
      throw error;
    } finally {
      if (!runner.isReleased) await runner.release();
    }
    for (const deliver of queued) deliver();
    return result;
  }

  private async rollback(runner: QueryRunner, ctx: RequestContext): Promise<void> {
    if (!runner.isTransactionActive || runner.isReleased) return;
    try {
      await runner.rollbackTransaction();
    } catch (error) {
      // A connection that cannot even roll back must not return to the pool: the next request would inherit its state.
      await discard(runner, error);
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.warn({ requestId: ctx.requestId, reason }, 'a broken database connection was discarded');
    }
  }
}

/** Closes the runner's connection instead of pooling it. TypeORM's public `release()` has no way to say so. */
async function discard(runner: QueryRunner, error: unknown): Promise<void> {
  const postgres = runner as QueryRunner & { releasePostgresConnection(error: Error): Promise<void> };
  await postgres.releasePostgresConnection(error instanceof Error ? error : new Error(String(error)));
}
