/** @typedef {{ passed: number, failed: number, skipped: number }} Totals */

/**
 * The part of Jest's JSON report that is counted.
 *
 * @typedef {object} JestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {number} numRuntimeErrorTestSuites
 * @property {{ name: string, status: string, assertionResults: { status: string, fullName: string }[] }[]} testResults
 */

/** @param {readonly Totals[]} list @returns {Totals} */
export function sum(list) {
  return list.reduce(
    (total, one) => ({
      passed: total.passed + one.passed,
      failed: total.failed + one.failed,
      skipped: total.skipped + one.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** The last line of every run. @param {Totals} totals */
export function totalLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Counts a run of Jest. Whatever kept tests from running is a failure: a file that does not load has no tests to report,
 * and a run that ended badly without a single failed test (no report, a broken set-up) counts as one.
 *
 * @param {JestReport | undefined} report undefined when Jest wrote none
 * @param {number} exitCode
 * @returns {Totals}
 */
export function jestTotals(report, exitCode) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * Cuts files out of a report, for files that are run once more: only what remains counts, and the second run.
 *
 * @param {JestReport} report
 * @param {readonly string[]} files absolute paths
 * @returns {{ rest: JestReport, failed: boolean }} `failed`: what was cut out is a reason for Jest to have ended badly
 */
export function withoutFiles(report, files) {
  const testResults = report.testResults.filter(({ name }) => !files.includes(name));
  const cut = report.testResults.filter(({ name }) => files.includes(name));
  /** @param {...string} statuses */
  const count = (...statuses) =>
    cut.flatMap((file) => file.assertionResults).filter(({ status }) => statuses.includes(status)).length;
  const broken = cut.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  const rest = {
    ...report,
    testResults,
    numPassedTests: report.numPassedTests - count('passed'),
    numFailedTests: report.numFailedTests - count('failed'),
    numPendingTests: report.numPendingTests - count('pending'),
    numTodoTests: report.numTodoTests - count('todo'),
    numRuntimeErrorTestSuites: report.numRuntimeErrorTestSuites - broken,
  };
  return { rest, failed: cut.some(({ status }) => status === 'failed') };
}

/** @param {JestReport} report @returns {string[]} full names of the tests that were not run */
export function skippedTests(report) {
  return report.testResults.flatMap((file) =>
    file.assertionResults
      .filter(
        ({ status }) => status === 'pending' || status === 'todo' || status === 'skipped' || status === 'disabled',
      )
      .map(({ fullName }) => fullName),
  );
}

/**
 * Groups of suites of which not a single file ran: a renamed folder or a broken pattern must not look like success.
 *
 * @param {readonly Pick<JestReport, 'testResults'>[]} reports
 * @param {Readonly<Record<string, RegExp>>} groups name → what a path of the group looks like, with forward slashes
 * @returns {string[]}
 */
export function emptyGroups(reports, groups) {
  const paths = reports.flatMap(({ testResults }) => testResults).map(({ name }) => name.replaceAll('\\', '/'));
  return Object.entries(groups)
    .filter(([, pattern]) => !paths.some((path) => pattern.test(path)))
    .map(([name]) => name);
}
