/**
 * `npm test`: every check and every test. Goes on after a failure, so that one run tells everything, and ends with the
 * line `N passed, N failed, N skipped`.
 *
 * `npm test -- <pattern or jest options>` runs only the Jest suites that match.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { checkNodeVersion, program, Refusal, run } from './lib/run.mjs';
import { emptyGroups, jestTotals, skippedTests, sum, totalLine } from './lib/totals.mjs';

/** Every kind of suite must have run in a full run. */
const GROUPS = {
  'library unit tests': /\/libs\/[^/]+\/src\/.+\.spec\.ts$/,
  'API unit tests': /\/apps\/api\/src\/.+\.spec\.ts$/,
  'API tests': /\/apps\/api\/test\/.+\.e2e\.ts$/,
  'web unit tests': /\/apps\/web\/src\/.+\.spec\.ts$/,
  'script tests': /\/(scripts|docker)\/.+\.spec\.mjs$/,
};
const BROWSER_GROUPS = { 'browser journeys': /\/apps\/web\/e2e\/.+\.e2e\.ts$/ };

await program(async () => {
  checkNodeVersion();
  const totals = await runEverything(process.argv.slice(2));
  const total = sum(totals);
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
  console.log(`\n${totalLine(total)}`);
});

/**
 * @param {string[]} selection arguments for Jest; none: everything
 * @returns {Promise<import('./lib/totals.mjs').Totals[]>}
 */
async function runEverything(selection) {
  const { ensureInstalled } = await import('./lib/install.mjs');
  try {
    await ensureInstalled();
  } catch (error) {
    // Nothing can run without packages; the run still ends with its line.
    return [failure(error)];
  }
  const built = await buildCheck();
  if (selection.length > 0) return [built, await runJest(selection)];
  const { runChecks } = await import('./lib/checks.mjs');
  return [
    built,
    await runChecks(),
    await runJest(['--selectProjects', 'unit', 'scripts', 'web-unit', 'api-e2e'], GROUPS),
    // One at a time: two windows, a server and a database each want the machine for themselves.
    await runJest(['--selectProjects', 'web-e2e', '--maxWorkers', '1'], BROWSER_GROUPS),
  ];
}

/** @returns {Promise<import('./lib/totals.mjs').Totals>} */
async function buildCheck() {
  try {
    const { build } = await import('./lib/build.mjs');
    await build();
    console.log('✓ build');
    return { passed: 1, failed: 0, skipped: 0 };
  } catch (error) {
    return failure(error);
  }
}

/**
 * @param {string[]} args
 * @param {Readonly<Record<string, RegExp>>} [groups] kinds of suites of which at least one must have run
 * @returns {Promise<import('./lib/totals.mjs').Totals>}
 */
async function runJest(args, groups = {}) {
  const { jestCommand } = await import('./lib/tools.mjs');
  const folder = await mkdtemp(join(tmpdir(), 'besedka-report-'));
  try {
    const file = join(folder, 'report.json');
    const { code } = await run(jestCommand([...args, '--json', '--outputFile', file]), { show: true });
    /** @type {import('./lib/totals.mjs').JestReport | undefined} */
    const report = await readFile(file, 'utf8').then(JSON.parse, () => undefined);
    for (const name of skippedTests(report)) console.log(`- not run: ${name}`);
    const empty = report ? emptyGroups(report, groups) : [];
    for (const name of empty) console.log(`✗ ${name}: not a single file ran`);
    return sum([jestTotals(report, code), { passed: 0, failed: empty.length, skipped: 0 }]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {unknown} error @returns {import('./lib/totals.mjs').Totals} */
function failure(error) {
  console.log(`✗ ${error instanceof Refusal ? error.message : error instanceof Error ? error.stack : error}`);
  return { passed: 0, failed: 1, skipped: 0 };
}
