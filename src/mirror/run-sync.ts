import type { LeverClient } from '../lever/client.ts'
import { LeverCallError } from '../lever/lever-call-error.ts'
import { isServiceError } from '../errors.ts'
import type { Log } from '../log.ts'
import { LeaseLost, type Claimed } from '../work/claim.ts'
import { forgetOrganization } from './forget.ts'
import type { MirrorDeps } from './mirror-deps.ts'
import { MIRRORED } from './mirrored-resources.ts'
import type { Resource } from './resource.ts'
import { stoppableBatches, SyncStopped } from './stoppable.ts'
import { beginProgress, type SyncProgress } from './sync-progress.ts'
import { SyncRunModel, type SyncRunDocument } from './sync-run-model.ts'
import { endRun, resourcesOf, type SyncOutcome } from './sync-schedule.ts'
import { removeUnseen, writeRecords } from './write-records.ts'

interface Run {
  deps: MirrorDeps
  organization: string
  /** By the database's clock, when the run was claimed. */
  startedAt: Date
  client: LeverClient
  confidential: boolean
  progress: SyncProgress
  signal: AbortSignal
}

const BATCH = 100
/** The statuses with which Lever refuses a resource: no permission, or a plan without it. */
const REFUSALS: ReadonlySet<number | null> = new Set([402, 403, 404])

/**
 * Reads what is due from Lever into the mirror, and ends the claimed run. If Lever refuses one resource, the others
 * are still read. Records that a complete reading did not see are removed. May be run twice. `signal` ends it early,
 * with a `LeaseLost` or a `SyncStopped` as its reason.
 */
export async function runSync(claimed: Claimed<SyncRunDocument>, deps: MirrorDeps, signal: AbortSignal): Promise<void> {
  const organization = claimed.document.organization.toHexString()
  const startedAt = new Date((claimed.document.leaseUntil?.getTime() ?? 0) - deps.leaseMs)
  const resources = resourcesOf(claimed, startedAt)
  const progress = await beginProgress(organization, startedAt, resources)
  try {
    const client = await deps.leverClient(organization, 'sync')
    const confidential = await deps.canSeeConfidential(organization)
    const run = { deps, organization, startedAt, client, confidential, progress, signal }
    const problems = await readAll(resources, run)
    await end(
      claimed,
      { progress, log: deps.log },
      { outcome: 'done', ranAll: resources.length === Object.keys(MIRRORED).length, problems },
    )
  } catch (error) {
    await endEarly(error, claimed, progress, deps)
  } finally {
    // if the organization was disconnected, this deletes what the run wrote after the mirror was deleted
    if (!(await SyncRunModel.exists({ organization }))) await forgetOrganization(organization)
  }
}

async function readAll(resources: readonly Resource[], run: Run): Promise<{ resource: Resource; code: string }[]> {
  const problems: { resource: Resource; code: string }[] = []
  for (const resource of resources) {
    try {
      await copyResource(resource, run)
    } catch (error) {
      if (!(error instanceof LeverCallError) || !REFUSALS.has(error.httpStatus)) throw error
      problems.push({ resource, code: `lever_${error.httpStatus}` })
    }
  }
  return problems
}

async function copyResource(resource: Resource, run: Run): Promise<void> {
  const { model, read, neverEmpty } = MIRRORED[resource]
  const leverIds: string[] = []
  for await (const batch of stoppableBatches(read(run.client, run), BATCH, run.signal)) {
    await writeRecords(model, run.organization, batch, run.startedAt)
    leverIds.push(...batch.map(({ leverId }) => leverId))
    await run.progress.count(resource, leverIds.length)
  }
  run.signal.throwIfAborted()
  if (neverEmpty && leverIds.length === 0) return
  await removeUnseen(model, run.organization, run.startedAt)
  if (resource === 'users') await run.deps.rememberLeverUsers(run.organization, leverIds)
}

async function end(
  claimed: Claimed<SyncRunDocument>,
  { progress, log }: { progress: SyncProgress; log: Log },
  ended: { outcome: SyncOutcome; ranAll: boolean; problems: { resource: Resource; code: string }[] },
): Promise<void> {
  const words = ended.problems.map(({ resource, code }) => `${resource}: ${code}`).join(', ')
  await endRun(claimed, ended)
  log.info({ organization: claimed.document.organization.toHexString(), outcome: ended.outcome, problems: ended.problems }, 'sync ended')
  await progress.finish(ended.outcome === 'failed' ? 'failed' : 'idle', words || null)
}

async function endEarly(error: unknown, claimed: Claimed<SyncRunDocument>, progress: SyncProgress, deps: MirrorDeps): Promise<void> {
  if (error instanceof LeaseLost) return
  const organization = claimed.document.organization.toHexString()
  const early = { ranAll: false, problems: [] }
  if (error instanceof SyncStopped) return endRun(claimed, { ...early, outcome: 'stopped' })
  const outcome = isServiceError(error, 'connection_not_active') ? 'noGrant' : 'failed'
  deps.log.warn({ organization, err: error }, 'a sync ended early')
  await endRun(claimed, { ...early, outcome })
  await progress.finish('failed', isServiceError(error) ? error.code : 'internal_error')
}
