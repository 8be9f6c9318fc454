import { NEVER } from '../work/work-fields.ts'
import { SyncRunModel } from './sync-run-model.ts'

/** Makes every sync that is scheduled due at once, in full. @returns how many */
export async function hurrySyncs(): Promise<number> {
  const soon = { dueAt: new Date(0), allDueAt: new Date(0), claim: null, leaseUntil: null }
  return (await SyncRunModel.updateMany({ dueAt: { $ne: NEVER } }, { $set: soon, $inc: { fence: 1 } })).modifiedCount
}
