import type { ObjectId } from 'mongodb'
import { groupBy } from './group-by.ts'
import type { LeverRequest } from './lever-log.ts'
import { BURST, PER_SECOND } from './times.ts'

/** A violated invariant, and what it is about. */
export interface Breach {
  what: 'double' | 'lost' | 'performed as another' | 'note' | 'batch' | 'budget' | 'answer'
  ids: string[]
  detail: string
}

export interface ExportRecord {
  _id: ObjectId
  status: string
  candidate: ObjectId
  performAs: { leverUserId: string }
  madeOpportunityId?: string
  opportunityId: string | null
  duplicateOf: string | null
  error: { code: string; detail: string } | null
  note: { status: string; noteId: string | null } | null
}

export interface LeverRecord {
  id: string
  emails: string[]
  sources: string[]
}

export interface Evidence {
  exports: readonly ExportRecord[]
  /** Accepted exports. */
  accepted: ReadonlySet<string>
  /** Only those with our sources. */
  opportunities: readonly LeverRecord[]
  /** How many notes each of them has. */
  notes: ReadonlyMap<string, number>
  requests: readonly LeverRequest[]
}

const ENDED = new Set(['exported', 'duplicate', 'canceled'])

/** Checks that each export that made an opportunity made exactly one, and that no opportunity has no export. */
export function findDoubles({ exports, opportunities }: Evidence): Breach[] {
  const makers = groupBy(
    exports.filter(({ madeOpportunityId }) => madeOpportunityId !== undefined),
    ({ madeOpportunityId }) => madeOpportunityId ?? '',
  )
  const strays = opportunities.filter(({ id }) => makers.get(id)?.length !== 1)
  return strays.map(({ id, emails }) => ({
    what: 'double',
    ids: [id, ...(makers.get(id) ?? []).map(({ _id }) => String(_id))],
    detail: `the opportunity of ${emails.join(', ')} has ${makers.get(id)?.length ?? 0} exports that made it`,
  }))
}

/** Checks that each accepted export exists, has ended in an allowed way, and has a matching record in Lever. */
export function findLost({ exports, accepted, opportunities }: Evidence): Breach[] {
  const known = new Set(exports.map(({ _id }) => String(_id)))
  const inLever = new Set(opportunities.map(({ id }) => id))
  const gone = [...accepted].filter((id) => !known.has(id)).map((id) => breach('lost', id, 'was accepted and is not there'))
  const stuck = exports
    .filter(({ status }) => !ENDED.has(status))
    .map(({ _id, status, error }) => breach('lost', String(_id), `is ${status}: ${error?.code ?? 'not ended'} ${error?.detail ?? ''}`))
  const empty = exports
    .filter(
      ({ status, opportunityId, duplicateOf }) =>
        (status === 'exported' || status === 'duplicate') && !inLever.has(opportunityId ?? duplicateOf ?? ''),
    ) // prettier-ignore
    .map(({ _id, status, opportunityId }) => breach('lost', String(_id), `is ${status} as ${opportunityId}, which Lever does not have`))
  return [...gone, ...stuck, ...empty]
}

/** Checks that every creation that took effect was made as the mapped user of its requester. */
export function findImpostors({ exports, requests }: Evidence): Breach[] {
  const made = new Map(exports.map((one) => [one.madeOpportunityId, one]))
  return requests.flatMap(({ method, path, effectId, query }) => {
    const maker = method === 'POST' && path === '/opportunities' && effectId ? made.get(effectId) : undefined
    if (!maker || query['perform_as'] === maker.performAs.leverUserId) return []
    return [breach('performed as another', String(maker._id), `as ${String(query['perform_as'])}, not ${maker.performAs.leverUserId}`)]
  })
}

/** Checks that each requested note is written exactly once. */
export function findNotes({ exports, notes }: Evidence): Breach[] {
  return exports.flatMap(({ _id, note, status, opportunityId }) => {
    if (!note || status !== 'exported') return []
    const count = notes.get(opportunityId ?? '') ?? 0
    return note.status === 'written' && count === 1 ? [] : [breach('note', String(_id), `its note is ${note.status}, ${count} in Lever`)]
  })
}

/** Windows that allow for late requests: on a busy machine, simultaneous ones arrive together. */
const WINDOWS_MS = [1000, 5000, 20_000] as const
const LATE_MS = 1000

export interface BudgetUse {
  windowMs: number
  most: number
  allowed: number
}

/** Returns the most requests of any credential in each window. */
export function budgetUse(requests: readonly LeverRequest[]): BudgetUse[] {
  const byCredential = groupBy(requests, ({ credential }) => credential)
  byCredential.delete(null) // a fault hit it before Lever identified the caller
  return WINDOWS_MS.map((windowMs) => {
    const most = Math.max(0, ...[...byCredential.values()].map((own) => mostWithin(own.map(({ at }) => at), windowMs))) // prettier-ignore
    return { windowMs, most, allowed: Math.ceil(BURST + (PER_SECOND * (windowMs + LATE_MS)) / 1000) }
  })
}

export function findOverspending(uses: readonly BudgetUse[]): Breach[] {
  return uses
    .filter(({ most, allowed }) => most > allowed)
    .map(({ windowMs, most, allowed }) => ({ what: 'budget', ids: [], detail: `${most} requests within ${windowMs} ms, of ${allowed}` }))
}

function mostWithin(times: readonly number[], windowMs: number): number {
  let [most, first] = [0, 0]
  for (const [last, time] of times.entries()) {
    while (time - (times[first] ?? time) >= windowMs) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}

function breach(what: Breach['what'], id: string, detail: string): Breach {
  return { what, ids: [id], detail }
}
