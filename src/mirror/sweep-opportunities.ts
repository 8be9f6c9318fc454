import { noteMissedChanges } from '../connection/missed-changes.ts'
import { getConnection } from '../connection/find-connection.ts'
import { isLeverStatus } from '../lever/lever-call-error.ts'
import { listDeletedOpportunities, type LeverOpportunity } from '../lever/opportunities.ts'
import { readOpportunityPage } from '../lever/opportunity-page.ts'
import { LeverArchiveReasonModel } from './lever-record-models.ts'
import { LeverOpportunityModel, type LeverOpportunityRecord } from './lever-opportunity-model.ts'
import { missedChanges, type ComparedWith, type MissedChange } from './missed-changes.ts'
import { keepPage, knownHere, type OpportunityRun } from './opportunity-run.ts'
import { restoreHashes } from './restore-hashes.ts'
import { serverTime } from './server-time.ts'
import { orAborted, stoppableBatches } from './stoppable.ts'

/** The first sweep looks back for deletions that happened without a connection, in one call, which may cover 30 days. */
const DELETED_BEFORE_FIRST_MS = 29 * 24 * 3_600_000
const BATCH = 100

export interface SweepSince {
  /** The start of the previous sweep or of the full read. */
  at: Date
  /** How much further it looks back: Lever's clock and ours may differ, and Lever's lists lag behind its data. */
  overlapMs: number
  isFirst: boolean
}

/**
 * Reads what changed in Lever and what was deleted there since the last sweep, whatever webhooks reported in between.
 * Changes that webhooks had not reported are counted per event. May be repeated.
 * @returns whether Lever lists deletions for this connection; if it does not, everything else is still swept
 */
export async function sweepOpportunities(run: OpportunityRun, since: SweepSince): Promise<{ deletions: 'read' | 'refused' }> {
  const from = since.at.getTime() - since.overlapMs
  const missed: MissedChange[] = []
  await readChanged(run, { from, since, missed })
  const deletions = await readDeleted(run, { from: since.isFirst ? from - DELETED_BEFORE_FIRST_MS : from, missed })
  await restoreHashes(run.deps, run.organization, { client: run.client, lane: 'sync', signal: run.signal })
  if (missed.length > 0 && !since.isFirst) await noteMissedChanges(await getConnection(run.organization), missed)
  return { deletions }
}

async function readChanged(run: OpportunityRun, sweep: { from: number; since: SweepSince; missed: MissedChange[] }): Promise<void> {
  const compared = { createdSince: sweep.since.at, hiredReasons: await hiredReasonsOf(run.organization) }
  const filters = { updatedAtStart: sweep.from, confidential: run.confidential, lane: 'sync' as const }
  let cursor: string | null = null
  do {
    const readAt = await serverTime()
    const page: Awaited<ReturnType<typeof readOpportunityPage>> = await orAborted(
      readOpportunityPage(run.client, filters, cursor),
      run.signal,
    )
    const before = await keepPage(run, page.opportunities, readAt)
    sweep.missed.push(...page.opportunities.flatMap((one) => missedOf(one, before, compared)))
    cursor = page.next
  } while (cursor !== null)
}

function missedOf(
  opportunity: LeverOpportunity,
  before: ReadonlyMap<string, LeverOpportunityRecord>,
  compared: Omit<ComparedWith, 'before'>,
): MissedChange[] {
  return missedChanges(opportunity, { ...compared, before: before.get(opportunity.id) ?? null })
}

async function readDeleted(run: OpportunityRun, sweep: { from: number; missed: MissedChange[] }): Promise<'read' | 'refused'> {
  try {
    await followDeleted(run, sweep)
    return 'read'
  } catch (error) {
    if (!isLeverStatus(error, 403)) throw error
    run.deps.log.info({ organization: run.organization }, 'Lever does not list deletions for this connection')
    return 'refused'
  }
}

async function followDeleted(run: OpportunityRun, sweep: { from: number; missed: MissedChange[] }): Promise<void> {
  const { organization, deps, client, signal } = run
  const deleted = listDeletedOpportunities(client, { deletedAtStart: Math.max(0, sweep.from), lane: 'sync' })
  for await (const batch of stoppableBatches(deleted, BATCH, signal)) {
    const ids = batch.map(({ id }) => id)
    const mirrored = new Set(await LeverOpportunityModel.distinct('leverId', { organization, leverId: { $in: ids } }))
    const known = await knownHere(deps, organization, ids)
    for (const { id, deletedAt } of batch) {
      if (!mirrored.has(id) && !known.has(id)) continue
      await deps.publish('opportunityDeleted', { organization, opportunityId: id })
      if (mirrored.has(id) && deletedAt) sweep.missed.push({ event: 'candidateDeleted', at: deletedAt })
    }
  }
}

async function hiredReasonsOf(organization: string): Promise<ReadonlySet<string>> {
  return new Set(await LeverArchiveReasonModel.distinct('leverId', { organization, type: 'hired' }))
}
