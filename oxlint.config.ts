/** The rules of `npm run lint`. Node 20 cannot load this file directly: `node --import tsx node_modules/oxlint/bin/oxlint PATH`. */
import { defineConfig } from 'oxlint'
import { importRules } from './scripts/lint/import-rules.ts'

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'node', 'promise'],
  categories: { correctness: 'error', suspicious: 'error' },
  options: { typeAware: true, reportUnusedDisableDirectives: 'error' },
  env: { node: true, es2024: true },
  ignorePatterns: ['node_modules', 'dist', 'coverage', '.data', 'src/web/assets'],
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/only-throw-error': 'error',
    'eslint/no-unmodified-loop-condition': 'off', // ignores changes by an abort signal or a closure
    'promise/no-promise-in-callback': 'off',
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'error',
    'oxc/no-barrel-file': ['error', { threshold: 0 }],
    'eslint/no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
    'eslint/max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    'eslint/eqeqeq': 'error',
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    // these forbid what the style asks for: closures near their use, imports for their side effect, MongoDB's _id, and narrowing right
    // after an index or a filter has established the type
    'unicorn/consistent-function-scoping': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/consistent-return': 'off', // ignores functions that never return; the compiler checks this
    'import/no-named-as-default': 'off', // the router's own documentation imports the default
    'eslint/no-underscore-dangle': 'off',
    'import/no-unassigned-import': 'off',
  },
  overrides: [
    ...importRules(),
    { files: ['src/**'], rules: { 'eslint/no-console': 'error', 'node/no-process-env': 'error' } },
    // main passes the environment to config, its only reader
    { files: ['src/config.ts', 'src/main.ts'], rules: { 'node/no-process-env': 'off' } },
    // mocha and oxlint load these by their default exports
    { files: ['test/support/progress-reporter.ts', 'oxlint.config.ts'], rules: { 'import/no-default-export': 'off' } },
    { files: ['test/**'], rules: { 'eslint/max-lines': 'off', 'eslint/no-unused-expressions': 'off' } },
  ],
})
