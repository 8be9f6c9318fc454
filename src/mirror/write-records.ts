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

const BATCH = 500

/** Stores records by Lever's id, as seen at `seenAt` (database's clock). May be repeated. */
export async function writeRecords(
  model: Model<SeenRecord>,
  organization: string,
  records: readonly MirrorFields[],
  seenAt: Date,
): Promise<void> {
  for (let from = 0; from < records.length; from += BATCH) {
    const operations = records.slice(from, from + BATCH).map((record) => upsert(organization, record, seenAt))
    await retryUpsert(() => model.bulkWrite(operations, { ordered: false }))
  }
}

function upsert(organization: string, { leverId, ...fields }: MirrorFields, seenAt: Date): AnyBulkWriteOperation<SeenRecord> {
  const filter = { organization: new Types.ObjectId(organization), leverId }
  return { updateOne: { filter, update: { $set: fields, $max: { seenAt } }, upsert: true } }
}

/** A record that was seen this much later than a reading began has its time from a database whose clock was wrong. */
const LONGEST_READING_MS = 3_600_000

/** What a complete reading changes in the mirror. */
export interface RecordChanges {
  changed: MirrorFields[]
  /** Ids of the records that the reading did not see. */
  gone: string[]
}

/**
 * Compares a complete reading, begun at `startedAt` (database's clock), with the mirror. Records seen later are neither changed nor gone:
 * somebody read them on their own while the list was read.
 */
export async function compareRecords(
  model: Model<SeenRecord>,
  organization: string,
  records: readonly MirrorFields[],
  startedAt: Date,
): Promise<RecordChanges> {
  const stored = await model.collection.find({ organization: new Types.ObjectId(organization) }).toArray()
  const known = new Map(stored.map((record) => [record['leverId'] as string, record]))
  const isOutdated = ({ leverId }: MirrorFields): boolean => {
    const aheadMs = Number(known.get(leverId)?.['seenAt'] ?? 0) - startedAt.getTime()
    return aheadMs > 0 && aheadMs < LONGEST_READING_MS
  }
  const changed = records.filter((record) => !isOutdated(record) && !isSame(known.get(record.leverId), record))
  for (const { leverId } of records) known.delete(leverId)
  const gone = [...known].flatMap(([leverId, { seenAt }]) => ((seenAt as Date) < startedAt ? [leverId] : []))
  return { changed, gone }
}

function isSame(stored: Record<string, unknown> | undefined, fields: MirrorFields): boolean {
  if (!stored) return false
  return Object.entries(fields).every(([name, value]) => JSON.stringify(stored[name] ?? null) === JSON.stringify(value ?? null))
}

export async function removeRecords(
  model: Model<SeenRecord>,
  organization: string,
  leverIds: readonly string[],
  startedAt: Date,
): Promise<void> {
  if (leverIds.length === 0) return
  await model.deleteMany({ organization: new Types.ObjectId(organization), leverId: { $in: [...leverIds] }, seenAt: { $lt: startedAt } })
}
