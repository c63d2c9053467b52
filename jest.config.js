/**
 * One Jest run over everything: `npm test` drives it, `npm test -- <pattern>` narrows it.
 */

/** What all projects share. */
const shared = {
  rootDir: import.meta.dirname,
  // Node itself loads and compiles what the tests import, once per worker.
  runtime: '<rootDir>/scripts/jest/native/runtime.mjs',
  testEnvironment: '<rootDir>/scripts/jest/native/environment.mjs',
  transform: {},
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/\\.cache/', '<rootDir>/\\.data/'],
};

export default {
  maxWorkers: 2,
  testSequencer: '<rootDir>/scripts/jest/long-first.mjs',
  // Whole servers on a real database: a slow machine may need longer than five seconds. Jest ignores this per project.
  testTimeout: 30_000,
  // What test files leave in memory stays with their modules: a worker that has run a hundred of them makes room for a new one.
  workerIdleMemoryLimit: '1GB',
  // A worker that has something left open is told of; one that is only slow to end, on a busy machine, is waited for.
  workerGracefulExitTimeout: 10_000,
  globalSetup: '<rootDir>/scripts/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/scripts/jest/global-teardown.mjs',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/libs/**/src/**/*.spec.ts', '<rootDir>/apps/api/src/**/*.spec.ts'],
    },
    {
      ...shared,
      displayName: 'scripts',
      testTimeout: 30_000,
      testMatch: ['<rootDir>/scripts/**/*.spec.mjs', '<rootDir>/docker/**/*.spec.mjs'],
    },
    { ...shared, displayName: 'web-unit', testMatch: ['<rootDir>/apps/web/src/**/*.spec.ts'] },
    { ...shared, displayName: 'api-e2e', testMatch: ['<rootDir>/apps/api/test/**/*.e2e.ts'] },
    {
      ...shared,
      displayName: 'web-e2e',
      testMatch: ['<rootDir>/apps/web/e2e/**/*.e2e.ts'],
      setupFilesAfterEnv: ['<rootDir>/scripts/jest/browser-timeout.mjs'],
    },
  ],
};
