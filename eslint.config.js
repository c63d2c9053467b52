import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import vue from 'eslint-plugin-vue';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import vueParser from 'vue-eslint-parser';

/** Suites are told apart by their names. */
const TESTS = [
  '**/*.spec.{ts,mjs}',
  '**/*.e2e.ts',
  'apps/api/test/**',
  'apps/web/e2e/**',
  'libs/testing/**',
  'libs/rocketchat/src/testing/**',
];

const NO_ENVIRONMENT = [
  'error',
  {
    object: 'process',
    property: 'env',
    message: 'The environment is read in apps/api/src/config only: ask the configuration.',
  },
];

/** A focused test silently leaves out all the others. */
const FOCUSED_TESTS = [
  {
    selector: "MemberExpression[object.name=/^(describe|it|test)$/][property.name='only']",
    message: 'A focused test.',
  },
  { selector: 'CallExpression[callee.name=/^(fdescribe|fit|xdescribe|xit|xtest)$/]', message: 'A focused test.' },
];

/** Counts directives such as `eslint-disable` without a reason; ESLint itself only reports useless ones. */
const reasons = {
  rules: {
    'describe-suppressions': {
      create(context) {
        return {
          Program() {
            for (const comment of context.sourceCode.getAllComments()) {
              const directive = /^\s*(eslint-disable(?:-next-line|-line)?|prettier-ignore|v8 ignore)\b(.*)/s.exec(
                comment.value,
              );
              if (directive && !/(?:--|:)\s*\S{3}/.test(directive[2])) {
                context.report({ loc: comment.loc, message: `Say after "--" why ${directive[1]} is needed.` });
              }
            }
          },
        };
      },
    },
  },
};

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '.cache/', '.data/', 'coverage/', '**/*.d.ts'] },
  js.configs.recommended,
  tseslint.configs.strict,
  tseslint.configs.stylistic,
  vue.configs['flat/recommended'],
  {
    plugins: { besedka: reasons },
    languageOptions: { globals: globals.node },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'besedka/describe-suppressions': 'error',
      'no-restricted-properties': NO_ENVIRONMENT,
      'no-restricted-syntax': ['error', ...FOCUSED_TESTS],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      // Modules and value holders of NestJS are classes by design.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/ban-ts-comment': [
        'error',
        {
          minimumDescriptionLength: 10,
          'ts-expect-error': 'allow-with-description',
          'ts-ignore': true,
          'ts-nocheck': true,
        },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-definitions': 'off',
      // Event maps begin empty and are filled by the modules through declaration merging.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'always' }],
      // Characters written as escapes are meant one by one.
      'no-misleading-character-class': ['error', { allowEscape: true }],
      // With `noUncheckedIndexedAccess` this is how an index that is known to be in range is said.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `void | Promise<void>` is how a handler says that it may be asynchronous.
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  {
    files: ['apps/web/{src,e2e,public}/**', 'libs/rocketchat/src/testing/page/**'],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['**/*.vue'],
    languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser, sourceType: 'module' } },
    rules: {
      'vue/no-v-html': 'error',
      'vue/multi-word-component-names': 'off',
      // TypeScript's own optional properties say it better.
      'vue/require-default-prop': 'off',
      // The compiler knows the names; the linter would need types.
      'no-undef': 'off',
    },
  },
  {
    files: ['apps/api/**'],
    ignores: ['apps/api/src/common/http/answers.decorator.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          name: '@nestjs/common',
          importNames: ['SerializeOptions'],
          message: 'By itself it checks nothing: say @Answers(schema).',
        },
      ],
    },
  },
  {
    // The sole readers of the environment, and what runs outside the product.
    files: [
      'apps/api/src/config/**',
      'apps/api/src/main.ts',
      'apps/api/src/cli/main.ts',
      'apps/web/vite.config.ts',
      'apps/web/build/**',
      'scripts/**',
      'bench/**',
      'docker/**',
      ...TESTS,
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // Programs for the terminal speak to it.
    files: ['scripts/**', 'bench/**', 'docker/**', 'apps/web/scripts/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: TESTS,
    languageOptions: { globals: globals.jest },
    rules: { '@typescript-eslint/no-extraneous-class': 'off' },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  prettier,
);
