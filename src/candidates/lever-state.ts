import { Types, type QueryFilter } from 'mongoose'
import { coalesceByKey } from '../concurrency/coalesce.ts'
import { CandidateModel, type CandidateDocument, type CandidateLeverState } from './candidate-model.ts'

/** Leaves the candidate's `updatedAt` unchanged, which is shown to people who may not see the opportunity. */
const APART = { timestamps: false }

function notNewerThan(updatedAt: Date) {
  return [{ 'lever.updatedAt': null }, { 'lever.updatedAt': { $lte: updatedAt } }]
}

function toSet(lever: CandidateLeverState | null) {
  return { $set: { lever, leverChangedAt: new Date() } }
}

/**
 * Updates the candidates linked to an opportunity with its state in Lever, unless the stored state is newer. Lever's
 * `updatedAt` is null on old records; such a state is always applied.
 * @returns the number of linked candidates that were updated
 */
export async function applyLeverState(organization: string, opportunityId: string, state: CandidateLeverState): Promise<number> {
  const notNewer: QueryFilter<CandidateDocument> = state.updatedAt ? { $or: notNewerThan(state.updatedAt) } : {}
  const applied = await CandidateModel.updateMany({ organization, 'lever.opportunityId': opportunityId, ...notNewer }, toSet(state), APART)
  return applied.matchedCount
}

/** Returns the opportunities to which a candidate is linked. */
export async function linkedAmong(organization: string, opportunityIds: readonly string[]): Promise<string[]> {
  const linked = await CandidateModel.distinct('lever.opportunityId', { organization, 'lever.opportunityId': { $in: opportunityIds } })
  return linked.filter((id) => typeof id === 'string')
}

/** True if a candidate is linked to the opportunity, or one of `exported` still exists. */
export async function isAnyInLeverAs(organization: string, opportunityId: string, exported: readonly string[]): Promise<boolean> {
  const ways = [{ 'lever.opportunityId': opportunityId }, { _id: { $in: exported } }]
  return (await CandidateModel.exists({ organization, $or: ways })) !== null
}

/** Returns the ids of the candidates linked to this opportunity. */
export async function linkedTo(organization: string, opportunityId: string): Promise<string[]> {
  return (await CandidateModel.distinct('_id', { organization, 'lever.opportunityId': opportunityId })).map(String)
}

/**
 * Removes everything that candidates store about an opportunity that was deleted in Lever.
 * @returns the number of candidates that were linked to it
 */
export async function unlinkOpportunity(organization: string, opportunityId: string): Promise<number> {
  const unlinked = await CandidateModel.updateMany({ organization, 'lever.opportunityId': opportunityId }, toSet(null), APART)
  return unlinked.modifiedCount
}

/**
 * Stores the id of the candidate's newest export (ids rise with time). With `lever`, also stores that the export succeeded and the
 * candidate's state in Lever, and waits for the majority: nothing repeats it once the export has ended, and a later majority write does not
 * secure it if the primary changes in between. Without `lever`, it is repeated when the export lands; until then, a failing primary may
 * lose it, and the candidate shows the previous export.
 */
export async function noteExport(organization: string, candidateId: string, exportId: string, lever?: CandidateLeverState): Promise<void> {
  if (lever) return noteLanded(organization, { candidateId, exportId, lever })
  const change = { $max: { lastExport: new Types.ObjectId(exportId) } }
  await CandidateModel.updateOne({ _id: candidateId, organization }, change, { writeConcern: { w: 1 } })
}

interface LandedExport {
  candidateId: string
  exportId: string
  lever: CandidateLeverState
}

/** One write for all exports that land at the same time. */
const noteLanded = coalesceByKey<LandedExport>(async (landed, organization) => {
  const updates = landed.flatMap(({ candidateId, exportId, lever }) => {
    const filter = { _id: new Types.ObjectId(candidateId), organization: new Types.ObjectId(organization) }
    return [
      { updateOne: { filter, update: { $max: { lastExport: new Types.ObjectId(exportId) }, $set: { exported: true } } } },
      { updateOne: { filter: { ...filter, ...hasNoNewer(lever) }, update: toSet(lever) } },
    ]
  })
  await CandidateModel.bulkWrite(updates, { ordered: false, writeConcern: { w: 'majority' }, throwOnValidationError: true })
})

/** Matches candidates without a newer state of the same opportunity. */
function hasNoNewer({ opportunityId, updatedAt }: CandidateLeverState): QueryFilter<CandidateDocument> {
  return updatedAt ? { $or: [{ 'lever.opportunityId': { $ne: opportunityId } }, ...notNewerThan(updatedAt)] } : {}
}

/** Stores the ids of the newest exports of many candidates. */
export async function noteExports(organization: string, exports: readonly { candidateId: string; exportId: string }[]): Promise<void> {
  if (exports.length === 0) return
  const updates = exports.map(({ candidateId, exportId }) => ({
    updateOne: {
      filter: { _id: new Types.ObjectId(candidateId), organization: new Types.ObjectId(organization) },
      update: { $max: { lastExport: new Types.ObjectId(exportId) } },
    },
  }))
  await CandidateModel.collection.bulkWrite(updates, { ordered: false })
}
