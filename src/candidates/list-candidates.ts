import { isValidObjectId, type QueryFilter } from 'mongoose'
import { page, type Page, type PageRequest } from '../paging.ts'
import { searchForm } from './candidate-keys.ts'
import { CandidateModel, type CandidateDocument } from './candidate-model.ts'

export interface CandidateFilters {
  /** Words of a name or e-mail, whole or in part, in any order; accents and case make no difference. */
  q?: string | undefined
  exported?: boolean | undefined
  project?: string | undefined
}

/** Candidates, newest first. @throws ServiceError `invalid_request` for a cursor that is not ours */
export async function listCandidates(
  organization: string,
  filters: CandidateFilters,
  request: PageRequest,
): Promise<Page<CandidateDocument>> {
  const filter: QueryFilter<CandidateDocument> = {
    organization,
    ...(filters.exported === undefined ? {} : { exported: filters.exported }),
    ...(filters.project === undefined ? {} : { project: filters.project }),
    ...matchingWords(filters.q ?? ''),
  }
  return page(CandidateModel, filter, request, (candidate): CandidateDocument => candidate)
}

/** Those of these ids that are candidates of the organization, in the order of the ids. */
export async function findCandidates(organization: string, ids: readonly string[]): Promise<CandidateDocument[]> {
  const valid = ids.filter((id) => isValidObjectId(id))
  const found = await CandidateModel.find({ organization, _id: { $in: valid } }).lean<CandidateDocument[]>()
  const byId = new Map(found.map((candidate) => [String(candidate._id), candidate]))
  return [...new Set(valid)].flatMap((id) => byId.get(id) ?? [])
}

function matchingWords(q: string): QueryFilter<CandidateDocument> {
  const words = searchForm(q).split(' ').filter((word) => word !== '') // prettier-ignore
  if (words.length === 0) return {}
  return { $and: words.map((word) => ({ searchText: { $regex: word.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`) } })) }
}
