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
  /** How far it looks back for deletions, in ms since the epoch, if earlier sweeps did not read them. */
  deletionsFrom: number | null
  /** True if deletions need not be read unless something else has happened. */
  canSkipDeletions: boolean
}

export interface SweepResult {
  hasChanges: boolean
  /** Whether Lever lists deletions for this connection; if it does not, everything else is still swept. Null if they were skipped. */
  deletions: 'read' | 'refused' | null
  hasRestoredHashes: boolean
}

interface Sweep {
  from: number
  since: SweepSince
  missed: MissedChange[]
}

/**
 * Reads what changed in Lever and what was deleted there since the last sweep, whatever webhooks reported in between.
 * Changes that webhooks had not reported are counted per event. May be repeated.
 */
export async function sweepOpportunities(run: OpportunityRun, since: SweepSince): Promise<SweepResult> {
  const from = since.at.getTime() - since.overlapMs
  const sweep: Sweep = { from, since, missed: [] }
  let hasChanges = await readChanged(run, sweep)
  let deletions: SweepResult['deletions'] = null
  if (hasChanges || !since.canSkipDeletions) {
    const read = await readDeleted(run, sweep)
    deletions = read.deletions
    hasChanges ||= read.hasAny
  }
  const { hashRemovals, hashesRestored } = run.claimed.document
  // with deletions as well: a process of an earlier version does not count the hashes that its erasures remove
  const hasRestoredHashes = deletions !== null || (hashesRestored ?? -1) !== (hashRemovals ?? 0)
  if (hasRestoredHashes) await restoreHashes(run.deps, run.organization, { client: run.client, lane: 'sync', signal: run.signal })
  if (sweep.missed.length > 0 && !since.isFirst) await noteMissedChanges(await getConnection(run.organization), sweep.missed)
  return { hasChanges, deletions, hasRestoredHashes }
}

/** @returns true if there were any */
async function readChanged(run: OpportunityRun, sweep: Sweep): Promise<boolean> {
  const filters = { updatedAtStart: sweep.from, confidential: run.confidential, lane: 'sync' as const }
  let hiredReasons: ReadonlySet<string> | null = null
  let cursor: string | null = null
  do {
    const readAt = run.clock.now()
    const page: Awaited<ReturnType<typeof readOpportunityPage>> = await orAborted(
      readOpportunityPage(run.client, filters, cursor),
      run.signal,
    )
    cursor = page.next
    if (page.opportunities.length === 0) continue
    const before = await keepPage(run, page.opportunities, readAt)
    const compared = { createdSince: sweep.since.at, hiredReasons: (hiredReasons ??= await hiredReasonsOf(run.organization)) }
    sweep.missed.push(...page.opportunities.flatMap((one) => missedOf(one, before, compared)))
  } while (cursor !== null)
  return hiredReasons !== null
}

function missedOf(
  opportunity: LeverOpportunity,
  before: ReadonlyMap<string, LeverOpportunityRecord>,
  compared: Omit<ComparedWith, 'before'>,
): MissedChange[] {
  return missedChanges(opportunity, { ...compared, before: before.get(opportunity.id) ?? null })
}

async function readDeleted(run: OpportunityRun, sweep: Sweep): Promise<{ deletions: 'read' | 'refused'; hasAny: boolean }> {
  try {
    return { deletions: 'read', hasAny: await followDeleted(run, sweep) }
  } catch (error) {
    if (!isLeverStatus(error, 403)) throw error
    run.deps.log.info({ organization: run.organization }, 'Lever does not list deletions for this connection')
    return { deletions: 'refused', hasAny: false }
  }
}

/** @returns true if there were any */
async function followDeleted(run: OpportunityRun, { from, since, missed }: Sweep): Promise<boolean> {
  const { organization, deps, client, signal } = run
  const start = since.isFirst ? from - DELETED_BEFORE_FIRST_MS : Math.min(from, since.deletionsFrom ?? from)
  const deleted = listDeletedOpportunities(client, { deletedAtStart: Math.max(0, start), lane: 'sync' })
  let hasAny = false
  for await (const batch of stoppableBatches(deleted, BATCH, signal)) {
    hasAny = true
    const ids = batch.map(({ id }) => id)
    const mirrored = new Set(await LeverOpportunityModel.distinct('leverId', { organization, leverId: { $in: ids } }))
    const known = await knownHere(deps, organization, ids)
    for (const { id, deletedAt } of batch) {
      if (!mirrored.has(id) && !known.has(id)) continue
      await deps.publish('opportunityDeleted', { organization, opportunityId: id })
      if (mirrored.has(id) && deletedAt) missed.push({ event: 'candidateDeleted', at: deletedAt })
    }
  }
  return hasAny
}

async function hiredReasonsOf(organization: string): Promise<ReadonlySet<string>> {
  return new Set(await LeverArchiveReasonModel.distinct('leverId', { organization, type: 'hired' }))
}
