import { FILES, forbiddenParts, PACKAGES, PARTS, SINGLE_USERS } from './import-direction.ts'

/** What `.oxlintrc.json` must hold. The file is written from here, since the direction of imports takes a list a part. */
export function oxlintConfig(): Record<string, unknown> {
  return {
    $schema: './node_modules/oxlint/configuration_schema.json',
    plugins: ['typescript', 'unicorn', 'oxc', 'import', 'node', 'promise'],
    categories: { correctness: 'error', suspicious: 'error' },
    options: { typeAware: true, reportUnusedDisableDirectives: 'error' },
    env: { node: true, es2024: true },
    ignorePatterns: ['node_modules', 'dist', 'coverage', '.data', 'src/web/assets'],
    rules: RULES,
    overrides: [
      ...PARTS.map((part) => partOverride(part)),
      ...SINGLE_USERS.map(({ part, file }) => partOverride(part, file)),
      ...OVERRIDES,
    ],
  }
}

const RULES = {
  'typescript/no-floating-promises': 'error',
  'typescript/no-misused-promises': 'error',
  'typescript/no-explicit-any': 'error',
  'typescript/ban-ts-comment': 'error',
  'typescript/consistent-type-imports': 'error',
  'typescript/only-throw-error': 'error',
  'eslint/no-unmodified-loop-condition': 'off', // blind to what an abort signal or a closure changes
  'promise/no-promise-in-callback': 'off',
  'import/no-cycle': 'error',
  'import/no-default-export': 'error',
  'oxc/no-barrel-file': ['error', { threshold: 0 }],
  'eslint/no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
  'eslint/max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  'eslint/eqeqeq': 'error',
  'unicorn/filename-case': ['error', { case: 'kebabCase' }],
  // these forbid what the style asks for: closures near their use, imports for their effect alone, MongoDB's _id, and
  // narrowing what an index or a filter has just established
  'unicorn/consistent-function-scoping': 'off',
  'typescript/no-unsafe-type-assertion': 'off',
  'typescript/consistent-return': 'off', // knows nothing of functions that never return; the compiler does
  'import/no-named-as-default': 'off', // the router's own documentation imports the default
  'eslint/no-underscore-dangle': 'off',
  'import/no-unassigned-import': 'off',
}

const OVERRIDES = [
  { files: ['src/**'], rules: { 'eslint/no-console': 'error', 'node/no-process-env': 'error' } },
  // main hands the environment to config, which alone reads it
  { files: ['src/config.ts', 'src/main.ts'], rules: { 'node/no-process-env': 'off' } },
  // mocha loads a reporter by its default export
  { files: ['test/support/progress-reporter.ts'], rules: { 'import/no-default-export': 'off' } },
  { files: ['test/**'], rules: { 'eslint/max-lines': 'off', 'eslint/no-unused-expressions': 'off' } },
]

function partOverride(part: string, file?: string): object {
  const isFile = FILES.includes(part)
  const parts = forbiddenParts(part).map((other) => forbidPart(part, other, isFile))
  const patterns = [...parts, ...forbiddenPackages(part), ...packagesOfOthers(part, file), FORBIDDEN_ENV]
  return {
    files: [file ?? (isFile ? `src/${part}.ts` : `src/${part}/**`)],
    rules: { 'eslint/no-restricted-imports': ['error', { patterns }] },
  }
}

function forbidPart(part: string, other: string, fromFile: boolean): object {
  const start = fromFile ? String.raw`^\./` : String.raw`^(\.\./)+`
  const end = FILES.includes(other) ? String.raw`\.ts$` : '/'
  return {
    regex: `${start}${other}${end}`,
    message: `${part} must not import ${other}: imports run one way (scripts/lint/import-direction.ts).`,
  }
}

function forbiddenPackages(part: string): object[] {
  return PACKAGES.filter(({ allowedIn }) => !allowedIn.includes(part)).map(({ pattern, reason }) => ({ regex: pattern, message: reason }))
}

function packagesOfOthers(part: string, file?: string): object[] {
  return SINGLE_USERS.filter((user) => user.part === part && user.file !== file).map(({ pattern, reason }) => ({
    regex: pattern,
    message: reason,
  }))
}

const FORBIDDEN_ENV = { group: ['node:process', 'process'], importNames: ['env'], message: 'Only config.ts reads the environment.' }
