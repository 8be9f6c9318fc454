import { isValidObjectId, type QueryFilter, type Types } from 'mongoose'
import type { Clearance } from '../accounts/clearance.ts'
import { inOrder, page, type ListOrder, type OrderedPageRequest, type Page } from '../paging.ts'
import { CandidateModel, type CandidateDocument } from './candidate-model.ts'
import { chooseIndex, type ListQuery } from './choose-index.ts'
import { conditionsOf, type CandidateFilters, type Condition } from './list-conditions.ts'
import { hasSearchKeys } from './renew-candidate-keys.ts'
import { STAGE_COLLATION } from './stage-collation.ts'

/**
 * Returns candidates, newest first by default.
 * @throws ServiceError `invalid_request` for an invalid cursor
 */
export async function listCandidates(
  organization: string,
  filters: CandidateFilters,
  clearance: Clearance,
  request: OrderedPageRequest,
): Promise<Page<CandidateDocument>> {
  const read = (query: ListQuery) => page(CandidateModel, query.filter, request, (candidate): CandidateDocument => candidate, query)
  const conditions = await readConditions(organization, filters, clearance, request.order)
  const order = request.order ?? '-added'
  const query = await chooseIndex(organization, conditions, { order, ...(request.cursor === undefined ? { rows: request.limit + 1 } : {}) })
  const found = await read(query)
  return query.isBeginning && found.nextCursor === null ? read(await chooseIndex(organization, conditions, { order })) : found
}

/** Returns the organization's candidates with these ids, in the order of the ids. */
export async function findCandidates(organization: string, ids: readonly string[]): Promise<CandidateDocument[]> {
  const valid = ids.filter((id) => isValidObjectId(id))
  const found = await CandidateModel.find({ organization, _id: { $in: valid } }).lean<CandidateDocument[]>()
  const byId = new Map(found.map((candidate) => [String(candidate._id), candidate]))
  return [...new Set(valid)].flatMap((id) => byId.get(id) ?? [])
}

/** Returns only the name and addresses of many candidates, in no particular order. */
export async function findBriefly(
  organization: string,
  ids: readonly string[],
): Promise<{ id: string; externalId: string | null; name: string; emails: string[]; links: string[] }[]> {
  const valid = ids.filter((id) => isValidObjectId(id))
  const fields = { externalId: 1, name: 1, emails: 1, links: 1, profileUrl: 1 }
  const found = await CandidateModel.find({ organization, _id: { $in: valid } }, fields).lean<CandidateDocument[]>()
  return found.map(({ _id, externalId, name, emails, links, profileUrl }) => ({
    id: _id.toHexString(),
    externalId: externalId ?? null,
    name,
    emails,
    links: [...links, ...(profileUrl ? [profileUrl] : [])],
  }))
}

/** Returns the ids of the first matching candidates, up to a limit. */
export async function findIds(
  organization: string,
  filters: Omit<CandidateFilters, 'leverStageId' | 'updatedSince'>,
  { atMost, order }: { atMost: number; order: ListOrder },
): Promise<string[]> {
  const conditions = await readConditions(organization, filters, 'nonConfidential', order)
  const { filter, hint } = await chooseIndex(organization, conditions, { order })
  const found = await CandidateModel.find(filter, { _id: 1 }, { ...inOrder(order), hint })
    .limit(atMost)
    .lean<{ _id: Types.ObjectId }[]>()
  return found.map(({ _id }) => _id.toHexString())
}

/**
 * Returns the ids of candidates in one of the stages and, if any are named, one of the projects: oldest first, up to
 * a limit, after the given id.
 */
export async function findIdsInStages(
  organization: string,
  { stages, projects }: { stages: readonly string[]; projects: readonly string[] },
  { after, atMost }: { after: Types.ObjectId | null; atMost: number },
): Promise<Types.ObjectId[]> {
  const filter: QueryFilter<CandidateDocument> = {
    organization,
    stage: { $in: stages },
    ...(projects.length > 0 ? { project: { $in: projects } } : {}),
    ...(after ? { _id: { $gt: after } } : {}),
  }
  const found = await CandidateModel.find(filter, { _id: 1 })
    .collation(STAGE_COLLATION)
    .sort({ _id: 1 })
    .limit(atMost)
    .lean<{ _id: Types.ObjectId }[]>()
  return found.map(({ _id }) => _id)
}

async function readConditions(
  organization: string,
  filters: CandidateFilters,
  clearance: Clearance,
  order: ListOrder = '-added',
): Promise<Condition[]> {
  const [isReady, changed] = await Promise.all([
    filters.q ? hasSearchKeys() : true,
    filters.updatedSince ? idsChangedSince(organization, filters.updatedSince) : null,
  ])
  return conditionsOf(filters, { order, clearance, hasSearchKeys: isReady, changed })
}

const MOST_READ = 3000

/** Returns null if they are many. */
async function idsChangedSince(organization: string, since: Date): Promise<Types.ObjectId[] | null> {
  const read = (field: 'updatedAt' | 'leverChangedAt') =>
    CandidateModel.find({ organization, [field]: { $gte: since } }, { _id: 1 }, { hint: { organization: 1, [field]: 1, _id: 1 } })
      .limit(MOST_READ)
      .lean<{ _id: Types.ObjectId }[]>()
  const [here, inLever] = await Promise.all([read('updatedAt'), read('leverChangedAt')])
  return Math.max(here.length, inLever.length) < MOST_READ ? [...here, ...inLever].map(({ _id }) => _id) : null
}
