import process from 'node:process';
import { startTemporaryPostgres } from '../lib/local-postgres.mjs';

/** Key under which the teardown finds the server. */
export const SERVER = Symbol.for('besedka.test-postgres');

/**
 * One real PostgreSQL for the whole run, in a temporary folder. A server given as `TEST_DATABASE_URL` is used instead;
 * its role must be allowed to create databases.
 */
export default async function globalSetup() {
  if (process.env.TEST_DATABASE_URL) return;
  const server = await startTemporaryPostgres();
  process.env.TEST_DATABASE_URL = server.url;
  Reflect.set(globalThis, SERVER, server);
}
