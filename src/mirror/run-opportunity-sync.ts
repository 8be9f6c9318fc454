import { LeverCallError } from '../lever/lever-call-error.ts'
import { isServiceError } from '../errors.ts'
import { KEY_VERSION } from '../people/person-keys.ts'
import { LeaseLost, type Claimed } from '../work/claim.ts'
import { writeStep } from '../work/write-step.ts'
import { beginOpportunityProgress, type ShownEnd } from './opportunity-progress.ts'
import { forgetOrganization } from './forget.ts'
import { LeverOpportunityModel } from './lever-opportunity-model.ts'
import type { MirrorDeps } from './mirror-deps.ts'
import type { OpportunityRun } from './opportunity-run.ts'
import { OpportunitySyncModel, type FullReading, type OpportunitySyncDocument } from './opportunity-sync-model.ts'
import { endOpportunitySync, moveToReadingAll, SWEEP_EVERY_MS } from './opportunity-sync-schedule.ts'
import { readAllOpportunities } from './read-all-opportunities.ts'
import { clockFrom, runClock } from './run-clock.ts'
import type { RunEnd } from './run-end.ts'
import { serverTime } from './server-time.ts'
import { newPlan } from './slice-plan.ts'
import { SyncStopped } from './stoppable.ts'
import { sweepOpportunities, type SweepResult } from './sweep-opportunities.ts'
import { READING_ALL } from './sync-lanes.ts'
import { endQuiet } from './sync-schedule.ts'

const OVERLAP_MS = 5 * 60_000
/**
 * The overlap of sweeps between thorough ones, as during a burst of exports. A longer overlap would read our own
 * exports again and again; the next thorough sweep finds what these miss.
 */
const BRIEF_OVERLAP_MS = 30_000
/** Deletions are read this often in an organization where nothing happens; otherwise by every sweep. */
const DELETIONS_EVERY_MS = 30 * 60_000
/** The statuses with which Lever refuses opportunities: no permission, or a plan without them. */
const REFUSALS: ReadonlySet<number | null> = new Set([402, 403, 404])

/**
 * Reads all opportunities if that is not complete, then the changes, and ends the claimed run. May be run twice.
 * `signal` ends it early, with a `LeaseLost` or a `SyncStopped` as its reason; everything read until then is kept.
 * A sweep of an organization where nothing happened makes one call to Lever, and writes only its end.
 */
export async function runOpportunitySync(
  claimed: Claimed<OpportunitySyncDocument>,
  deps: MirrorDeps,
  signal: AbortSignal,
): Promise<RunEnd> {
  const { document } = claimed
  const organization = document.organization.toHexString()
  const clock = runClock(claimed, deps.leaseMs)
  const shown = document.asked || !document.full?.finishedAt
  let end: RunEnd = 'lost'
  try {
    const progress = await beginOpportunityProgress(claimed, clock.startedAt, { shown })
    const { client, confidential } = await deps.openReading(organization)
    const run = { deps, organization, claimed, client, confidential, progress, clock, signal }
    const full = await fullReading(run)
    const isMisplaced = !full.finishedAt && document.lane !== READING_ALL
    end = isMisplaced ? await moveToReadingAll(claimed) : await readAndSweep(run, full)
    deps.log.debug({ organization }, 'opportunities swept')
  } catch (error) {
    end = await endEarly(error, claimed, clock.startedAt, deps)
  } finally {
    // if the organization was disconnected, this deletes what the run wrote after the mirror was deleted
    if (end === 'lost' && !(await OpportunitySyncModel.exists({ organization }))) await forgetOrganization(organization)
  }
  return end
}

async function readAndSweep(run: OpportunityRun, full: FullReading): Promise<RunEnd> {
  const { claimed, organization, deps, clock } = run
  let at = clock.startedAt
  if (!full.finishedAt) {
    await readAllOpportunities(run, full)
    at = await serverTime()
    full.finishedAt = at
    deps.log.info({ organization, read: full.plan.read, tookMs: at.getTime() - full.startedAt.getTime() }, 'opportunities read')
  }
  const { sweptAt, thoroughAt, deletionsReadAt } = claimed.document
  const isFirst = !sweptAt || sweptAt < full.finishedAt
  const isThorough = isFirst || !thoroughAt || at.getTime() - thoroughAt.getTime() >= SWEEP_EVERY_MS
  const last = isThorough ? (thoroughAt ?? sweptAt) : sweptAt
  const since = isFirst || !last ? full.startedAt : last
  const deletionsAt = deletionsReadAt ?? sweptAt ?? since
  const result = await sweepOpportunities(
    { ...run, clock: at === clock.startedAt ? clock : clockFrom(at) },
    {
      at: since,
      overlapMs: isThorough ? OVERLAP_MS : BRIEF_OVERLAP_MS,
      isFirst,
      deletionsFrom: deletionsAt < since ? deletionsAt.getTime() - OVERLAP_MS : null,
      canSkipDeletions: isThorough && !isFirst && !claimed.document.asked && at.getTime() - deletionsAt.getTime() < DELETIONS_EVERY_MS,
    },
  )
  if (isFirst) await writeStep(OpportunitySyncModel, claimed, { set: { full } }) // only now is the mirror complete
  const isQuiet = isThorough && !isFirst && !claimed.document.asked && !result.hasChanges
  if (result.hasChanges) await endQuiet(organization)
  return endSwept(run, { at, isThorough, isQuiet, result })
}

async function endSwept(
  { claimed, organization, deps, clock }: OpportunityRun,
  { at, isThorough, isQuiet, result }: { at: Date; isThorough: boolean; isQuiet: boolean; result: SweepResult },
): Promise<RunEnd> {
  const shown: ShownEnd = { state: 'idle', startedAt: clock.startedAt, complete: true, sweptAt: at }
  if (result.deletions) shown.deletions = result.deletions
  if (!isQuiet) shown.records = await LeverOpportunityModel.countDocuments({ organization })
  return endOpportunitySync(claimed, {
    outcome: 'done',
    swept: { at, isThorough, hasReadDeletions: result.deletions !== null, hasRestoredHashes: result.hasRestoredHashes },
    burst: !isQuiet && (await deps.hasExportBurst(organization)),
    shown,
  })
}

/**
 * Returns the full read that is complete or under way. Begins a new one if the grant now shows confidential
 * opportunities that were not read, or if contacts were hashed in the forms of an earlier version.
 */
async function fullReading({ claimed, confidential }: OpportunityRun): Promise<FullReading> {
  const { full } = claimed.document
  if (full && full.keyVersion === KEY_VERSION && (full.confidential || !confidential)) return full
  const startedAt = await serverTime()
  const begun = { startedAt, finishedAt: null, confidential, keyVersion: KEY_VERSION, plan: newPlan(startedAt) }
  await writeStep(OpportunitySyncModel, claimed, { set: { full: begun, sweptAt: null } })
  claimed.document.sweptAt = null
  return begun
}

async function endEarly(
  error: unknown,
  claimed: Claimed<OpportunitySyncDocument>,
  startedAt: Date,
  deps: Pick<MirrorDeps, 'log'>,
): Promise<RunEnd> {
  if (error instanceof LeaseLost) return 'lost'
  const organization = claimed.document.organization.toHexString()
  if (error instanceof SyncStopped) return endOpportunitySync(claimed, { outcome: 'stopped' })
  if (error instanceof LeverCallError && REFUSALS.has(error.httpStatus))
    return endOpportunitySync(claimed, { outcome: 'refused', shown: { state: 'idle', startedAt, error: `lever_${error.httpStatus}` } })
  deps.log.warn({ organization, err: error }, 'an opportunity sync ended early')
  return endOpportunitySync(claimed, {
    outcome: isServiceError(error, 'connection_not_active') ? 'noGrant' : 'failed',
    shown: { state: 'failed', startedAt, error: isServiceError(error) ? error.code : 'internal_error' },
  })
}
