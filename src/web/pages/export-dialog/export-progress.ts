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

/** `<candidate>.<export>`, or `<candidate>.<code>` of a refusal. */
const Pair = z
  .string()
  .regex(/^\w{1,100}\.\w{1,100}$/)
  .transform((pair) => pair.split('.', 2) as [string, string])
const Pairs = z.union([Pair.transform((pair) => [pair]), z.array(Pair).max(MOST_LINES)]).optional()

/** The address of a progress, as `progressAddress` makes it. `seen` is what its reader shows already. */
export const ProgressQuery = z.object({
  export: Pairs,
  known: Pairs,
  refused: Pairs,
  seen: z.string().max(100).optional(),
})
export type ProgressQuery = z.output<typeof ProgressQuery>

export interface ProgressLine {
  candidateId: string
  /** Null for a candidate that is not here any more. */
  name: string | null
  /** Null for a refused one, and for one that is not this person's to see. */
  export: ExportView | null
  isNew: boolean
  /** Code of why it was not begun. */
  refused: string | null
}

export interface Progress {
  lines: ProgressLine[]
  /** Ended, well or not. */
  done: number
  exported: number
  isFinished: boolean
}

export interface ProgressDeps {
  exports: Pick<Exports, 'list'>
  candidates: Pick<Candidates, 'findMany'>
}

/** How far the named exports are, a line for each person, as far as this person may see them. */
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
