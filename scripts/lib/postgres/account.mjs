import { spawnSync } from 'node:child_process';
import { chown, lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { LocalPostgresError } from './errors.mjs';

/**
 * How to run a PostgreSQL program. The server refuses to run as root, so root hands it to an ordinary account.
 *
 * @typedef {object} PostgresAccount
 * @property {number} [uid] absent: the current user runs it
 * @property {number} [gid]
 * @property {string[]} prefix command and flags to put before the program, usually none
 */

/**
 * Decides under which account the server runs.
 *
 * As root: the owner of existing data, else the person behind `sudo`, else the account `postgres` (made when missing),
 * else `nobody`. Windows needs nothing: `pg_ctl` gives up administrator rights by itself.
 *
 * @param {string} dataDir folder of the cluster, which need not exist
 * @param {string} program a program that the account must be able to run
 * @returns {Promise<PostgresAccount>}
 */
export async function postgresAccount(dataDir, program) {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const ids =
    (await ownerOf(dataDir)) ?? sudoIds() ?? namedAccount('postgres') ?? makeAccount() ?? namedAccount('nobody');
  if (!ids) {
    throw new LocalPostgresError(
      'NO_ACCOUNT',
      'PostgreSQL refuses to run as root and this system has no ordinary account for it: start as another user, or set DATABASE_URL.',
    );
  }
  for (const path of [dataDir, program]) {
    const closed = await firstClosedFolder(dirname(path), ids);
    if (closed) return { ...ids, prefix: passingPrefix(ids, program, closed) };
  }
  return { ...ids, prefix: [] };
}

/**
 * Gives a folder and all within it to the account. Does nothing when the current user runs the server.
 *
 * @param {string} path
 * @param {PostgresAccount} account
 */
export async function giveTo(path, account) {
  if (account.uid === undefined || account.gid === undefined) return;
  await chown(path, account.uid, account.gid);
  if (!(await lstat(path)).isDirectory()) return;
  for (const name of await readdir(path)) await giveTo(join(path, name), account);
}

/** @typedef {{ uid: number, gid: number }} Ids */

/** @param {string} path @returns {Promise<Ids | undefined>} */
async function ownerOf(path) {
  const found = await stat(path).catch(() => undefined);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

/** @returns {Ids | undefined} */
function sudoIds() {
  const uid = Number(process.env.SUDO_UID);
  const gid = Number(process.env.SUDO_GID);
  return uid > 0 && gid > 0 ? { uid, gid } : undefined;
}

/** @param {string} name @returns {Ids | undefined} */
function namedAccount(name) {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : NaN;
  });
  return uid !== undefined && gid !== undefined && uid > 0 && gid > 0 ? { uid, gid } : undefined;
}

/** @returns {Ids | undefined} undefined where the system has no `useradd`, or a read-only account file */
function makeAccount() {
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  return namedAccount('postgres');
}

/** @param {string} folder @param {Ids} ids @returns {Promise<string | undefined>} a folder the account cannot pass */
async function firstClosedFolder(folder, ids) {
  for (let path = folder; ; path = dirname(path)) {
    const found = await stat(path).catch(() => undefined);
    if (found) {
      const bit = found.uid === ids.uid ? 0o100 : found.gid === ids.gid ? 0o010 : 0o001;
      if ((found.mode & bit) === 0) return path;
    }
    if (path === dirname(path)) return undefined;
  }
}

/**
 * A checkout below `/root` cannot be entered by another account. There the server gets the one right it needs, to pass
 * folders, through `setpriv` of util-linux, rather than anybody's folders being opened.
 *
 * @param {Ids} ids @param {string} program @param {string} closed
 */
function passingPrefix(ids, program, closed) {
  for (const capability of ['+dac_read_search', '+dac_override']) {
    const prefix = ['setpriv', `--reuid=${ids.uid}`, `--regid=${ids.gid}`, '--clear-groups'];
    // Without the secure bit access(2), by which the programs look for one another, would ignore the right.
    prefix.push('--securebits=+no_setuid_fixup', `--inh-caps=${capability}`, `--ambient-caps=${capability}`, '--');
    const [command = '', ...args] = [...prefix, program, '--version'];
    if (spawnSync(command, args).status === 0) return prefix;
  }
  throw new LocalPostgresError(
    'NO_ACCOUNT',
    `PostgreSQL refuses to run as root and no other account may enter ${closed}: move the project to a folder that all users may enter, start as an ordinary user, or set DATABASE_URL.`,
  );
}
