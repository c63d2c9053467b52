/**
 * `npm test`: every check and every test. Goes on after a failure, so that one run tells everything, and ends with the
 * line `N passed, N failed, N skipped`.
 *
 * `npm test -- <pattern or jest options>` runs only the Jest suites that match.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import process from 'node:process';
import { checkNodeVersion, program, Refusal, run } from './lib/run.mjs';
import { emptyGroups, jestTotals, skippedTests, sum, totalLine, withoutFiles } from './lib/totals.mjs';
import { ROOT } from './lib/tools.mjs';

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
    await runJest(['--selectProjects', 'web-e2e'], BROWSER_GROUPS),
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
  const first = await jest(args);
  // A narrowed run is somebody's who looks at it.
  const runs = groups === BROWSER_GROUPS ? [first, ...(await repeatCrashed(first, args))] : [first];
  const reports = runs.flatMap(({ report }) => report ?? []);
  for (const name of reports.flatMap(skippedTests)) console.log(`- not run: ${name}`);
  const empty = reports.length > 0 ? emptyGroups(reports, groups) : [];
  for (const name of empty) console.log(`✗ ${name}: not a single file ran`);
  return sum([
    ...runs.map(({ report, code }) => jestTotals(report, code)),
    { passed: 0, failed: empty.length, skipped: 0 },
  ]);
}

/**
 * Runs the files during which the browser itself crashed once more: that says nothing about the product. Only their second run
 * counts. A test that fails in a living browser is never repeated.
 *
 * @param {JestRun} first loses what is run once more
 * @param {string[]} args
 * @returns {Promise<JestRun[]>}
 */
async function repeatCrashed(first, args) {
  if (!first.report || first.crashes.length === 0) return [];
  for (const { file, test } of first.crashes) {
    console.log(`! the browser crashed during "${test}"; ${relative(ROOT, file)} runs once more`);
  }
  const files = [...new Set(first.crashes.map(({ file }) => file))];
  const { rest, failed } = withoutFiles(first.report, files);
  first.report = rest;
  if (failed && rest.numFailedTests + rest.numRuntimeErrorTestSuites === 0) first.code = 0;
  return [await jest([...args, '--runTestsByPath', ...files])];
}

/**
 * One run of Jest.
 *
 * @typedef {object} JestRun
 * @property {number} code
 * @property {import('./lib/totals.mjs').JestReport} [report] missing when Jest has written none
 * @property {{ file: string, test: string }[]} crashes of browsers, told by `useApp` of the journeys
 */

/** @param {string[]} args @returns {Promise<JestRun>} */
async function jest(args) {
  const { jestCommand } = await import('./lib/tools.mjs');
  const folder = await mkdtemp(join(tmpdir(), 'besedka-report-'));
  try {
    const file = join(folder, 'report.json');
    const notes = join(folder, 'browser-crashes');
    const command = jestCommand([...args, '--json', '--outputFile', file]);
    const { code } = await run(command, { show: true, env: { TEST_BROWSER_CRASHES: notes } });
    /** @type {import('./lib/totals.mjs').JestReport | undefined} */
    const report = await readFile(file, 'utf8').then(JSON.parse, () => undefined);
    const lines = await readFile(notes, 'utf8').then(
      (text) => text.split('\n'),
      () => [],
    );
    return { code, report, crashes: lines.filter((line) => line !== '').map((line) => JSON.parse(line)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {unknown} error @returns {import('./lib/totals.mjs').Totals} */
function failure(error) {
  console.log(`✗ ${error instanceof Refusal ? error.message : error instanceof Error ? error.stack : error}`);
  return { passed: 0, failed: 1, skipped: 0 };
}
