import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { LOOPBACK } from '../ports.mjs';
import { giveTo } from './account.mjs';
import { POSTGRES_MAJOR } from './binaries.mjs';
import { LocalPostgresError } from './errors.mjs';

const run = promisify(execFile);

/** Our settings, in a file of their own so that they can be rewritten at every start. */
const CONFIG_FILE = 'besedka.conf';

/**
 * `full`: a committed transaction survives a power cut. `relaxed`: it survives a crash of the server process only,
 * for tests.
 *
 * @typedef {'full' | 'relaxed'} Durability
 */

/** @type {Record<string, string | number>} */
const RELAXED = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  // Databases that live for seconds: there is nothing to tidy, and a worker that is at it keeps one from being dropped.
  autovacuum: 'off',
  // Thousands of connections on the loopback interface, each of which would pay for a guarded password.
  scram_iterations: 1,
};

/**
 * The files of one cluster: `<dataDir>` itself, and beside it `<dataDir>.password` (mode 600) and `<dataDir>.log`.
 *
 * @typedef {object} Cluster
 * @property {string} dataDir absolute path
 * @property {string} password of the superuser and of the application's role
 * @property {string} logFile
 */

/**
 * Opens a data folder, making a new cluster when there is none.
 *
 * @param {string} dataDir absolute path
 * @param {import('./binaries.mjs').PostgresBinaries} binaries
 * @param {import('./account.mjs').PostgresAccount} account
 * @returns {Promise<Cluster>}
 * @throws {LocalPostgresError} `DATA_BROKEN`
 */
export async function openCluster(dataDir, binaries, account) {
  const secretFile = `${dataDir}.password`;
  const logFile = `${dataDir}.log`;
  const names = await readdir(dataDir).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw new LocalPostgresError('DATA_BROKEN', `The data folder ${dataDir} cannot be read: ${error.message}.`);
  });
  if (names.length === 0) await createCluster(dataDir, secretFile, binaries, account);
  else await checkCluster(dataDir);
  const password = await readFile(secretFile, 'utf8').catch(() => {
    throw new LocalPostgresError(
      'DATA_BROKEN',
      `The data folder ${dataDir} has lost its password file ${secretFile}: put it back, or move the folder away to begin anew.`,
    );
  });
  await appendFile(logFile, '', { mode: 0o600 });
  await giveTo(logFile, account);
  return { dataDir, password: password.trim(), logFile };
}

/**
 * Writes what this start wants; read by the server when it starts.
 *
 * @param {Cluster} cluster
 * @param {import('./account.mjs').PostgresAccount} account
 * @param {{ port: number, maxConnections: number, durability: Durability }} options
 */
export async function configureCluster(cluster, account, { port, maxConnections, durability }) {
  const settings = {
    listen_addresses: LOOPBACK,
    port,
    // TCP only: socket files have a path limit that deep checkouts exceed, and Windows handles them differently.
    unix_socket_directories: '',
    max_connections: maxConnections,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // The log is read below to explain a failed start, so it must not be translated.
    lc_messages: 'C',
    // Values of rows (messages, addresses, hashes) never get into the log.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    ...(durability === 'relaxed' && RELAXED),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
  const file = join(cluster.dataDir, CONFIG_FILE);
  await writeFile(file, `# Written at every start; changes made here are lost.\n${lines.join('\n')}\n`, {
    mode: 0o600,
  });
  await giveTo(file, account);
}

/**
 * @param {string} dataDir
 * @param {string} secretFile
 * @param {import('./binaries.mjs').PostgresBinaries} binaries
 * @param {import('./account.mjs').PostgresAccount} account
 */
async function createCluster(dataDir, secretFile, binaries, account) {
  // Made aside and moved into place when complete, so that an interrupted first start leaves nothing half-made behind.
  const work = join(dirname(dataDir), `.${basename(dataDir)}.new`);
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true, mode: 0o700 });
  await giveTo(work, account);
  await rm(secretFile, { force: true });
  await writeFile(secretFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  await giveTo(secretFile, account);
  const [command = '', ...args] = [
    ...account.prefix,
    binaries.initdb,
    `--pgdata=${work}`,
    '--username=postgres',
    `--pwfile=${secretFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The same order and letter cases on every operating system, Cyrillic included.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    // Everything is written again by the first checkpoint; waiting for the disk now would only cost seconds.
    '--no-sync',
    '--no-instructions',
  ];
  const ids = account.prefix.length > 0 ? {} : { uid: account.uid, gid: account.gid };
  await run(command, args, { ...ids, cwd: dirname(dataDir) }).catch((error) => {
    const reason = lastLine(error.stderr ?? '') ?? error.message;
    throw new LocalPostgresError('DATA_BROKEN', `A database could not be made in ${dataDir}: ${reason}.`);
  });
  await appendFile(join(work, 'postgresql.conf'), `\ninclude_if_exists = '${CONFIG_FILE}'\n`);
  await rm(dataDir, { recursive: true, force: true });
  await rename(work, dataDir);
}

/** @param {string} dataDir */
async function checkCluster(dataDir) {
  const version = (await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  const broken =
    version === ''
      ? 'it has no PG_VERSION file'
      : version !== POSTGRES_MAJOR
        ? `it was made by PostgreSQL ${version}, this is PostgreSQL ${POSTGRES_MAJOR}`
        : ['global/pg_control', 'postgresql.conf', 'pg_hba.conf']
            .filter((name) => !existsSync(join(dataDir, name)))
            .map((name) => `${name} is missing`)[0];
  if (!broken) return;
  throw new LocalPostgresError(
    'DATA_BROKEN',
    `The data folder ${dataDir} is not a usable database (${broken}): restore it, or move it away to begin anew.`,
  );
}

/** @param {string} text */
export function lastLine(text) {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean)
    .at(-1);
}
