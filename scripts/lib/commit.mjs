import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The commit of a checkout: what Git says, or its own files where Git is not installed, as in the build of an image.
 *
 * @param {string} root
 * @returns {Promise<string>} empty where there is no history
 */
export async function commitOf(root) {
  const git = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' });
  return git.status === 0 ? git.stdout.trim() : commitInFiles(root);
}

/** @param {string} root */
export async function commitInFiles(root) {
  const read = async (/** @type {string} */ name) =>
    (await readFile(join(root, '.git', name), 'utf8').catch(() => '')).trim();
  const head = await read('HEAD');
  const ref = /^ref: (\S+)$/.exec(head)?.[1];
  if (ref === undefined) return head;
  const packed = (await read('packed-refs')).split('\n').find((line) => line.endsWith(` ${ref}`));
  return (await read(ref)) || (packed?.split(' ')[0] ?? '');
}
