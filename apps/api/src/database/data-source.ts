import type { DataSourceOptions } from 'typeorm';
import type { Logger } from 'pino';
import type { DatabaseConfig } from '../config/database.config.js';
import { ENTITIES } from './entities.js';
import { MIGRATIONS } from './migrations/index.js';

/** Milliseconds after which an open transaction that does nothing is ended by the server, so that it cannot hold locks. */
const IDLE_IN_TRANSACTION_MS = 20_000;

/** Connections that stay open however idle they are: opening one costs as much as a hundred statements. */
const KEPT_CONNECTIONS = 10;

/** Options of the TypeORM data source; the same for the running API, for migrations and for tests. */
export function dataSourceOptions(config: DatabaseConfig, logger?: Logger) {
  return {
    type: 'postgres',
    url: config.url,
    entities: [...ENTITIES],
    migrations: [...MIGRATIONS],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    migrationsRun: false,
    // Ids are made by the application (uuid v7): no extension is needed and none must be created by start-up.
    installExtensions: false,
    poolSize: config.poolSize,
    connectTimeoutMS: config.connectTimeoutMs,
    applicationName: 'besedka',
    logging: false,
    // An idle connection breaks when the server restarts; the pool drops it and opens a new one on the next query.
    poolErrorHandler: (error: unknown) => {
      logger?.warn(
        { reason: error instanceof Error ? error.message : String(error) },
        'a database connection was lost',
      );
    },
    extra: {
      statement_timeout: config.statementTimeoutMs === 0 ? undefined : config.statementTimeoutMs,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      // Compiling a plan costs more than it saves for statements of some milliseconds; a long list of chats would cross the threshold.
      options: '-c jit=off',
      idleTimeoutMillis: 30_000,
      min: Math.min(config.poolSize, KEPT_CONNECTIONS),
      // Kept connections say something now and then, so that no firewall on the way forgets them and a dead one is noticed.
      keepAlive: true,
      keepAliveInitialDelayMillis: 30_000,
    },
  } as const satisfies DataSourceOptions;
}
