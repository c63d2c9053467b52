/**
 * The allowed directions between folders; each rule says why.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle is a design question, answered by an event or a port.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'contracts-import-nothing-of-ours',
      comment: 'Contracts are the ground that both sides stand on.',
      severity: 'error',
      from: { path: '^libs/contracts/' },
      to: { path: '^(apps|libs|bench|scripts)/', pathNot: '^libs/contracts/' },
    },
    {
      name: 'rocketchat-imports-only-contracts',
      comment: 'The bridge to a foreign server stands alone: it can be used and tested without the portal.',
      severity: 'error',
      from: { path: '^libs/rocketchat/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(apps|libs|bench|scripts)/', pathNot: '^libs/(rocketchat|contracts)/' },
    },
    {
      name: 'libs-do-not-import-apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|bench)/' },
    },
    {
      name: 'web-imports-only-contracts',
      comment: 'The browser shares types and schemas with the server, never code.',
      severity: 'error',
      from: { path: '^apps/web/(src|build)/' },
      to: { path: '^(apps|libs|bench|scripts)/', pathNot: '^(apps/web|libs/contracts)/' },
    },
    {
      name: 'web-features-are-neighbours',
      comment: 'The shared part of the web app knows no feature; the shell (app/) puts features together.',
      severity: 'error',
      from: { path: '^apps/web/src/shared/' },
      to: { path: '^apps/web/src/(features|app)/' },
    },
    {
      name: 'api-does-not-import-web',
      severity: 'error',
      from: { path: '^apps/api/' },
      to: { path: '^(apps/web|bench)/' },
    },
    {
      name: 'product-does-not-import-tests',
      severity: 'error',
      from: {
        path: ['^apps/[^/]+/src/', '^libs/'],
        pathNot: ['^libs/testing/', '^libs/rocketchat/src/testing/', '\\.spec\\.ts$'],
      },
      to: {
        path: ['^libs/testing/', '^libs/rocketchat/src/testing/', '^apps/[^/]+/(test|e2e)/', '\\.(spec|e2e)\\.ts$'],
      },
    },
    {
      name: 'entities-and-repositories-are-private',
      comment: 'Another module calls the service that the owner exports, or listens to its events.',
      severity: 'error',
      from: { path: '^apps/api/src/modules/([^/]+)/' },
      to: {
        path: ['^apps/api/src/modules/.+/entities/', '^apps/api/src/modules/.+\\.(entity|repository)\\.ts$'],
        pathNot: '^apps/api/src/modules/$1/',
      },
    },
    {
      name: 'handlers-go-through-services',
      comment: 'Controller and gateway → service → repository or port.',
      severity: 'error',
      from: { path: '^apps/api/src/modules/.+\\.(controller|gateway)\\.ts$' },
      to: { path: ['^apps/api/src/modules/.+/entities/', '^apps/api/src/modules/.+\\.(entity|repository)\\.ts$'] },
    },
    {
      name: 'ground-does-not-know-modules',
      comment: 'common/ and config/ serve every module and know none.',
      severity: 'error',
      from: { path: '^apps/api/src/(common|config)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^apps/api/src/modules/' },
    },
    {
      name: 'no-barrels-in-modules',
      comment: 'An index file hides who uses what, and makes cycles.',
      severity: 'error',
      from: {},
      to: { path: '^apps/api/src/modules/.+/index\\.ts$' },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: {
        couldNotResolve: true,
        // Vite makes these: virtual modules, icons and the build-time theme.
        pathNot: '^(virtual:|#build/|~lucide/)',
      },
    },
    {
      name: 'declared-packages-only',
      comment: 'What is used is listed in a package.json, or it is gone one day.',
      severity: 'error',
      from: { path: '^(apps|libs|bench)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/\\.cache|\\.nuxt-ui)/' },
    combinedDependencies: true,
    tsPreCompilationDeps: true,
    // Only its paths matter here: our packages are followed to their sources, built or not.
    tsConfig: { fileName: 'scripts/dependency-cruiser.tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
