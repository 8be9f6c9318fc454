import type { Types } from 'mongoose'
import { ConnectionModel } from '../connection/connection-model.ts'
import { OpportunitySyncModel } from '../mirror/opportunity-sync-model.ts'
import { SyncRunModel } from '../mirror/sync-run-model.ts'
import { forEachDocument, type StepContext } from '../schema/schema-step.ts'

interface OlderConnection {
  _id: Types.ObjectId
  organization: Types.ObjectId
  sync?: object
  opportunitySync?: object
}

/** The field stays because a process of an earlier version that is still running reads `sync`. */
const IDLE = { state: 'idle', startedAt: null, finishedAt: null, resources: {} }

/**
 * Moves the progress of syncs from connections, where earlier versions stored it, to the runs. May be
 * repeated, and changes nothing once all of it has been moved.
 */
export async function adoptSyncProgress(context: StepContext): Promise<void> {
  const isOlder = { $or: [{ 'sync.startedAt': { $ne: null } }, { opportunitySync: { $exists: true } }] }
  await forEachDocument(context, 'connections', ConnectionModel.collection.find<OlderConnection>(isOlder), moveProgress)
}

async function moveProgress({ _id, organization, sync, opportunitySync }: OlderConnection): Promise<void> {
  const lacksProgress = { organization, progress: { $exists: false } }
  if (sync) await SyncRunModel.collection.updateOne(lacksProgress, { $set: { progress: sync } })
  if (opportunitySync) await OpportunitySyncModel.collection.updateOne(lacksProgress, { $set: { progress: opportunitySync } })
  await ConnectionModel.collection.updateOne({ _id }, { $set: { sync: IDLE }, $unset: { opportunitySync: 1 } })
}
