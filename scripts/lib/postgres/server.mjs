import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readlink, realpath, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { LocalPostgresError } from './errors.mjs';

const run = promisify(execFile);

/** Seconds that a start or a stop may take; recovery after a crash with much to replay is the long case. */
const PATIENCE_SECONDS = '120';

/** A log of an earlier start beyond this size is dropped at the next one. */
const LOG_LIMIT_BYTES = 2 * 1024 * 1024;

/**
 * @typedef {object} ServerFiles
 * @property {import('./binaries.mjs').PostgresBinaries} binaries
 * @property {import('./account.mjs').PostgresAccount} account
 * @property {import('./cluster.mjs').Cluster} cluster
 */

/**
 * How a start ended: `started`; `running` when another process has just started the same folder; `dying` while the
 * last remains of a killed server still hold its memory; `port` when the port is taken.
 *
 * @typedef {'started' | 'running' | 'dying' | 'port'} StartResult
 */

/**
 * Starts the server in the background and waits until it accepts connections.
 *
 * @param {ServerFiles} files
 * @returns {Promise<StartResult>}
 * @throws {LocalPostgresError} `DATA_BROKEN` with the server's own reason
 */
export async function startServer({ binaries, account, cluster }) {
  const { dataDir, logFile } = cluster;
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  const before = size > LOG_LIMIT_BYTES ? 0 : size;
  if (size > LOG_LIMIT_BYTES) await truncate(logFile);
  const args = ['start', '--silent', '--wait', '--timeout', PATIENCE_SECONDS, '--pgdata', dataDir, '--log', logFile];
  if (await pgCtl(binaries, account, args)) return 'started';
  const log = (await readFile(logFile)).subarray(before).toString('utf8');
  if (/lock file "postmaster\.pid" already exists/.test(log)) return 'running';
  if (/pre-existing shared memory block/.test(log)) return 'dying';
  if (/could not bind|could not create any TCP\/IP sockets/.test(log)) return 'port';
  const reason = /(?:FATAL|PANIC): {2}(.+)/.exec(log)?.[1] ?? 'the server gave no reason';
  throw new LocalPostgresError(
    'DATA_BROKEN',
    `PostgreSQL does not start on the data folder ${dataDir} (${reason}): see ${logFile}.`,
  );
}

/**
 * Stops the server: open transactions are rolled back, everything committed is on disk. One that is already gone is
 * fine.
 *
 * @param {ServerFiles} files
 * @param {'fast' | 'immediate'} [mode] `immediate` leaves the work to the next start's recovery
 */
export async function stopServer({ binaries, account, cluster }, mode = 'fast') {
  const args = ['stop', '--silent', '--wait', '--timeout', PATIENCE_SECONDS, '--pgdata', cluster.dataDir];
  await pgCtl(binaries, account, [...args, '--mode', mode]);
}

/**
 * Tells whether a server works on the data folder. A `postmaster.pid` left by a killed server or by a machine that
 * went down is removed when its process is certainly not a server of this folder: PostgreSQL itself refuses to start
 * when the number has meanwhile been given to any other process of the same user.
 *
 * @param {string} dataDir
 * @returns {Promise<{ pid: number, port: number } | undefined>}
 */
export async function runningServer(dataDir) {
  const file = join(dataDir, 'postmaster.pid');
  const lines = (await readFile(file, 'utf8').catch(() => '')).split(/\r?\n/);
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (await isServerOf(pid, dataDir)) return { pid, port };
  await rm(file, { force: true });
  return undefined;
}

/** @param {number} pid @param {string} dataDir */
async function isServerOf(pid, dataDir) {
  try {
    process.kill(pid, 0);
  } catch {
    // Gone; or alive but another user's, so not a server that could work on our folder.
    return false;
  }
  try {
    if (process.platform === 'linux') {
      // A server's working folder is its data folder.
      return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(dataDir));
    }
    if (process.platform === 'win32') {
      const { stdout } = await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']);
      return stdout.toLowerCase().includes('postgres.exe');
    }
    const { stdout } = await run('ps', ['-p', String(pid), '-o', 'comm=']);
    return stdout.includes('postgres');
  } catch {
    // Gone between the two looks, or not to be told: the server's own check decides.
    return false;
  }
}

/**
 * Runs `pg_ctl`. Its output is thrown away: the server inherits it, and an open pipe would outlive this process.
 *
 * @param {import('./binaries.mjs').PostgresBinaries} binaries
 * @param {import('./account.mjs').PostgresAccount} account
 * @param {string[]} args
 * @returns {Promise<boolean>} whether it succeeded
 */
async function pgCtl(binaries, account, args) {
  const [command = '', ...rest] = [...account.prefix, binaries.pg_ctl, ...args];
  const ids = account.prefix.length > 0 ? {} : { uid: account.uid, gid: account.gid };
  const child = spawn(command, rest, { ...ids, stdio: 'ignore', windowsHide: true });
  const [code] = await once(child, 'exit');
  return code === 0;
}
