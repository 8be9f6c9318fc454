import { z } from 'zod'
import { clearanceOf } from '../../../accounts/clearance.ts'
import type { PersonCaller } from '../../../accounts/caller.ts'
import type { Candidates } from '../../../candidates/candidates.ts'
import type { ExportView } from '../../../export/export-view.ts'
import type { Exports } from '../../../export/exports.ts'
import { ownOf } from '../exports/export-own.ts'
import { isOpen } from '../exports/export-status.tsx'

/** More would not fit into an address. */
const MOST_LINES = 100

/** `<candidate>.<export>`, or `<candidate>.<code>` if it was refused. */
const Pair = z
  .string()
  .regex(/^\w{1,100}\.\w{1,100}$/)
  .transform((pair) => pair.split('.', 2) as [string, string])
const Pairs = z.union([Pair.transform((pair) => [pair]), z.array(Pair).max(MOST_LINES)]).optional()

/**
 * The address of a progress page, made by `progressAddress`. `seen` is the fingerprint of what the reader already sees.
 */
export const ProgressQuery = z.object({
  export: Pairs,
  known: Pairs,
  refused: Pairs,
  seen: z.string().max(100).optional(),
})
export type ProgressQuery = z.output<typeof ProgressQuery>

export interface ProgressLine {
  candidateId: string
  /** Null for a deleted candidate. */
  name: string | null
  /** Null if it was refused, or if this person may not see it. */
  export: ExportView | null
  isNew: boolean
  /** The code of the refusal. */
  refused: string | null
}

export interface Progress {
  lines: ProgressLine[]
  /** Ended, successfully or not. */
  done: number
  exported: number
  isFinished: boolean
}

export interface ProgressDeps {
  exports: Pick<Exports, 'list'>
  candidates: Pick<Candidates, 'findMany'>
}

/** Resolves to the progress of the named exports that this person may see, with one line per candidate. */
export async function readProgress(person: PersonCaller, query: ProgressQuery, deps: ProgressDeps): Promise<Progress> {
  const { organization } = person
  const begun = [
    ...(query.export ?? []).map((pair) => ({ pair, isNew: true })),
    ...(query.known ?? []).map((pair) => ({ pair, isNew: false })),
  ]
  const requestedBy = ownOf(person)
  const clearance = clearanceOf(person)
  const ids = begun.map(({ pair: [, id] }) => id)
  const candidateIds = [...begun.map(({ pair }) => pair), ...(query.refused ?? [])].map(([id]) => id)
  const [{ data }, candidates] = await Promise.all([
    deps.exports.list(organization, { ids, requestedBy }, clearance, { limit: 2 * MOST_LINES }),
    deps.candidates.findMany(organization, candidateIds, clearance),
  ])
  const names = new Map(candidates.map(({ id, name }) => [id, name]))
  const byId = new Map(data.map((view) => [view.id, view]))
  const lines = [
    ...begun.map(({ pair: [candidateId, id], isNew }): ProgressLine => {
      const view = byId.get(id) ?? null
      return { candidateId, name: names.get(view?.candidateId ?? candidateId) ?? null, export: view, isNew, refused: null }
    }),
    ...(query.refused ?? []).map(([candidateId, code]): ProgressLine => {
      return { candidateId, name: names.get(candidateId) ?? null, export: null, isNew: false, refused: code }
    }),
  ]
  const open = lines.filter((line) => line.export !== null && isOpen(line.export)).length
  const exported = lines.filter((line) => line.export?.status === 'exported').length
  return { lines, done: lines.length - open, exported, isFinished: open === 0 }
}
