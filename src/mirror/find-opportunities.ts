import type { QueryFilter } from 'mongoose'
import { type Clearance, isConfidential } from '../accounts/clearance.ts'
import { coalesceByKey } from '../concurrency/coalesce.ts'
import { page, type Page, type PageRequest } from '../paging.ts'
import { LeverOpportunityModel, type LeverOpportunityRecord } from './lever-opportunity-model.ts'
import type { HashKeys } from './mirror-deps.ts'
import { hashesToFind, type PersonHashes } from './person-hashes.ts'
import { CONFIDENTIAL, shownTo } from './shown-to.ts'
import { LeverPostingModel, LeverRequisitionModel } from './lever-record-models.ts'

/** A person here whose opportunities are searched for. */
export interface PersonOfOurs {
  emails: readonly string[]
  links: readonly string[]
  /**
   * `address`: search by every email address, including shared ones. Default: search by the values that identify the
   * person.
   */
  by?: 'identity' | 'address'
  opportunityId?: string | null
  contactId?: string | null
}

export interface OpportunityFilters {
  person?: PersonOfOurs | undefined
  stageId?: string | undefined
  postingId?: string | undefined
  archived?: boolean | undefined
}

/** An opportunity as last seen, without personal data. Names of stages and reasons come from their own lists. */
export type OpportunityView = ReturnType<typeof toOpportunityView>

/**
 * Returns opportunities as last seen, the most recently discovered first.
 * @throws ServiceError `invalid_request` for an invalid cursor
 */
export async function listOpportunities(
  deps: HashKeys,
  organization: string,
  filters: OpportunityFilters,
  clearance: Clearance,
  request: PageRequest,
): Promise<Page<OpportunityView>> {
  const conditions: QueryFilter<LeverOpportunityRecord>[] = [{ organization }, shownTo(clearance)]
  if (filters.person) conditions.push(await isOfPerson(deps, organization, filters.person))
  if (filters.stageId !== undefined) conditions.push({ stageId: filters.stageId })
  if (filters.postingId !== undefined) conditions.push({ postingIds: filters.postingId })
  if (filters.archived !== undefined) conditions.push({ archived: filters.archived })
  return page(LeverOpportunityModel, { $and: conditions }, request, toOpportunityView)
}

/** Returns all opportunities of contacts that share an email or a link with the person, newest in Lever first. */
export async function opportunitiesOf(deps: HashKeys, organization: string, person: PersonOfOurs): Promise<OpportunityView[]> {
  const marks = await marksOf(deps, organization, person)
  const direct = (await findMarked(organization, marks)).filter((record) => bearsOneOf(record, marks))
  if (direct.length === 0) return []
  const contactIds = [...marks.contactIds, ...direct.flatMap(({ contactId }) => contactId ?? [])]
  const records = await LeverOpportunityModel.find({ $and: [{ organization }, bears({ ...marks, contactIds })] })
    .sort({ leverCreatedAt: -1, _id: -1 })
    .lean<LeverOpportunityRecord[]>()
  return records.map(toOpportunityView)
}

/** One read for all callers that ask at the same time. */
const findMarked = coalesceByKey<Marks, LeverOpportunityRecord[]>((all, organization) =>
  LeverOpportunityModel.find(
    { $and: [{ organization }, bears(joined(all))] },
    { leverId: 1, contactId: 1, emailHashes: 1, linkHashes: 1 },
  ).lean<LeverOpportunityRecord[]>(),
)

/**
 * Returns opportunities that Lever shows with an email or profile of the person. `ofOthersToo` is true if an
 * opportunity also has values that the person is not known to have or have had, so that it may belong to somebody
 * else.
 */
export async function opportunitiesSharing(
  deps: HashKeys,
  organization: string,
  { emails, links, pastKeys }: { emails: readonly string[]; links: readonly string[]; pastKeys: readonly string[] },
): Promise<{ id: string; contact: string | null; ofOthersToo: boolean }[]> {
  const everHad = { emails: [...emails, ...pastKeys], links: [...links, ...pastKeys] }
  const known = await hashesToFind(deps, organization, everHad, 'address')
  const own = new Set([...known.emailHashes, ...known.linkHashes])
  const sharing = await isOfPerson(deps, organization, { emails, links })
  const records = await LeverOpportunityModel.find({ $and: [{ organization }, sharing] }).lean<LeverOpportunityRecord[]>()
  return records.map(({ leverId, contactId, emailHashes, linkHashes }) => ({
    id: leverId,
    contact: contactId ?? null,
    ofOthersToo: [...emailHashes, ...linkHashes].some((hash) => !own.has(hash)),
  }))
}

/** Returns the opportunities that are known to be confidential. */
export async function confidentialAmong(organization: string, leverIds: readonly string[]): Promise<string[]> {
  return LeverOpportunityModel.distinct('leverId', { organization, leverId: { $in: [...leverIds] }, ...CONFIDENTIAL })
}

/** Returns all opportunities of a contact. */
export async function opportunitiesOfContact(organization: string, contactId: string): Promise<OpportunityView[]> {
  const records = await LeverOpportunityModel.find({ organization, contactId }).lean<LeverOpportunityRecord[]>()
  return records.map(toOpportunityView)
}

/** Returns null for an opportunity that the mirror does not know, or whose contact Lever did not name. */
export async function contactOf(organization: string, leverId: string): Promise<string | null> {
  const record = await LeverOpportunityModel.findOne({ organization, leverId }, { contactId: 1 }).lean<LeverOpportunityRecord>()
  return record?.contactId ?? null
}

async function isOfPerson(deps: HashKeys, organization: string, person: PersonOfOurs): Promise<QueryFilter<LeverOpportunityRecord>> {
  return bears(await marksOf(deps, organization, person))
}

/** Everything by which an opportunity shows that it belongs to a person. */
interface Marks extends PersonHashes {
  leverIds: string[]
  contactIds: string[]
}

async function marksOf(deps: HashKeys, organization: string, person: PersonOfOurs): Promise<Marks> {
  const hashes = await hashesToFind(deps, organization, person, person.by)
  const [leverIds, contactIds] = [person.opportunityId, person.contactId].map((id) => (id ? [id] : [])) as [string[], string[]]
  return { ...hashes, leverIds, contactIds }
}

function joined(all: readonly Marks[]): Marks {
  return {
    emailHashes: all.flatMap(({ emailHashes }) => emailHashes),
    linkHashes: all.flatMap(({ linkHashes }) => linkHashes),
    leverIds: all.flatMap(({ leverIds }) => leverIds),
    contactIds: all.flatMap(({ contactIds }) => contactIds),
  }
}

/** Matches opportunities with one of the marks. */
function bears({ emailHashes, linkHashes, leverIds, contactIds }: Marks): QueryFilter<LeverOpportunityRecord> {
  const ways: QueryFilter<LeverOpportunityRecord>[] = [{ emailHashes: { $in: emailHashes } }, { linkHashes: { $in: linkHashes } }]
  if (leverIds.length > 0) ways.push({ leverId: { $in: leverIds } })
  if (contactIds.length > 0) ways.push({ contactId: { $in: contactIds } })
  return { $or: ways }
}

/** The same for a record that has been read. */
function bearsOneOf(record: LeverOpportunityRecord, marks: Marks): boolean {
  return (
    (record.emailHashes ?? []).some((hash) => marks.emailHashes.includes(hash)) ||
    (record.linkHashes ?? []).some((hash) => marks.linkHashes.includes(hash)) ||
    marks.leverIds.includes(record.leverId) ||
    (typeof record.contactId === 'string' && marks.contactIds.includes(record.contactId))
  )
}

function toOpportunityView(record: LeverOpportunityRecord) {
  return {
    id: record.leverId,
    contact: record.contactId ?? null,
    stage: record.stageId ?? null,
    postings: record.postingIds,
    owner: record.ownerId ?? null,
    origin: record.origin ?? null,
    sources: record.sources,
    archived: record.archived ? { reason: record.archiveReasonId ?? null, archivedAt: record.archivedAt ?? null } : null,
    confidentiality: record.confidentiality ?? null,
    isAnonymized: record.isAnonymized,
    url: record.url ?? null,
    createdAt: record.leverCreatedAt ?? null,
    updatedAt: record.leverUpdatedAt ?? null,
    readAt: record.readAt,
  }
}

const MODELS = { opportunities: LeverOpportunityModel, postings: LeverPostingModel, requisitions: LeverRequisitionModel } as const

type ConfidentialKind = keyof typeof MODELS

/**
 * Returns, by id, whether each of these records was confidential when last seen in Lever. Records that the mirror
 * does not have are left out.
 */
export async function confidentialityOf(
  organization: string,
  kind: ConfidentialKind,
  leverIds: Iterable<string>,
): Promise<ReadonlyMap<string, boolean>> {
  const ids = [...new Set(leverIds)]
  if (ids.length === 0) return new Map()
  const wanted = { organization, leverId: { $in: ids } }
  const fields = { _id: 0, leverId: 1, confidentiality: 1 }
  const found = await (MODELS[kind] as typeof LeverPostingModel)
    .find(wanted, fields)
    .lean<{ leverId: string; confidentiality?: string | null }[]>()
  return new Map(found.map((record) => [record.leverId, isConfidential(record)]))
}
