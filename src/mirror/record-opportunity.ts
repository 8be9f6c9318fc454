import { Types, type AnyBulkWriteOperation, type QueryFilter } from 'mongoose'
import type { LeverOpportunity } from '../lever/opportunities.ts'
import { LeverOpportunityModel, type LeverOpportunityRecord } from './lever-opportunity-model.ts'
import { personHasher, type PersonHashes, type PersonKeyDeps } from './person-hashes.ts'

const DUPLICATE_KEY = 11000

/**
 * Keeps what a reading of Lever gave, unless the mirror has something newer: then `stale`. Newer is what Lever updated later;
 * where Lever says no time (old records, Lever's API documentation) or the same, what was read later. Of the person only keyed hashes are
 * kept. Give it what a GET or a create answered: other writes answer without e-mails and links (recorded answers).
 * `readAt` is the start of the reading.
 */
export async function recordOpportunity(
  deps: PersonKeyDeps,
  organization: string,
  opportunity: LeverOpportunity,
  readAt: Date,
): Promise<'applied' | 'stale'> {
  const older = olderThan(organization, opportunity, readAt)
  const fields = fieldsOf(opportunity, await personHasher(deps, organization), readAt)
  try {
    await LeverOpportunityModel.updateOne(older, { $set: fields }, { upsert: true })
    return 'applied'
  } catch (error) {
    if ((error as { code?: unknown }).code !== DUPLICATE_KEY) throw error
  }
  // there is one: a newer one, or one that came this very moment and may be older
  const updated = await LeverOpportunityModel.updateOne(older, { $set: fields })
  return updated.matchedCount === 1 ? 'applied' : 'stale'
}

/** The same for a page of a list. @returns what the mirror had of them before, by id */
export async function recordOpportunities(
  deps: PersonKeyDeps,
  organization: string,
  opportunities: readonly LeverOpportunity[],
  readAt: Date,
): Promise<Map<string, LeverOpportunityRecord>> {
  if (opportunities.length === 0) return new Map()
  const ids = opportunities.map(({ id }) => id)
  const known = await LeverOpportunityModel.find({ organization, leverId: { $in: ids } }).lean<LeverOpportunityRecord[]>()
  const hash = await personHasher(deps, organization)
  const write = async (upsert: boolean): Promise<void> => {
    const operations = opportunities.map((one): AnyBulkWriteOperation<LeverOpportunityRecord> => {
      const [filter, $set] = [olderThan(organization, one, readAt), fieldsOf(one, hash, readAt)]
      return { updateOne: { filter, update: { $set }, upsert } }
    })
    await LeverOpportunityModel.bulkWrite(operations, { ordered: false })
  }
  try {
    await write(true)
  } catch (error) {
    if ((error as { code?: unknown }).code !== DUPLICATE_KEY) throw error
    await write(false) // of some there is a newer one, or one that came this very moment and may be older
  }
  return new Map(known.map((record) => [record.leverId, record]))
}

function olderThan(organization: string, { id: leverId, updatedAt }: LeverOpportunity, readAt: Date): QueryFilter<LeverOpportunityRecord> {
  return { organization: new Types.ObjectId(organization), leverId, ...isOlder(updatedAt, readAt) }
}

function isOlder(updatedAt: Date | null, readAt: Date): QueryFilter<LeverOpportunityRecord> {
  const readBefore = { readAt: { $lte: readAt } }
  if (updatedAt === null) return readBefore
  return { $or: [{ leverUpdatedAt: { $lt: updatedAt } }, { leverUpdatedAt: { $in: [updatedAt, null] }, ...readBefore }] }
}

/** Read without `expand=applications`, an opportunity names its applications but not their postings. */
function knowsPostings({ applicationIds, postingIds }: LeverOpportunity): boolean {
  return postingIds.length > 0 || applicationIds.length === 0
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
