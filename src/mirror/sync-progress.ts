import { ConnectionModel } from '../connection/connection-model.ts'
import type { Resource } from './resource.ts'

/**
 * The connection's `sync`, as people see it while and after it runs. A run writes only while `startedAt` is its own: one whose
 * lease was lost, or whose organization was disconnected, changes nothing any more.
 */
export interface SyncProgress {
  count(resource: Resource, records: number): Promise<void>
  finish(state: 'idle' | 'failed', error: string | null): Promise<void>
}

/** Shows a sync as running from the moment it was asked for; to be called before it can begin, or it might be over by then and never end. */
export async function announceSync(organization: string): Promise<void> {
  const running = { $set: { 'sync.state': 'running', 'sync.finishedAt': null }, $currentDate: { 'sync.startedAt': true } } as const
  await ConnectionModel.updateOne({ organization, 'sync.state': { $ne: 'running' }, status: { $ne: 'disconnected' } }, running)
}

/** `startedAt` by the server's clock. Counts of resources that this run does not read stay as they were. */
export async function beginProgress(organization: string, startedAt: Date, resources: readonly Resource[]): Promise<SyncProgress> {
  const counts = Object.fromEntries(resources.map((resource) => [`sync.resources.${resource}`, 0]))
  const begun = {
    $set: { 'sync.state': 'running', 'sync.startedAt': startedAt, 'sync.finishedAt': null, ...counts },
    $unset: { 'sync.error': 1 },
  } as const
  await ConnectionModel.updateOne({ organization, status: { $ne: 'disconnected' } }, begun)

  const mine = { organization, 'sync.startedAt': startedAt, status: { $ne: 'disconnected' } } as const
  return {
    async count(resource, records) {
      await ConnectionModel.updateOne(mine, { $set: { [`sync.resources.${resource}`]: records } })
    },
    async finish(state, error) {
      await ConnectionModel.updateOne(mine, {
        $set: { 'sync.state': state, ...(error === null ? {} : { 'sync.error': error }) },
        $currentDate: { 'sync.finishedAt': true },
      })
    },
  }
}

/** What a disconnected organization shows. */
export async function clearProgress(organization: string): Promise<void> {
  await ConnectionModel.updateOne({ organization }, { $set: { sync: { state: 'idle', startedAt: null, finishedAt: null, resources: {} } } })
}
