import type { Resource } from './resource.ts'
import { SyncRunModel } from './sync-run-model.ts'

/**
 * The `progress` of a sync that people see during and after it. A run writes only while `startedAt` is its own: a run
 * that lost its lease, or whose organization was disconnected, changes nothing.
 */
export interface SyncProgress {
  count(resource: Resource, records: number): Promise<void>
  finish(state: 'idle' | 'failed', error: string | null): Promise<void>
}

/**
 * Returns an expression for the `progress` of a requested run, so that the sync shows as running as soon as it is
 * requested. If a run is in progress, its progress stays. `also`: further fields of the new progress.
 */
export function announced(also: Record<string, unknown> = {}): Record<string, unknown> {
  const running = { state: 'running', startedAt: '$$NOW', finishedAt: null, ...also }
  return { $cond: [{ $eq: ['$progress.state', 'running'] }, '$progress', { $mergeObjects: ['$progress', running] }] }
}

/** `startedAt` is by the database's clock. Counts of resources that this run does not read stay unchanged. */
export async function beginProgress(organization: string, startedAt: Date, resources: readonly Resource[]): Promise<SyncProgress> {
  const counts = Object.fromEntries(resources.map((resource) => [`progress.resources.${resource}`, 0]))
  const begun = {
    $set: { 'progress.state': 'running', 'progress.startedAt': startedAt, 'progress.finishedAt': null, ...counts },
    $unset: { 'progress.error': 1 },
  } as const
  await SyncRunModel.updateOne({ organization }, begun)

  const mine = { organization, 'progress.startedAt': startedAt } as const
  return {
    async count(resource, records) {
      await SyncRunModel.updateOne(mine, { $set: { [`progress.resources.${resource}`]: records } })
    },
    async finish(state, error) {
      await SyncRunModel.updateOne(mine, {
        $set: { 'progress.state': state, ...(error === null ? {} : { 'progress.error': error }) },
        $currentDate: { 'progress.finishedAt': true },
      })
    },
  }
}
