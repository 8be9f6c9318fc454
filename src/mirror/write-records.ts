import { Types, type AnyBulkWriteOperation, type Model } from 'mongoose'
import { retryUpsert } from '../duplicate-key.ts'

/** A record as the mirror stores it, without organization and time. */
export interface MirrorFields {
  leverId: string
  sortKey: string
  [field: string]: unknown
}

/** The common fields of all mirrored records. */
export interface SeenRecord {
  organization: Types.ObjectId
  leverId: string
  seenAt: Date
  sortKey: string
}

/** Stores records by Lever's id, as seen at `seenAt` (database's clock). May be repeated. */
export async function writeRecords(
  model: Model<SeenRecord>,
  organization: string,
  records: readonly MirrorFields[],
  seenAt: Date,
): Promise<void> {
  if (records.length === 0) return
  const operations = records.map((record) => upsert(organization, record, seenAt))
  await retryUpsert(() => model.bulkWrite(operations, { ordered: false }))
}

function upsert(organization: string, { leverId, ...fields }: MirrorFields, seenAt: Date): AnyBulkWriteOperation<SeenRecord> {
  const filter = { organization: new Types.ObjectId(organization), leverId }
  return { updateOne: { filter, update: { $set: fields, $max: { seenAt } }, upsert: true } }
}

/** Removes the records that a complete reading, begun at `startedAt` (database's clock), did not see. */
export async function removeUnseen(model: Model<SeenRecord>, organization: string, startedAt: Date): Promise<void> {
  await model.deleteMany({ organization: new Types.ObjectId(organization), seenAt: { $lt: startedAt } })
}
