import { isValidObjectId, type QueryFilter, type Types } from 'mongoose'
import { inOrder, literally, page, type ListOrder, type OrderedPageRequest, type Page } from '../paging.ts'
import { searchForm } from './search-form.ts'
import { CandidateModel, type CandidateDocument } from './candidate-model.ts'
import { STAGE_COLLATION } from './stage-collation.ts'

export interface CandidateFilters {
  /** Words from a name or email, whole or partial, in any order. Ignores accents and case. */
  q?: string | undefined
  exported?: boolean | undefined
  project?: string | undefined
}

/**
 * Returns candidates, newest first by default.
 * @throws ServiceError `invalid_request` for an invalid cursor
 */
export async function listCandidates(
  organization: string,
  filters: CandidateFilters,
  request: OrderedPageRequest,
): Promise<Page<CandidateDocument>> {
  return page(CandidateModel, filterOf(organization, filters), request, (candidate): CandidateDocument => candidate)
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
  filters: CandidateFilters,
  { atMost, order }: { atMost: number; order: ListOrder },
): Promise<string[]> {
  const found = await CandidateModel.find(filterOf(organization, filters), { _id: 1 }, inOrder(order))
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

function filterOf(organization: string, filters: CandidateFilters): QueryFilter<CandidateDocument> {
  return {
    organization,
    ...(filters.exported === undefined ? {} : { exported: filters.exported }),
    ...(filters.project === undefined ? {} : { project: exactly(filters.project) }),
    ...matchingWords(filters.q ?? ''),
  }
}

/** Equality would ignore case and accents under the collation that sorts by name. */
function exactly(text: string): { $regex: string } {
  return { $regex: String.raw`^${literally(text)}\z` }
}

function matchingWords(q: string): QueryFilter<CandidateDocument> {
  const words = searchForm(q).split(' ').filter((word) => word !== '') // prettier-ignore
  if (words.length === 0) return {}
  return { $and: words.map((word) => ({ searchText: { $regex: literally(word) } })) }
}
