import { readFile } from 'node:fs/promises'

export interface FailedStart {
  readonly dbPath: string
  readonly logFile: string
  readonly version: string
  readonly exit: string
}

const EXPLANATIONS: readonly (readonly [sign: RegExp, explain: (failed: FailedStart) => string])[] = [
  [
    /No space left on device|"code":28\b|ENOSPC/,
    ({ dbPath }) => `the disk of ${dbPath} is full: free some space, or set DATA_DIR to a folder on another disk.`,
  ],
  [
    /featureCompatibilityVersion|unsupported WiredTiger file version|WT_TRY_SALVAGE: .*version|Wrong mongod version|newer version of (?:WiredTiger|MongoDB)|IncompatibleServerVersion/i,
    ({ dbPath, version }) =>
      `the data in ${dbPath} was written by a MongoDB other than ${version}, which cannot read it: set MONGOMS_SYSTEM_BINARY to a matching mongod, or set DATA_DIR to a new folder.`,
  ],
  [
    /Permission denied|"code":13\b|Operation not permitted|EACCES|Attempted to create a lock file on a read-only/i,
    ({ dbPath }) =>
      `files in ${dbPath} cannot be written by this user: give the user write access (was it once started as another user?), or set DATA_DIR to another folder.`,
  ],
  [
    /DBPathInUse|Unable to lock the lock file/i,
    ({ dbPath }) => `another mongod already uses ${dbPath}: stop it, or set DATA_DIR to another folder.`,
  ],
]

/** Explains an early exit of mongod to the operator, from its log. */
export async function explainFailedStart(failed: FailedStart): Promise<string> {
  const log = await lastRun(failed.logFile)
  const explained = EXPLANATIONS.find(([sign]) => sign.test(log))
  const meaning = explained ? explained[1](failed) : `it ended with ${failed.exit}${lastComplaint(log)}`
  return `MongoDB ${failed.version} does not start: ${meaning} Its log: ${failed.logFile}`
}

/** Only errors and warnings: harmless lines name the feature compatibility version too. */
async function lastRun(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '')
  const lines = text.slice(-200_000).split('\n')
  const start = lines.findLastIndex(
    (line) => line.includes('SERVER RESTARTED') || line.includes('"id":4615611') || line.includes('MongoDB starting'),
  )
  return lines
    .slice(Math.max(0, start))
    .filter((line) => !/"s":"[ID]\d?"/.test(line))
    .join('\n')
}

function lastComplaint(log: string): string {
  const last = log.split('\n').findLast((line) => /"s":"[FE]"/.test(line))
  const message = last && /"msg":"([^"]*)"/.exec(last)?.[1]
  return message ? ` (${message}).` : '.'
}
