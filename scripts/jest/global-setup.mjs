import { generateKeyPairSync } from 'node:crypto';
import process from 'node:process';
import { startTemporaryPostgres } from '../lib/local-postgres.mjs';

/** Key under which the teardown finds the server. */
export const SERVER = Symbol.for('besedka.test-postgres');

/**
 * One real PostgreSQL for the whole run, in a temporary folder. A server given as `TEST_DATABASE_URL` is used instead;
 * its role must be allowed to create databases.
 */
export default async function globalSetup() {
  process.env.TEST_SIGNING_KEYS ??= JSON.stringify([signingKey(), signingKey()]);
  if (process.env.TEST_DATABASE_URL) return;
  const server = await startTemporaryPostgres();
  process.env.TEST_DATABASE_URL = server.url;
  Reflect.set(globalThis, SERVER, server);
}

/** A pair for signing id tokens. Two of them serve every test application of the run: making them takes long. */
function signingKey() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { publicJwk: publicKey.export({ format: 'jwk' }), privateJwk: privateKey.export({ format: 'jwk' }) };
}
