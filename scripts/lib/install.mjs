import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { Refusal, run } from './run.mjs';
import { ROOT } from './tools.mjs';

/**
 * The part of a lock file that matters here.
 *
 * @typedef {{ packages?: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} LockFile
 */

/** Installs the packages when they are missing or differ from the lock file. */
export async function ensureInstalled() {
  const reason = await installReason(ROOT);
  if (!reason) return;
  console.log(`Installing packages (${reason}) …`);
  // Some packages ask for a newer Node than what is used of them needs: the tests run on the oldest that README names. No wall of warnings.
  const { code } = await run(npmCommand(['ci', '--no-audit', '--loglevel=error']), { show: true });
  if (code !== 0) throw new Refusal('The packages could not be installed: see the lines above.');
}

/**
 * Why an install is needed; undefined when it is not. npm leaves a copy of the lock file in `node_modules`, so two files
 * are compared and no folder is walked.
 *
 * @param {string} root
 * @returns {Promise<string | undefined>}
 */
export async function installReason(root) {
  const installed = await readLock(join(root, 'node_modules', '.package-lock.json'));
  if (!installed) return 'none are there yet';
  const wanted = await readLock(join(root, 'package-lock.json'));
  if (!wanted) throw new Refusal(`package-lock.json is missing in ${root}: restore it from version control.`);
  return lockDifference(wanted, installed);
}

/**
 * @param {LockFile} wanted
 * @param {LockFile} installed
 * @returns {string | undefined} the first package that is missing or has another version
 */
export function lockDifference(wanted, installed) {
  const there = installed.packages ?? {};
  for (const [path, { version, optional, link }] of Object.entries(wanted.packages ?? {})) {
    // Only what npm itself puts into node_modules; optional packages of other platforms are rightly absent.
    if (!path.includes('node_modules/') || link) continue;
    const found = there[path];
    if (!found && optional) continue;
    if (!found) return `${path} is missing`;
    if (found.version !== version) return `${path} is ${found.version} instead of ${version}`;
  }
  return undefined;
}

/**
 * npm, run by this very Node: `npm` is a shell script on Windows.
 *
 * @param {string[]} args
 * @returns {import('./tools.mjs').Command}
 */
export function npmCommand(args) {
  const own = process.env.npm_execpath ?? '';
  const bin = dirname(process.execPath);
  const candidates = [
    ...(basename(own) === 'npm-cli.js' ? [own] : []),
    join(bin, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(bin, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const cli = candidates.find((path) => existsSync(path));
  return cli ? { command: process.execPath, args: [cli, ...args] } : { command: 'npm', args };
}

/** @param {string} path @returns {Promise<LockFile | undefined>} */
async function readLock(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
