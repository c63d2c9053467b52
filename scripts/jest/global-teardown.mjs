import process from 'node:process';
import { SERVER } from './global-setup.mjs';

export default async function globalTeardown() {
  /** @type {import('../lib/local-postgres.mjs').LocalPostgres | undefined} */
  const server = Reflect.get(globalThis, SERVER);
  if (!server) return;
  await server.stop();
  // Watch mode runs the setup again.
  delete process.env.TEST_DATABASE_URL;
}
