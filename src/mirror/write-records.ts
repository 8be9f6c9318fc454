import { Types, type AnyBulkWriteOperation, type Model } from 'mongoose'

/** One record as the mirror keeps it, without organization and time. */
export interface MirrorFields {
  leverId: string
  sortKey: string
  [field: string]: unknown
}

/** What all models of mirrored records have in common. */
export interface SeenRecord {
  organization: Types.ObjectId
  leverId: string
  seenAt: Date
  sortKey: string
}

const DUPLICATE_KEY = 11000

/** Stores records by Lever's id, as seen at `seenAt` (server's clock). May be repeated. */
export async function writeRecords(
  model: Model<SeenRecord>,
  organization: string,
  records: readonly MirrorFields[],
  seenAt: Date,
): Promise<void> {
  if (records.length === 0) return
  const operations = records.map((record) => upsert(organization, record, seenAt))
  try {
    await model.bulkWrite(operations, { ordered: false })
  } catch (error) {
    if ((error as { code?: unknown }).code !== DUPLICATE_KEY) throw error
    await model.bulkWrite(operations, { ordered: false }) // the same record came first from elsewhere: now it is there to be updated
  }
}

function upsert(organization: string, { leverId, ...fields }: MirrorFields, seenAt: Date): AnyBulkWriteOperation<SeenRecord> {
  const filter = { organization: new Types.ObjectId(organization), leverId }
  return { updateOne: { filter, update: { $set: fields, $max: { seenAt } }, upsert: true } }
}

/** Removes what a complete reading, begun at `startedAt` (server's clock), did not see. */
export async function removeUnseen(model: Model<SeenRecord>, organization: string, startedAt: Date): Promise<void> {
  await model.deleteMany({ organization: new Types.ObjectId(organization), seenAt: { $lt: startedAt } })
}
