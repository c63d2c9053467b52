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
 * @property {{ name: string, assertionResults: { status: string, fullName: string }[] }[]} testResults
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

/** @param {JestReport | undefined} report @returns {string[]} full names of the tests that were not run */
export function skippedTests(report) {
  return (report?.testResults ?? []).flatMap((file) =>
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
 * @param {JestReport | undefined} report
 * @param {Readonly<Record<string, RegExp>>} groups name → what a path of the group looks like, with forward slashes
 * @returns {string[]}
 */
export function emptyGroups(report, groups) {
  const paths = (report?.testResults ?? []).map(({ name }) => name.replaceAll('\\', '/'));
  return Object.entries(groups)
    .filter(([, pattern]) => !paths.some((path) => pattern.test(path)))
    .map(([name]) => name);
}
