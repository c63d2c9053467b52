/**
 * `npm run besedka -- <command>`: the admin program of the built API, with the settings of `npm start`. In local mode it works on the
 * database of the running portal; when nothing runs, PostgreSQL is started for the moment.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { checkNodeVersion, program, Refusal, run } from './lib/run.mjs';
import { ROOT } from './lib/tools.mjs';

const CLI = join(ROOT, 'apps/api/dist/cli');

await program(async () => {
  checkNodeVersion();
  // Only what is missing altogether: a server that is running loads its files from here.
  if (!existsSync(join(CLI, 'main.js'))) {
    const { ensureInstalled } = await import('./lib/install.mjs');
    await ensureInstalled();
    const { build } = await import('./lib/build.mjs');
    await build();
  }
  const args = process.argv.slice(2);
  const dataDir = resolve(process.env.BESEDKA_DATA_DIR || join(ROOT, '.data'));
  const asked = await commandIn(args);
  /** @type {{ url: string, stop: () => Promise<void> } | undefined} */
  let database;
  /** @type {string[]} */
  const more = [];
  if (!process.env.DATABASE_URL && asked !== undefined) {
    try {
      database = await openDatabase(dataDir);
    } catch (error) {
      // The doctor is called when things are broken: it says what everybody else fails with.
      if (asked !== 'doctor' || !(error instanceof Error)) throw error;
      more.push('--without-database', error.message);
      database = { url: 'postgres://127.0.0.1:1/none', stop: async () => undefined };
    }
  }
  try {
    const { code } = await run(
      { command: process.execPath, args: ['--enable-source-maps', join(CLI, 'main.js'), ...args, ...more] },
      {
        show: true,
        env: {
          BESEDKA_MODE: process.env.BESEDKA_MODE || 'local',
          BESEDKA_DATA_DIR: dataDir,
          DATABASE_URL: process.env.DATABASE_URL || database?.url || '',
          LOG_LEVEL: process.env.LOG_LEVEL || 'warn',
        },
      },
    );
    process.exitCode = code;
  } finally {
    await database?.stop();
  }
});

/**
 * The command that the words call: for a usage text no database is needed.
 *
 * @param {string[]} args
 * @returns {Promise<string | undefined>}
 */
async function commandIn(args) {
  /** @type {{ readArguments(args: string[]): { kind: string, command?: { name: string } } }} */
  const { readArguments } = await import(pathToFileURL(join(CLI, 'arguments.js')).href);
  return readArguments(args).command?.name;
}

/**
 * @param {string} dataDir
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
async function openDatabase(dataDir) {
  const postgres = join(dataDir, 'postgres');
  if (!existsSync(join(postgres, 'PG_VERSION'))) {
    throw new Refusal(
      `There is no database in ${dataDir} yet: start the portal once with npm start, or set DATABASE_URL.`,
    );
  }
  const { runningPostgresUrl, startLocalPostgres } = await import('./lib/local-postgres.mjs');
  const url = await runningPostgresUrl(postgres);
  if (url !== undefined) return { url, stop: async () => undefined };
  return startLocalPostgres({ dataDir: postgres });
}
