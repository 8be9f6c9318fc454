import { createCalls } from '../tour/calls.ts'
import {
  budgetUse,
  findDoubles,
  findImpostors,
  findLost,
  findNotes,
  findOverspending,
  type Breach,
  type Evidence,
  type ExportRecord,
  type LeverRecord,
} from './invariants.ts'
import type { LeverRequest } from './lever-log.ts'
import type { Stage } from './stage.ts'
import type { Asked } from './wishes.ts'

/** Collects the state of Lever and of the database, once everything requested has ended. */
export async function gather({ db, control, organizations }: Stage, asked: Asked, requests: LeverRequest[]): Promise<Evidence> {
  const exports = await db.collection<ExportRecord>('exports').find().toArray()
  const sources = new Set(organizations.map(({ source }) => source))
  const { data } = await control.get<{ data: LeverRecord[] }>('opportunities')
  const notes = new Map<string, number>()
  for (const { note, opportunityId } of exports)
    if (note && opportunityId)
      notes.set(opportunityId, (await control.get<{ notes: unknown[] }>(`state?opportunity=${opportunityId}`)).notes.length)
  const opportunities = data.filter((one) => one.sources.some((source) => sources.has(source)))
  return { exports, accepted: asked.exports, opportunities, notes, requests }
}

/** Resolves to everything that violates an invariant. */
export async function findBreaches(evidence: Evidence, asked: Asked, urls: readonly string[]): Promise<Breach[]> {
  return [
    ...[findDoubles, findLost, findImpostors, findNotes].flatMap((find) => find(evidence)),
    ...findOverspending(budgetUse(evidence.requests)),
    ...(await findBatches(urls, asked)),
    ...asked.unexpected.map((detail): Breach => ({ what: 'answer', ids: [], detail })),
  ]
}

interface Batch {
  status: string
  total: number
  finishedAt: string | null
  queued: number
  running: number
  exported: number
  duplicate: number
  failed: number
  canceled: number
}

async function findBatches(urls: readonly string[], { batches }: Asked): Promise<Breach[]> {
  const breaches: Breach[] = []
  for (const [id, { apiKey }] of batches) {
    const batch = await createCalls(`${urls[0]}/api/v1`, apiKey).get<Batch>(`export-batches/${id}`)
    const sum = batch.queued + batch.running + batch.exported + batch.duplicate + batch.failed + batch.canceled
    if (sum !== batch.total || batch.status !== 'finished' || batch.finishedAt === null)
      breaches.push({ what: 'batch', ids: [id], detail: `adds up to ${sum} of ${batch.total}, ${batch.status}` })
  }
  return breaches
}
