import type { OxlintOverride } from 'oxlint'
import { APART, FILES, forbiddenParts, PACKAGES, PARTS, SINGLE_USERS } from './import-direction.ts'

/** Returns the forbidden imports of each part of src/, as overrides of oxlint's configuration. */
export function importRules(): OxlintOverride[] {
  return [
    ...PARTS.map((part) => partOverride(part)),
    ...APART.map(({ part, folder, from, reason }) => partOverride(part, { files: `${folder}/**`, extra: foldersApart(from, reason) })),
    ...SINGLE_USERS.map(({ part, file }) => partOverride(part, { files: file, mayUse: file })),
  ]
}

interface Within {
  files: string
  /** A file that may use the packages reserved for it. */
  mayUse?: string
  extra?: object[]
}

function partOverride(part: string, within?: Within): OxlintOverride {
  const isFile = FILES.includes(part)
  const parts = forbiddenParts(part).map((other) => forbidPart(part, other, isFile))
  const patterns = [
    ...parts,
    ...forbiddenPackages(part),
    ...packagesOfOthers(part, within?.mayUse),
    FORBIDDEN_ENV,
    ...(within?.extra ?? []),
  ]
  return {
    files: [within?.files ?? (isFile ? `src/${part}.ts` : `src/${part}/**`)],
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

function foldersApart(folders: readonly string[], reason: string): object[] {
  return folders.map((folder) => ({ regex: String.raw`^(\.\./)+${folder}/`, message: reason }))
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
