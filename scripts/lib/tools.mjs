import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Folder of the checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * A command that runs the same on every operating system: Node with a script, never a shell.
 *
 * @typedef {{ command: string, args: string[], env?: Record<string, string> }} Command
 */

/**
 * The command of a tool installed by npm. `npx` and the links in `node_modules/.bin` are shell scripts on Windows, so
 * the package's own entry is run with this Node.
 *
 * @param {string} name package name
 * @param {string[]} args
 * @param {string} [bin] name of the program, when it is not the package's name
 * @param {string} [from] folder whose dependency the package is; the root's by default
 * @returns {Command}
 * @throws when the package is not installed
 */
export function npmTool(name, args, bin = name, from = ROOT) {
  const folder = packageFolder(name, from);
  /** @type {{ bin?: string | Record<string, string> }} */
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const entry = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin?.[bin];
  if (!entry) throw new Error(`The package ${name} has no program ${bin}`);
  return { command: process.execPath, args: [join(folder, entry), ...args] };
}

/**
 * Jest, quiet about what Node 20 calls an experiment (CommonJS packages that `require` ES modules).
 *
 * @param {string[]} args
 * @returns {Command}
 */
export function jestCommand(args) {
  const options = `${process.env.NODE_OPTIONS ?? ''} --disable-warning=ExperimentalWarning`;
  return { ...npmTool('jest', args), env: { NODE_OPTIONS: options.trim() } };
}

/** @param {string} name @param {string} from */
function packageFolder(name, from) {
  const require = createRequire(join(from, 'package.json'));
  for (const base of require.resolve.paths(name) ?? []) {
    const folder = join(base, name);
    try {
      readFileSync(join(folder, 'package.json'));
      return folder;
    } catch {
      // Not here; Node looks further up.
    }
  }
  throw new Error(`The package ${name} is not installed: run npm ci in ${dirname(join(from, 'package.json'))}`);
}
