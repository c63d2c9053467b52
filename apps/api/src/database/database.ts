import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

export interface QueryOptions {
  /** Name of a prepared statement: the server plans it once per connection. One name, one text. */
  readonly name?: string;
}

/** Single SQL statements on the pool, for hot paths: no entity, no query runner, no transaction. */
@Injectable()
export class Database {
  constructor(private readonly source: DataSource) {}

  /**
   * TypeORM's own pool, so that one setting bounds all connections. `master` is documented by TypeORM as "pool for master
   * database"; this is the only place that touches it.
   */
  private get pool(): pg.Pool {
    return (this.source.driver as PostgresDriver).master as pg.Pool;
  }

  /** Runs one statement. @returns its rows @throws the driver's error; see `common/errors/database-errors.ts` */
  async query<T extends object>(
    sql: string,
    params: readonly unknown[] = [],
    options: QueryOptions = {},
  ): Promise<T[]> {
    const result = await this.pool.query<T & pg.QueryResultRow>({ text: sql, values: [...params], name: options.name });
    return result.rows;
  }

  /** Runs one statement. @returns how many rows it wrote */
  async execute(sql: string, params: readonly unknown[] = [], options: QueryOptions = {}): Promise<number> {
    const result = await this.pool.query({ text: sql, values: [...params], name: options.name });
    return result.rowCount ?? 0;
  }

  /** Opens the connections that are kept anyway, so that no request waits for them. What fails now is told to whoever needs one. */
  async openConnections(): Promise<void> {
    const { min = 0 } = this.pool.options;
    const opened = await Promise.allSettled(Array.from({ length: min }, () => this.pool.connect()));
    for (const one of opened) if (one.status === 'fulfilled') one.value.release();
  }

  /** A round trip to the server. */
  async ping(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  /** Connections of this process: open, free, and callers that wait for one. */
  usage(): { open: number; idle: number; waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { open: totalCount, idle: idleCount, waiting: waitingCount };
  }
}
