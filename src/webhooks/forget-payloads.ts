import type { QueryFilter } from 'mongoose'
import { nameFinder } from '../people/name-finder.ts'
import { DeliveryModel, type DeliveryDocument } from './delivery-model.ts'

/**
 * Drops what Lever delivered about a person: all about `opportunityIds`, and about `sharedIds` what names one of the texts. That something
 * came stays, so that a repeat is still known. @returns how many
 */
export async function forgetPayloads(
  organization: string,
  { opportunityIds, sharedIds, texts }: { opportunityIds: readonly string[]; sharedIds: readonly string[]; texts: readonly string[] },
): Promise<number> {
  const withPayload = { organization, payload: { $exists: true } }
  const naming = []
  const isNamed = nameFinder(texts)
  const shared = DeliveryModel.find({ ...withPayload, opportunityId: { $in: [...sharedIds] } }, { payload: 1 }).lean<DeliveryDocument>()
  for await (const { _id, payload } of shared.cursor()) if (stringsIn(payload ?? '').some(isNamed)) naming.push(_id)
  const about: QueryFilter<DeliveryDocument> = {
    ...withPayload,
    $or: [{ opportunityId: { $in: [...opportunityIds] } }, { _id: { $in: naming } }],
  }
  const { deletedCount } = await DeliveryModel.deleteMany({ ...about, status: 'held' }) // unread, and unreadable without it
  const { modifiedCount } = await DeliveryModel.updateMany(about, { $unset: { payload: 1 } })
  return deletedCount + modifiedCount
}

function stringsIn(payload: string): string[] {
  const strings: string[] = []
  JSON.parse(payload, (_name, value: unknown) => {
    if (typeof value === 'string') strings.push(value)
    return value
  })
  return strings
}
