import { createHash, randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';

/**
 * A database per test file, made by cloning a migrated template: milliseconds instead of a migration run, no
 * truncation between files, and every migration exercised in every test run.
 */

/** Serialises the building of templates between test workers; any number nobody else uses will do. */
const TEMPLATE_LOCK = 7_164_022;

/** `duplicate_database`: the answer when a template was already built by another worker. */
const DUPLICATE_DATABASE = '42P04';

/** `object_in_use`: somebody is still connected to the template that is being cloned. */
const OBJECT_IN_USE = '55006';

/** `insufficient_privilege`: what is to be ended is a process of PostgreSQL itself. */
const INSUFFICIENT_PRIVILEGE = '42501';
const VACUUM_WAITS = 50;
const VACUUM_WAIT_MS = 100;

/**
 * Address of the PostgreSQL server the suites run on, as set by the test runner.
 *
 * Its role must be allowed to create databases.
 *
 * @throws when `TEST_DATABASE_URL` is missing: a suite without its database fails, it is never skipped silently.
 */
export function testDatabaseUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) throw new Error('TEST_DATABASE_URL is not set: run the tests with `npm test`, which starts PostgreSQL');
  return url;
}

/** The same server as `url`, another database. */
export function withDatabase(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.href;
}

/**
 * Name of a template for a given content, so that a changed set of migrations gets a new template by itself.
 *
 * @param prefix  lower-case letters and underscores, at most 20 characters
 * @param content whatever determines the template, for example names and sources of the migrations
 */
export function templateName(prefix: string, ...content: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of content) hash.update(part).update('\0');
  return `${prefix}_tpl_${hash.digest('hex').slice(0, 12)}`;
}

/**
 * Makes sure the template database exists and is complete. Safe to call from every worker and every test file: the
 * first caller builds it under an advisory lock, the others wait and find it ready.
 *
 * It is built under a passing name and renamed when `migrate` has succeeded, so a half-built template is never cloned.
 *
 * @param adminUrl a database of the server, with a role that may create databases
 * @param name     the template's name, see {@link templateName}
 * @param migrate  brings an empty database to the wanted state; must close all its connections before it resolves
 */
export async function createTemplate(
  adminUrl: string,
  name: string,
  migrate: (databaseUrl: string) => Promise<void>,
): Promise<void> {
  await withClient(adminUrl, async (client) => {
    // A session lock: it also falls when this process is killed while building.
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    try {
      const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (found.rowCount) return;
      const building = `${name}_building`;
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(building)} WITH (FORCE)`);
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(building)}`);
      await migrate(withDatabase(adminUrl, building));
      await client.query(
        `ALTER DATABASE ${client.escapeIdentifier(building)} RENAME TO ${client.escapeIdentifier(name)}`,
      );
    } finally {
      await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
    }
  });
}

/**
 * Clones a template into a fresh database with a unique name.
 *
 * @returns the address of the new database
 */
export async function cloneDatabase(adminUrl: string, template: string, prefix = 'test'): Promise<string> {
  const name = `${prefix}_${process.pid}_${randomBytes(6).toString('hex')}`;
  await withClient(adminUrl, async (client) => {
    const source = client.escapeIdentifier(template);
    const target = client.escapeIdentifier(name);
    try {
      await client.query(`CREATE DATABASE ${target} TEMPLATE ${source}`);
    } catch (error) {
      if (!isPgError(error, OBJECT_IN_USE)) throw error;
      // Only idle leftovers (a debugger, a database browser) ever connect to a template: they may go.
      await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [template]);
      await client.query(`CREATE DATABASE ${target} TEMPLATE ${source}`);
    }
  });
  return withDatabase(adminUrl, name);
}

/** Creates an empty database, for tests of the migrations themselves. An existing one is left as it is. */
export async function createEmptyDatabase(adminUrl: string, name: string): Promise<string> {
  await withClient(adminUrl, async (client) => {
    try {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    } catch (error) {
      if (!isPgError(error, DUPLICATE_DATABASE)) throw error;
    }
  });
  return withDatabase(adminUrl, name);
}

/** Drops a database with whatever is still connected to it. One that is already gone is fine. */
export async function dropDatabase(adminUrl: string, databaseUrl: string): Promise<void> {
  const name = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  await withClient(adminUrl, async (client) => {
    const drop = `DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`;
    for (let left = VACUUM_WAITS; ; left -= 1) {
      try {
        return void (await client.query(drop));
      } catch (error) {
        // PostgreSQL's own vacuum is in there: only a superuser may end it, and it goes by itself.
        if (left === 0 || !isPgError(error, INSUFFICIENT_PRIVILEGE)) throw error;
        await setTimeout(VACUUM_WAIT_MS);
      }
    }
  });
}

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'besedka-test-databases' });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function isPgError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
