import { emptyGroups, jestTotals, skippedTests, sum, totalLine, withoutFiles } from './totals.mjs';

/** @param {Partial<import('./totals.mjs').JestReport>} [values] */
const report = (values = {}) => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  testResults: [],
  ...values,
});

describe('the total line', () => {
  it('adds up all suites', () => {
    const total = sum([
      { passed: 2, failed: 0, skipped: 1 },
      { passed: 3, failed: 1, skipped: 0 },
    ]);
    expect(totalLine(total)).toBe('5 passed, 1 failed, 1 skipped');
    expect(totalLine(sum([]))).toBe('0 passed, 0 failed, 0 skipped');
  });

  it('counts tests left out and tests to be written as skipped', () => {
    const counted = jestTotals(report({ numPassedTests: 4, numPendingTests: 1, numTodoTests: 2 }), 0);
    expect(counted).toEqual({ passed: 4, failed: 0, skipped: 3 });
  });

  it('counts a file that does not load as a failure', () => {
    const counted = jestTotals(report({ numPassedTests: 4, numFailedTests: 1, numRuntimeErrorTestSuites: 2 }), 1);
    expect(counted.failed).toBe(3);
  });

  it('is never green when Jest was not', () => {
    expect(jestTotals(undefined, 0).failed).toBe(1);
    expect(jestTotals(report({ numPassedTests: 4 }), 1).failed).toBe(1);
  });

  it('names what was not run', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'a' },
      { status: 'pending', fullName: 'b' },
      { status: 'todo', fullName: 'c' },
    ];
    expect(skippedTests(report({ testResults: [{ name: '/x.spec.ts', status: 'passed', assertionResults }] }))).toEqual(
      ['b', 'c'],
    );
  });

  it('notices a kind of suite of which nothing ran, on Windows paths too', () => {
    const testResults = [
      { name: 'C:\\besedka\\libs\\contracts\\src\\x.spec.ts', status: 'passed', assertionResults: [] },
    ];
    const groups = { libraries: /\/libs\/.+\.spec\.ts$/, browsers: /\/apps\/web\/e2e\// };
    expect(emptyGroups([report({ testResults })], groups)).toEqual(['browsers']);
  });

  describe('of a run in which some files are run once more', () => {
    /** @param {string[]} statuses */
    const tests = (...statuses) => statuses.map((status, n) => ({ status, fullName: `${status} ${n}` }));
    const first = report({
      numPassedTests: 5,
      numFailedTests: 3,
      numPendingTests: 2,
      numTodoTests: 1,
      numRuntimeErrorTestSuites: 1,
      testResults: [
        {
          name: '/crashed.ts',
          status: 'failed',
          assertionResults: tests('passed', 'failed', 'failed', 'pending', 'todo'),
        },
        { name: '/broken.ts', status: 'failed', assertionResults: [] },
        {
          name: '/other.ts',
          status: 'failed',
          assertionResults: tests('passed', 'passed', 'passed', 'failed', 'pending'),
        },
        { name: '/good.ts', status: 'passed', assertionResults: tests('passed') },
      ],
    });

    it('leaves out their first run, and nothing else', () => {
      const { rest, failed } = withoutFiles(first, ['/crashed.ts', '/broken.ts']);
      expect(failed).toBe(true);
      expect(rest.testResults.map(({ name }) => name)).toEqual(['/other.ts', '/good.ts']);
      expect(jestTotals(rest, 0)).toEqual({ passed: 4, failed: 1, skipped: 1 });
    });

    it('knows when they are no reason for a bad end', () => {
      expect(withoutFiles(first, ['/good.ts']).failed).toBe(false);
    });
  });
});
