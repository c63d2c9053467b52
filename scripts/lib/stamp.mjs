import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/** Folders that never hold sources. */
const SKIPPED = new Set(['node_modules', 'dist', '.cache', '.data', 'e2e', 'test']);

/**
 * A finger-print of source files: their names and contents, so that neither a copied checkout nor a restored file time
 * deceives it. A few hundred files take some tens of milliseconds.
 *
 * @param {string} root
 * @param {readonly string[]} inputs files and folders below `root`
 * @returns {Promise<string>}
 */
export async function fingerprint(root, inputs) {
  const lists = await Promise.all(inputs.map((input) => filesOf(join(root, input))));
  const files = lists.flat().sort();
  const contents = await Promise.all(files.map((file) => readFile(file)));
  const hash = createHash('sha256');
  files.forEach((file, index) => {
    hash.update(relative(root, file).split(sep).join('/')).update('\0');
    hash.update(
      createHash('sha256')
        .update(contents[index] ?? '')
        .digest(),
    );
  });
  return hash.digest('hex');
}

/**
 * Whether a stamp still says that `output` was made from `print`.
 *
 * @param {string} stampFile
 * @param {string} print
 * @param {string} output a file that exists when the work was done
 */
export async function isFresh(stampFile, print, output) {
  if (!existsSync(output)) return false;
  const written = await readFile(stampFile, 'utf8').catch(() => '');
  return written.trim() === print;
}

/** @param {string} stampFile @param {string} print */
export async function writeStamp(stampFile, print) {
  await mkdir(dirname(stampFile), { recursive: true });
  await writeFile(stampFile, `${print}\n`);
}

/** @param {string} path @returns {Promise<string[]>} files below a folder, or the file itself; none when it is missing */
async function filesOf(path) {
  let entries;
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch {
    return existsSync(path) ? [path] : [];
  }
  const nested = await Promise.all(
    entries
      .filter(
        (entry) =>
          !SKIPPED.has(entry.name) && !entry.name.endsWith('.tsbuildinfo') && !/\.spec\.[a-z]+$/.test(entry.name),
      )
      .map((entry) => (entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)])),
  );
  return nested.flat();
}
