import { DeliveryModel } from './delivery-model.ts'

/** Drops what Lever delivered about these opportunities; that something came stays, so that a repeat is still known. @returns how many */
export async function forgetPayloads(organization: string, opportunityIds: readonly string[]): Promise<number> {
  const about = { organization, opportunityId: { $in: [...opportunityIds] }, payload: { $exists: true } }
  const { deletedCount } = await DeliveryModel.deleteMany({ ...about, status: 'held' }) // unread, and unreadable without it
  const { modifiedCount } = await DeliveryModel.updateMany(about, { $unset: { payload: 1 } })
  return deletedCount + modifiedCount
}
