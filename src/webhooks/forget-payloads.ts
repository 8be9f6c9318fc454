import type { QueryFilter } from 'mongoose'
import { nameFinder } from '../people/name-finder.ts'
import { DeliveryModel, type DeliveryDocument } from './delivery-model.ts'

/**
 * Drops what Lever delivered about a person: everything about `opportunityIds`, and what is about `sharedIds` and contains one of the
 * texts. The deliveries stay, so that repeats are still recognized.
 * @returns how many were dropped
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
  const { deletedCount } = await DeliveryModel.deleteMany({ ...about, status: 'held' }) // never processed, and useless without the payload
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
