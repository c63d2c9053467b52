import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { commitOf } from './commit.mjs';
import { Refusal, run } from './run.mjs';
import { fingerprint, isFresh, writeStamp } from './stamp.mjs';
import { npmTool, ROOT } from './tools.mjs';

/**
 * Something that is built.
 *
 * @typedef {object} Target
 * @property {string} name for people
 * @property {string} key of the stamp
 * @property {string[]} inputs files and folders, relative to the root
 * @property {string} output a file that exists when it is built
 * @property {() => Promise<{ code: number, output: string }>} build
 */

/** Written beside the built API, which reads it. */
const BUILD_INFO = join(ROOT, 'apps/api/dist/build-info.json');

const COMMON = ['package-lock.json', 'tsconfig.base.json', 'libs/contracts'];

/** @type {Target} */
const API = {
  name: 'API',
  key: 'api',
  inputs: [...COMMON, 'libs/rocketchat', 'apps/api/src', 'apps/api/tsconfig.json', 'apps/api/package.json'],
  output: join(ROOT, 'apps/api/dist/main.js'),
  build: async () => {
    await rm(BUILD_INFO, { force: true });
    // `tsc -b` trusts its own notes even when their output has been deleted.
    const libraries = ['contracts', 'rocketchat'].map((name) => join(ROOT, 'libs', name, 'dist/index.js'));
    const force = [API.output, ...libraries].every((path) => existsSync(path)) ? [] : ['--force'];
    return run(npmTool('typescript', ['-b', 'apps/api', ...force], 'tsc'));
  },
};

/** @type {Target} */
const WEB = {
  name: 'web app',
  key: 'web',
  inputs: [...COMMON, 'apps/web'],
  output: join(ROOT, 'apps/web/dist/index.html'),
  build: () => run(npmTool('vite', ['build', '--logLevel', 'warn']), { cwd: join(ROOT, 'apps/web') }),
};

/**
 * Builds what has changed since it was last built.
 *
 * @throws {Refusal} when something does not build; the compiler's words are printed before
 */
export async function build() {
  const results = await Promise.all([API, WEB].map((target) => buildTarget(target)));
  const failed = results.filter((name) => name !== undefined);
  if (failed.length > 0) throw new Refusal(`The build of the ${failed.join(' and the ')} failed: see the lines above.`);
  await writeBuildInfo();
}

/** @param {Target} target @returns {Promise<string | undefined>} its name when it failed */
async function buildTarget(target) {
  const stamp = join(ROOT, '.cache', 'build', target.key);
  const print = await fingerprint(ROOT, target.inputs);
  if (await isFresh(stamp, print, target.output)) return undefined;
  // Beside what the program says on standard output, which may be JSON.
  console.error(`Building the ${target.name} …`);
  // Without its stamp an interrupted build is not taken for a finished one.
  await rm(stamp, { force: true });
  const { code, output } = await target.build();
  if (code !== 0) {
    console.error(output);
    return target.name;
  }
  await writeStamp(stamp, print);
  return undefined;
}

/** Every process tells its commit (F22); the file travels with the build wherever it is copied. */
async function writeBuildInfo() {
  const commit = process.env.BESEDKA_COMMIT || (await commitOf(ROOT));
  const text = `${JSON.stringify({ commit })}\n`;
  if (commit && (await readFile(BUILD_INFO, 'utf8').catch(() => '')) !== text) await writeFile(BUILD_INFO, text);
}
