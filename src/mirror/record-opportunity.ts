import { Types, type mongo } from 'mongoose'
import { coalesceByKey } from '../concurrency/coalesce.ts'
import { areDuplicateKeys, isDuplicateKey, lacksMajority, writeOnce } from '../duplicate-key.ts'
import type { LeverOpportunity } from '../lever/opportunities.ts'
import { LeverOpportunityModel, type LeverOpportunityRecord } from './lever-opportunity-model.ts'
import { DURABLE, MIRROR_WRITES } from './mirror-writes.ts'
import type { HashKeys } from './mirror-deps.ts'
import { personHasher, type PersonHashes } from './person-hashes.ts'

/**
 * Stores a reading of Lever, unless the mirror has a newer one: then it returns `stale`. The newer one is the one
 * that Lever updated later; if Lever gives no time (old records, Lever's API documentation) or the same time, the one
 * that was read later. Only keyed hashes are kept of the person. Pass the response to a GET or a create: responses to
 * other writes have no emails and links (recorded answers). `readAt` is the start of the reading.
 */
export async function recordOpportunity(
  deps: HashKeys,
  organization: string,
  opportunity: LeverOpportunity,
  readAt: Date,
): Promise<'applied' | 'stale'> {
  const older = olderThan(organization, opportunity, readAt)
  const fields = fieldsOf(opportunity, await personHasher(deps, organization), readAt)
  const how = { writeConcern: MIRROR_WRITES }
  if (await writeOnce(() => LeverOpportunityModel.updateOne(older, asRead(fields), { ...how, upsert: true }))) return 'applied'
  // the existing record is newer, or was inserted just now and may be older
  const updated = await LeverOpportunityModel.updateOne(older, asRead(fields), how)
  return updated.matchedCount === 1 ? 'applied' : 'stale'
}

/** The same, but waits for the majority; one write for all readings that are stored at the same time. */
export async function recordDurably(deps: HashKeys, organization: string, opportunity: LeverOpportunity, readAt: Date): Promise<void> {
  const filter = olderThan(organization, opportunity, readAt)
  const update = asRead(fieldsOf(opportunity, await personHasher(deps, organization), readAt))
  await writeDurably(organization, { filter, update })
}

const writeDurably = coalesceByKey<Pick<mongo.UpdateOneModel, 'filter' | 'update'>>(async (readings) => {
  const writeAll = (upsert: boolean) =>
    LeverOpportunityModel.bulkWrite(
      readings.map((reading) => ({ updateOne: { ...reading, upsert } })),
      { ordered: false, writeConcern: DURABLE, throwOnValidationError: true },
    )
  try {
    await writeAll(true)
  } catch (error) {
    if (!areDuplicateKeys(error) || lacksMajority(error)) throw error
    await writeAll(false) // an existing record is newer, or was inserted just now and may be older
  }
})

/**
 * The same for a page of a list; unchanged records are not written.
 * @returns the mirror's previous records by id
 */
export async function recordOpportunities(
  deps: HashKeys,
  organization: string,
  opportunities: readonly LeverOpportunity[],
  readAt: Date,
): Promise<Map<string, LeverOpportunityRecord>> {
  const ids = opportunities.map(({ id }) => id)
  const records = await LeverOpportunityModel.find({ organization, leverId: { $in: ids } }).lean<LeverOpportunityRecord[]>()
  const known = new Map(records.map((record) => [record.leverId, record]))
  const hash = await personHasher(deps, organization)
  const changed = opportunities
    .map((one) => ({ leverId: one.id, older: olderThan(organization, one, readAt), fields: fieldsOf(one, hash, readAt) }))
    .filter(({ leverId, fields }) => !isSame(known.get(leverId), fields))

  const update = ({ older, fields }: (typeof changed)[number]) => ({ updateOne: { filter: older, update: asRead(fields) } })
  try {
    await write(
      changed.map((one) => {
        const { leverId, fields } = one
        const document = { organization: new Types.ObjectId(organization), leverId, postingIds: [], ...fields }
        return known.has(leverId) ? update(one) : { insertOne: { document } }
      }),
    )
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    await write(changed.map(update)) // a record that was inserted just now may be older
  }
  return known
}

/** Values already have their stored types, and casting would cost more than the write. */
async function write(operations: mongo.AnyBulkWriteOperation[]): Promise<void> {
  if (operations.length > 0) await LeverOpportunityModel.collection.bulkWrite(operations, { ordered: false })
}

/** Ignores the time of the reading. */
function isSame(record: LeverOpportunityRecord | undefined, fields: Record<string, unknown>): boolean {
  if (!record || record.hashesRemoved) return false
  const read: Record<string, unknown> = { ...fields, readAt: record.readAt }
  const stored: Record<string, unknown> = { ...record }
  return Object.entries(read).every(([name, value]) => JSON.stringify(stored[name]) === JSON.stringify(value))
}

function olderThan(organization: string, { id: leverId, updatedAt }: LeverOpportunity, readAt: Date) {
  return { organization: new Types.ObjectId(organization), leverId, ...isOlder(updatedAt, readAt) }
}

function isOlder(updatedAt: Date | null, readAt: Date) {
  const readBefore = { readAt: { $lte: readAt } }
  if (updatedAt === null) return readBefore
  return { $or: [{ leverUpdatedAt: { $lt: updatedAt } }, { leverUpdatedAt: { $in: [updatedAt, null] }, ...readBefore }] }
}

/** Without `expand=applications`, an opportunity names its applications but not their postings. */
function knowsPostings({ applicationIds, postingIds }: LeverOpportunity): boolean {
  return postingIds.length > 0 || applicationIds.length === 0
}

/** A record that is read again has all its hashes. */
function asRead(fields: ReturnType<typeof fieldsOf>) {
  return { $set: fields, $unset: { hashesRemoved: 1 } } as const
}

function fieldsOf(opportunity: LeverOpportunity, hash: (person: LeverOpportunity) => PersonHashes, readAt: Date) {
  return {
    contactId: opportunity.contact,
    stageId: opportunity.stage,
    ...(knowsPostings(opportunity) ? { postingIds: opportunity.postingIds } : {}),
    ownerId: opportunity.owner,
    origin: opportunity.origin,
    sources: opportunity.sources,
    archivedAt: opportunity.archived?.archivedAt ?? null,
    archiveReasonId: opportunity.archived?.reason ?? null,
    archived: opportunity.archived !== null,
    confidentiality: opportunity.confidentiality,
    isAnonymized: opportunity.isAnonymized,
    url: opportunity.url,
    leverCreatedAt: opportunity.createdAt,
    leverUpdatedAt: opportunity.updatedAt,
    ...(opportunity.isAnonymized ? { emailHashes: [], linkHashes: [] } : hash(opportunity)),
    readAt,
  }
}
