import pg from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { StartupError } from '../config/config-error.js';
import type { DatabaseConfig } from '../config/database.config.js';
import { databaseCode, isDatabaseUnavailable } from '../common/errors/database-errors.js';
import { dataSourceOptions } from './data-source.js';

/** Key of the advisory lock under which one process at a time migrates; any constant of our own. */
const MIGRATION_LOCK = 6_272_801;
/** Milliseconds to wait for another process that is migrating. */
const LOCK_WAIT_MS = 120_000;
const DIFFERENCES_SHOWN = 20;

/**
 * Brings the schema up to date before anything else starts (F16): runs the missing migrations under a lock, then compares
 * the result with the entities.
 * @throws StartupError when the server cannot be reached, a migration fails, or the schema differs
 */
export async function prepareDatabase(config: DatabaseConfig): Promise<void> {
  const lock = await connect(config);
  try {
    await lock.query(`SET lock_timeout = ${LOCK_WAIT_MS}`);
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrateAndCompare(config);
  } catch (error) {
    throw asStartupError(error);
  } finally {
    // Ending the session releases the lock, whatever state the connection is in.
    await lock.end().catch(() => undefined);
  }
}

async function connect(config: DatabaseConfig): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: config.url,
    connectionTimeoutMillis: config.connectTimeoutMs,
    application_name: 'besedka-migrations',
  });
  // Without a listener a connection cut in the middle would end the process without a word.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw asStartupError(error);
  }
}

async function migrateAndCompare(config: DatabaseConfig): Promise<void> {
  // Migrations may take longer than any request is allowed to.
  const source = new DataSource({ ...dataSourceOptions({ ...config, poolSize: 2, statementTimeoutMs: 0 }) });
  await source.initialize();
  try {
    await refuseForeignMigrations(source);
    await source.runMigrations({ transaction: 'each' });
    const differences = await schemaDifferences(source);
    if (differences.length > 0) {
      const shown = differences.slice(0, DIFFERENCES_SHOWN).map((line) => `  ${line}`);
      const more = differences.length - shown.length;
      throw new StartupError(
        [
          'The database schema differs from what this build expects; restore a complete backup or undo the changes. These statements would make them equal:',
          ...shown,
          ...(more > 0 ? [`  … and ${more} more`] : []),
        ].join('\n'),
      );
    }
  } finally {
    await source.destroy();
  }
}

/**
 * Statements that would turn the database into what the entities describe; empty when they agree. Takes the data source
 * over: its query runners work one statement at a time from then on.
 */
export async function schemaDifferences(source: DataSource): Promise<string[]> {
  // TypeORM reads the columns in parallel on one connection, which `pg` queues with a deprecation warning at every start.
  const create = source.createQueryRunner.bind(source);
  source.createQueryRunner = (mode) => oneAtATime(create(mode));
  const { upQueries } = await source.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query.replace(/\s+/g, ' '));
}

function oneAtATime(runner: QueryRunner): QueryRunner {
  const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<never>;
  let last: Promise<unknown> = Promise.resolve();
  runner.query = (...args: unknown[]): Promise<never> => {
    const next = last.then(() => query(...args));
    last = next.catch(() => undefined);
    return next;
  };
  return runner;
}

/** A database that a newer build has migrated must not be touched by an older one. */
async function refuseForeignMigrations(source: DataSource): Promise<void> {
  const known = new Set(source.migrations.map((migration) => migration.name ?? migration.constructor.name));
  const [table] = await source.query<{ found: string | null }[]>(`SELECT to_regclass('migrations') AS found`);
  if (table === undefined || table.found === null) return;
  const rows = await source.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY id');
  const foreign = rows.map((row) => row.name).filter((name) => !known.has(name));
  if (foreign.length > 0) {
    throw new StartupError(
      `The database was migrated by another build: it knows ${foreign.join(', ')}, which this one does not. Start the newer build.`,
    );
  }
}

function asStartupError(error: unknown): StartupError {
  if (error instanceof StartupError) return error;
  const code = databaseCode(error);
  if (code === '28P01' || code === '28000')
    return new StartupError('The database refuses the user or password in DATABASE_URL.');
  if (code === '3D000') return new StartupError('The database named in DATABASE_URL does not exist.');
  if (code === '55P03')
    return new StartupError('Another process has been migrating the database for too long; try again later.');
  if (isDatabaseUnavailable(error)) {
    return new StartupError(`The database at DATABASE_URL cannot be reached${code === undefined ? '' : ` (${code})`}.`);
  }
  // The driver's message names tables and constraints, not the connection's password.
  const reason = error instanceof Error ? error.message : String(error);
  return new StartupError(`The database could not be brought up to date: ${reason.replace(/\s+/g, ' ')}`);
}
