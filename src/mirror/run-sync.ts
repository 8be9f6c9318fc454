import type { LeverClient } from '../lever/client.ts'
import { LeverCallError } from '../lever/lever-call-error.ts'
import { isServiceError } from '../errors.ts'
import { heldBy, LeaseLost, type Claimed } from '../work/claim.ts'
import { claimedAt } from '../work/try-again.ts'
import { forgetOrganization } from './forget.ts'
import type { MirrorDeps } from './mirror-deps.ts'
import { MIRRORED } from './mirrored-resources.ts'
import { RESOURCES, type Resource } from './resource.ts'
import type { RunEnd } from './run-end.ts'
import { stoppableBatches, SyncStopped } from './stoppable.ts'
import { beginProgress, UNWATCHED, type SyncProgress } from './sync-progress.ts'
import { SyncRunModel, type SyncRunDocument } from './sync-run-model.ts'
import { endRun, resourcesOf, type EndedRun } from './sync-schedule.ts'
import { compareRecords, removeRecords, writeRecords, type MirrorFields } from './write-records.ts'

/** What a run has read so far. */
type SoFar = Omit<EndedRun, 'outcome' | 'error' | 'problems'> & { problems: { resource: Resource; code: string }[] }

interface Run {
  deps: MirrorDeps
  claimed: Claimed<SyncRunDocument>
  organization: string
  client: LeverClient
  confidential: boolean
  progress: SyncProgress
  soFar: SoFar
  signal: AbortSignal
}

const BATCH = 100
/** The statuses with which Lever refuses a resource: no permission, or a plan without it. */
const REFUSALS: ReadonlySet<number | null> = new Set([402, 403, 404])

/**
 * Reads what is due from Lever into the mirror, and ends the claimed run. If Lever refuses one resource, the others
 * are still read. Writes only what differs from the mirror, and removes records that a complete reading did not see. May
 * be run twice. `signal` ends it early, with a `LeaseLost` or a `SyncStopped` as its reason.
 */
export async function runSync(claimed: Claimed<SyncRunDocument>, deps: MirrorDeps, signal: AbortSignal): Promise<RunEnd> {
  const { document } = claimed
  const organization = document.organization.toHexString()
  const startedAt = claimedAt(claimed, deps.leaseMs)
  const resources = resourcesOf(claimed, startedAt)
  const soFar: SoFar = { startedAt, ranAll: resources.length === RESOURCES.length, read: {}, hasChanges: false, problems: [] }
  let end: RunEnd = 'lost'
  try {
    const progress = isWatched(document) ? await beginProgress(claimed, startedAt, resources) : UNWATCHED
    const { client, confidential } = await deps.openReading(organization)
    await readAll(resources, { deps, claimed, organization, client, confidential, progress, soFar, signal })
    end = await endDone(claimed, soFar, deps)
  } catch (error) {
    end = await endEarly(error, claimed, soFar, deps)
  } finally {
    // if the organization was disconnected, this deletes what the run wrote after the mirror was deleted
    if (end === 'lost' && !(await SyncRunModel.exists({ organization }))) await forgetOrganization(organization)
  }
  return end
}

/** Somebody requested it, or waits for the first one. */
function isWatched({ progress, requested, allEndedAt }: SyncRunDocument): boolean {
  return progress?.state === 'running' || requested.length > 0 || !allEndedAt
}

async function readAll(resources: readonly Resource[], run: Run): Promise<void> {
  for (const resource of resources) {
    try {
      await copyResource(resource, run)
    } catch (error) {
      if (!(error instanceof LeverCallError) || !REFUSALS.has(error.httpStatus)) throw error
      run.soFar.problems.push({ resource, code: `lever_${error.httpStatus}` })
    }
  }
}

async function copyResource(resource: Resource, run: Run): Promise<void> {
  const { organization, soFar, signal } = run
  const { model, read, neverEmpty } = MIRRORED[resource]
  const records: MirrorFields[] = []
  for await (const batch of stoppableBatches(read(run.client, run), BATCH, signal)) {
    records.push(...batch)
    await run.progress.count(resource, records.length)
  }
  signal.throwIfAborted()
  if (neverEmpty && records.length === 0) return
  soFar.read[resource] = records.length
  const { changed, gone } = await compareRecords(model, organization, records, soFar.startedAt)
  if (changed.length + gone.length === 0) return
  // after a disconnection the mirror may already be that of another account
  if (!(await SyncRunModel.exists(heldBy(run.claimed)))) throw new LeaseLost(String(run.claimed.document._id))
  soFar.hasChanges = true
  // before the records, so that a run that is killed in between does so again
  const leverIds = records.map(({ leverId }) => leverId)
  if (resource === 'users') await run.deps.rememberLeverUsers(organization, leverIds)
  await writeRecords(model, organization, changed, soFar.startedAt)
  await removeRecords(model, organization, gone, soFar.startedAt)
}

async function endDone(claimed: Claimed<SyncRunDocument>, soFar: SoFar, { log }: MirrorDeps): Promise<RunEnd> {
  const organization = claimed.document.organization.toHexString()
  const words = soFar.problems.map(({ resource, code }) => `${resource}: ${code}`).join(', ')
  const end = await endRun(claimed, { ...soFar, outcome: 'done', error: words || null })
  log[soFar.hasChanges || words ? 'info' : 'debug']({ organization, outcome: 'done', problems: soFar.problems }, 'sync ended')
  return end
}

async function endEarly(error: unknown, claimed: Claimed<SyncRunDocument>, soFar: SoFar, deps: MirrorDeps): Promise<RunEnd> {
  if (error instanceof LeaseLost) return 'lost'
  const early = { ...soFar, ranAll: false, problems: [] }
  if (error instanceof SyncStopped) return endRun(claimed, { ...early, outcome: 'stopped', error: null })
  const outcome = isServiceError(error, 'connection_not_active') ? 'noGrant' : 'failed'
  deps.log.warn({ organization: claimed.document.organization.toHexString(), err: error }, 'a sync ended early')
  return endRun(claimed, { ...early, outcome, error: isServiceError(error) ? error.code : 'internal_error' })
}
