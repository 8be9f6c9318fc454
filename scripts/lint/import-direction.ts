/**
 * The only table of allowed imports within src/. A part may import parts on lower steps, never on higher ones, and parts on the same step
 * do not import each other. The local Lever (`sandbox`) and the rest of src do not import each other at all.
 */
export const STEPS: readonly (readonly string[])[] = [
  ['main'],
  ['compose'],
  ['operators'],
  ['web', 'jobs'],
  ['erasure', 'deletion'],
  ['webhooks', 'timeline', 'results', 'conversations', 'interviews', 'requisitions', 'hires'],
  ['export'],
  ['candidates', 'mapping', 'mirror'],
  ['connection'],
  ['accounts'],
  ['events', 'audit'],
  ['concurrency', 'lever', 'people', 'schema', 'secrets', 'work'],
  ['config', 'csv-cell', 'duplicate-key', 'errors', 'log', 'paging', 'trailing-slashes', 'version'],
]

export const SANDBOX = 'sandbox'

/** Parts that are a single file in src/ instead of a folder. Files on the last step may import one another. */
export const FILES: readonly string[] = [
  'main',
  'config',
  'csv-cell',
  'duplicate-key',
  'errors',
  'log',
  'paging',
  'trailing-slashes',
  'version',
]

/** Packages that stay where their objects are understood: Koa's context in web/, Agenda's jobs in jobs/. */
export const PACKAGES: readonly { readonly pattern: string; readonly allowedIn: readonly string[]; readonly reason: string }[] = [
  {
    pattern: '^(@types/)?(koa|koa-.+|@koa/.+)$',
    allowedIn: ['web', SANDBOX],
    reason: 'Koa stays in web/: hand plain values to the function that does the work.',
  },
  {
    pattern: '^(agenda|@agendajs/.+)$',
    allowedIn: ['jobs', 'compose'],
    reason: 'Agenda stays in jobs/: hand plain values to the function that does the work.',
  },
]

/** Packages that only one file within a part may import. */
export const SINGLE_USERS: readonly { readonly pattern: string; readonly part: string; readonly file: string; readonly reason: string }[] =
  [
    {
      pattern: '^@koa/router$',
      part: 'web',
      file: 'src/web/shell/mount-routes.ts',
      reason: 'Routes are mounted by mountPages and apiRouter, each with its access: a guard by path misses other spellings of the path.',
    },
  ]

/** Folders that must not import certain other folders of the same part. */
export const APART: readonly {
  readonly part: string
  readonly folder: string
  readonly from: readonly string[]
  readonly reason: string
}[] = [
  {
    part: 'web',
    folder: 'src/web/shell',
    from: ['pages', 'api'],
    reason: 'The shell serves every request and knows no page and no endpoint: app.ts hands in what it needs.',
  },
]

/** Every part of src/, the sandbox last. */
export const PARTS: readonly string[] = [...STEPS.flat(), SANDBOX]

/** The parts that `part` must not import. */
export function forbiddenParts(part: string): string[] {
  if (part === SANDBOX) return STEPS.flat()
  const step = STEPS.findIndex((parts) => parts.includes(part))
  const areFriends = step === STEPS.length - 1
  const above = STEPS.slice(0, areFriends ? step : step + 1).flat()
  return [...above.filter((other) => other !== part), SANDBOX]
}
