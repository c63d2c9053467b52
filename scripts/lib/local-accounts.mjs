import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './tools.mjs';

/**
 * The accounts of local mode as a table for the terminal, from the built API that seeds them.
 *
 * @returns {Promise<string>}
 */
export async function accountTable() {
  const seeds = pathToFileURL(join(ROOT, 'apps/api/dist/database/seeds/local-accounts.js')).href;
  /** @type {{ LOCAL_ACCOUNTS: readonly { role: string, username: string, password: string }[] }} */
  const { LOCAL_ACCOUNTS } = await import(seeds);
  const rows = [{ role: 'role', username: 'user name', password: 'password' }, ...LOCAL_ACCOUNTS];
  return rows.map((row) => `  ${row.role.padEnd(13)}${row.username.padEnd(13)}${row.password}`).join('\n');
}
