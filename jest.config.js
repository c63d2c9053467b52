/**
 * One Jest run over everything: `npm test` drives it, `npm test -- <pattern>` narrows it.
 *
 * Sources are ES modules with decorators, so Node must run with `--experimental-vm-modules`
 * (`scripts/test.mjs` and `scripts/jest.mjs` set it; plain `npx jest` does not).
 */

/** SWC compiles what `tsc` compiles, with the same decorator and class-field meaning, and does not check types. */
const swc = [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
      target: 'es2022',
      keepClassNames: true,
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

/**
 * ES-module packages that CommonJS packages `require`. Node does that by itself, Jest only from Node 24.9 on, so they
 * are compiled to whichever form the importer asks for. `light-my-request` (Fastify's `inject`) requires `cookie`,
 * `@fastify/static` requires `content-disposition`.
 */
const requiredEsModules = ['cookie', 'content-disposition'];

/** What all projects share. */
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': swc,
    [`/node_modules/(?:${requiredEsModules.join('|')})/.+\\.js$`]: ['@swc/jest', { jsc: { target: 'es2022' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:${requiredEsModules.join('|')})/)`],
  extensionsToTreatAsEsm: ['.ts'],
  // `.js` comes first: the mapper below strips the suffix from relative imports, and inside node_modules
  // the JavaScript file must win over a TypeScript file shipped beside it.
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  moduleNameMapper: {
    '^@besedka/contracts$': '<rootDir>/libs/contracts/src/index.ts',
    '^@besedka/contracts/(.*)$': '<rootDir>/libs/contracts/src/$1.ts',
    '^@besedka/rocketchat$': '<rootDir>/libs/rocketchat/src/index.ts',
    '^@besedka/rocketchat/testing$': '<rootDir>/libs/rocketchat/src/testing/index.ts',
    '^@besedka/testing/(.*)$': '<rootDir>/libs/testing/src/$1.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/\\.cache/', '<rootDir>/\\.data/'],
};

export default {
  maxWorkers: 2,
  // Whole servers on a real database: a slow machine may need longer than five seconds. Jest ignores this per project.
  testTimeout: 30_000,
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
