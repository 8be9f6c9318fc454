import { LeverCallError } from '../lever/lever-call-error.ts'
import { isServiceError } from '../errors.ts'
import { KEY_VERSION } from '../people/person-keys.ts'
import { LeaseLost, type Claimed } from '../work/claim.ts'
import { writeStep } from '../work/write-step.ts'
import { beginOpportunityProgress, type OpportunityProgress } from './opportunity-progress.ts'
import { forgetOrganization } from './forget.ts'
import type { MirrorDeps } from './mirror-deps.ts'
import type { OpportunityRun } from './opportunity-run.ts'
import { OpportunitySyncModel, type FullReading, type OpportunitySyncDocument } from './opportunity-sync-model.ts'
import { endOpportunitySync, SWEEP_EVERY_MS, type Swept } from './opportunity-sync-schedule.ts'
import { readAllOpportunities } from './read-all-opportunities.ts'
import { serverTime } from './server-time.ts'
import { newPlan } from './slice-plan.ts'
import { SyncStopped } from './stoppable.ts'
import { sweepOpportunities } from './sweep-opportunities.ts'

const OVERLAP_MS = 5 * 60_000
/**
 * The overlap of sweeps between thorough ones, as during a burst of exports. A longer overlap would read our own
 * exports again and again; the next thorough sweep finds what these miss.
 */
const BRIEF_OVERLAP_MS = 30_000
/** The statuses with which Lever refuses opportunities: no permission, or a plan without them. */
const REFUSALS: ReadonlySet<number | null> = new Set([402, 403, 404])

/**
 * Reads all opportunities if that is not complete, then the changes, and ends the claimed run. May be run twice.
 * `signal` ends it early, with a `LeaseLost` or a `SyncStopped` as its reason; everything read until then is kept.
 */
export async function runOpportunitySync(claimed: Claimed<OpportunitySyncDocument>, deps: MirrorDeps, signal: AbortSignal): Promise<void> {
  const { document } = claimed
  const organization = document.organization.toHexString()
  const startedAt = new Date((document.leaseUntil?.getTime() ?? 0) - deps.leaseMs)
  const shown = document.asked || !document.full?.finishedAt
  const progress = await beginOpportunityProgress(organization, startedAt, { shown })
  try {
    const client = await deps.leverClient(organization, 'sync')
    const confidential = await deps.canSeeConfidential(organization)
    const swept = await readAndSweep({ deps, organization, claimed, client, confidential, progress, signal })
    await endOpportunitySync(claimed, { outcome: 'done', swept, burst: await deps.hasExportBurst(organization) })
    deps.log.debug({ organization }, 'opportunities swept')
    await progress.finish('idle', { complete: true, sweptAt: swept.at, deletions: swept.deletions })
  } catch (error) {
    await endEarly(error, claimed, progress, deps)
  } finally {
    // if the organization was disconnected, this deletes what the run wrote after the mirror was deleted
    if (!(await OpportunitySyncModel.exists({ organization }))) await forgetOrganization(organization)
  }
}

async function readAndSweep(run: OpportunityRun): Promise<Swept & { deletions: 'read' | 'refused' }> {
  const { claimed, organization, deps } = run
  const full = await fullReading(run)
  if (!full.finishedAt) {
    await readAllOpportunities(run, full)
    full.finishedAt = await serverTime()
    deps.log.info(
      { organization, read: full.plan.read, tookMs: full.finishedAt.getTime() - full.startedAt.getTime() },
      'opportunities read',
    )
  }
  const at = await serverTime()
  const { sweptAt, thoroughAt } = claimed.document
  const isFirst = !sweptAt || sweptAt < full.finishedAt
  const isThorough = isFirst || !thoroughAt || at.getTime() - thoroughAt.getTime() >= SWEEP_EVERY_MS
  const last = isThorough ? (thoroughAt ?? sweptAt) : sweptAt
  const since = isFirst || !last ? full.startedAt : last
  const { deletions } = await sweepOpportunities(run, { at: since, overlapMs: isThorough ? OVERLAP_MS : BRIEF_OVERLAP_MS, isFirst })
  if (isFirst) await writeStep(OpportunitySyncModel, claimed, { set: { full } }) // only now is the mirror complete
  return { at, isThorough, deletions }
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
  progress: OpportunityProgress,
  deps: Pick<MirrorDeps, 'log'>,
): Promise<void> {
  if (error instanceof LeaseLost) return
  const organization = claimed.document.organization.toHexString()
  if (error instanceof SyncStopped) return endOpportunitySync(claimed, { outcome: 'stopped' })
  if (error instanceof LeverCallError && REFUSALS.has(error.httpStatus)) {
    await endOpportunitySync(claimed, { outcome: 'refused' })
    return progress.finish('idle', { error: `lever_${error.httpStatus}` })
  }
  deps.log.warn({ organization, err: error }, 'an opportunity sync ended early')
  await endOpportunitySync(claimed, { outcome: isServiceError(error, 'connection_not_active') ? 'noGrant' : 'failed' })
  await progress.finish('failed', { error: isServiceError(error) ? error.code : 'internal_error' })
}
