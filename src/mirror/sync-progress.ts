import { heldBy, type Claimed } from '../work/claim.ts'
import type { Resource } from './resource.ts'
import { SyncRunModel, type SyncRunDocument } from './sync-run-model.ts'

/**
 * The `progress` of a sync that people see while it runs. `endRun` writes its end. A run writes only while it holds its
 * claim: a run that lost its lease, or whose organization was disconnected, changes nothing.
 */
export interface SyncProgress {
  /** Written about once a second at most. */
  count(resource: Resource, records: number): Promise<void>
}

const TOLD_EVERY_MS = 1000

/**
 * Returns an expression for the `progress` of a requested run, so that the sync shows as running as soon as it is
 * requested. If a run is in progress, its progress stays.
 */
export function announced(): Record<string, unknown> {
  const running = { state: 'running', startedAt: '$$NOW', finishedAt: null }
  return { $cond: [{ $eq: ['$progress.state', 'running'] }, '$progress', { $mergeObjects: ['$progress', running] }] }
}

/** The progress of a recurring run, which nobody watches: only its end is shown. */
export const UNWATCHED: SyncProgress = { count: async () => undefined }

/** `startedAt` is by the database's clock. Counts of resources that this run does not read stay unchanged. */
export async function beginProgress(
  claimed: Claimed<SyncRunDocument>,
  startedAt: Date,
  resources: readonly Resource[],
): Promise<SyncProgress> {
  const mine = heldBy(claimed)
  const counts = Object.fromEntries(resources.map((resource) => [`progress.resources.${resource}`, 0]))
  await SyncRunModel.collection.updateOne(mine, {
    $set: { 'progress.state': 'running', 'progress.startedAt': startedAt, 'progress.finishedAt': null, ...counts },
    $unset: { 'progress.error': 1 },
  })
  let toldAt = -Infinity
  return {
    async count(resource, records) {
      if (performance.now() - toldAt < TOLD_EVERY_MS) return
      toldAt = performance.now()
      await SyncRunModel.collection.updateOne(mine, { $set: { [`progress.resources.${resource}`]: records } })
    },
  }
}
