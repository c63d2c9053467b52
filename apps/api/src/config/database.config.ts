import { z } from 'zod';
import { optionalUrl, wholeNumber } from './env-fields.js';

export const databaseSchema = z.object({
  /** PostgreSQL 15 or newer, postgres://user:password@host:port/database. Required. */
  DATABASE_URL: optionalUrl(['postgres:', 'postgresql:']),
  /** Connections that one process keeps at most; more than the database has processors for only get in each other's way. Default 10. */
  DATABASE_POOL_SIZE: wholeNumber(10, 2, 500),
  /** Milliseconds after which a running statement is cancelled. Default 15000; 0 never cancels. */
  DATABASE_STATEMENT_TIMEOUT_MS: wholeNumber(15_000, 0, 3_600_000),
  /** Milliseconds to wait for a connection before answering "database unavailable". Default 5000. */
  DATABASE_CONNECT_TIMEOUT_MS: wholeNumber(5_000, 100, 60_000),
});

export interface DatabaseConfig {
  readonly url: string;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  readonly connectTimeoutMs: number;
}
