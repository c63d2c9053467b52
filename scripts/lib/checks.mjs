import { join } from 'node:path';
import process from 'node:process';
import { run } from './run.mjs';
import { npmTool, ROOT } from './tools.mjs';

const WEB = join(ROOT, 'apps/web');

/**
 * A check that either holds or does not; it counts as one test.
 *
 * @typedef {object} Check
 * @property {string} name
 * @property {() => import('./tools.mjs').Command[]} commands run one after the other, the first failure ends the check
 * @property {string} [cwd]
 */

/** @type {readonly Check[]} */
export const CHECKS = [
  // First and alone: it writes the libraries' declarations, which the others read.
  { name: 'types: libraries and API', commands: () => [npmTool('typescript', ['-b'], 'tsc')] },
  {
    name: 'formatting',
    commands: () => [npmTool('prettier', ['--check', '--cache', '--cache-location', '.cache/prettier', '.'])],
  },
  {
    name: 'lint',
    commands: () => [npmTool('eslint', ['--max-warnings', '0', '--cache', '--cache-location', '.cache/eslint/', '.'])],
  },
  {
    name: 'allowed directions',
    commands: () => [
      npmTool('dependency-cruiser', ['--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'bench'], 'depcruise'),
    ],
  },
  {
    name: 'types: tests of the API and of the libraries',
    commands: () => [
      npmTool('typescript', ['--noEmit', '-p', 'apps/api/test'], 'tsc'),
      npmTool('typescript', ['-p', 'libs/rocketchat/tsconfig.spec.json'], 'tsc'),
    ],
  },
  { name: 'types: scripts', commands: () => [npmTool('typescript', ['-p', 'scripts'], 'tsc')] },
  {
    name: 'types: web app',
    cwd: WEB,
    commands: () => [
      { command: process.execPath, args: [join(WEB, 'scripts/prepare-types.mjs')] },
      npmTool('vue-tsc', ['--noEmit', '-p', 'tsconfig.json'], 'vue-tsc', WEB),
      npmTool('typescript', ['--noEmit', '-p', 'tsconfig.node.json'], 'tsc', WEB),
      npmTool('typescript', ['--noEmit', '-p', 'e2e'], 'tsc', WEB),
    ],
  },
];

/**
 * Runs the first check, then the others, two at a time, and prints each as it ends.
 *
 * @param {readonly Check[]} [checks]
 * @returns {Promise<import('./totals.mjs').Totals>}
 */
export async function runChecks(checks = CHECKS) {
  const [first, ...waiting] = checks;
  let failed = first === undefined || (await runCheck(first)) ? 0 : 1;
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      if (!(await runCheck(check))) failed += 1;
    }
  };
  await Promise.all([worker(), worker()]);
  return { passed: checks.length - failed, failed, skipped: 0 };
}

/** @param {Check} check @returns {Promise<boolean>} */
async function runCheck({ name, commands, cwd }) {
  const start = Date.now();
  try {
    for (const command of commands()) {
      const { code, output } = await run(command, { cwd });
      if (code !== 0) throw new Error(output.trim());
    }
  } catch (error) {
    console.log(`✗ ${name}\n${error instanceof Error ? error.message : error}\n`);
    return false;
  }
  console.log(`✓ ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  return true;
}
