import type { ClientSession, ProjectionType } from 'mongoose'
import { CandidateModel, type CandidateDocument } from './candidate-model.ts'

type KeyField = '_id' | 'externalId' | 'linkKeys' | 'emailKeys' | 'recordKeys'

/** Without this condition of its partial index, MongoDB reads all candidates of the organization to find an `externalId`. */
export const IS_TEXT = { $type: 'string' } as const

/**
 * Returns candidates that have one of these values in one of these fields, oldest first. Each field uses its own
 * index: every branch names the organization, branches without values are dropped, and the database does not sort.
 * Otherwise MongoDB would read all candidates of the organization.
 */
export async function findByAny(
  organization: string,
  values: Partial<Record<KeyField, readonly unknown[]>>,
  { fields = {}, session }: { fields?: ProjectionType<CandidateDocument>; session?: ClientSession } = {},
): Promise<CandidateDocument[]> {
  const branches = Object.entries(values).flatMap(([field, wanted]) =>
    wanted.length > 0 ? [{ organization, [field]: { $in: wanted, ...(field === 'externalId' ? IS_TEXT : {}) } }] : [],
  )
  if (branches.length === 0) return []
  const found = await CandidateModel.find({ $or: branches }, fields, session ? { session } : {}).lean<CandidateDocument[]>()
  return found.toSorted((a, b) => Buffer.compare(a._id.id, b._id.id))
}
