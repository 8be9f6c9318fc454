import { Types, type QueryFilter } from 'mongoose'
import { CandidateModel, type CandidateDocument, type CandidateLeverState } from './candidate-model.ts'

/** The candidate's own `updatedAt` stays: it is shown to people who may not see the opportunity. */
const APART = { timestamps: false }

function toSet(lever: CandidateLeverState | null) {
  return { $set: { lever, leverChangedAt: new Date() } }
}

/**
 * Brings the candidates linked to an opportunity up to what was read of it; an older reading than the one kept changes nothing.
 * Lever's `updatedAt` is null on old records: such a reading is taken as it comes.
 * @returns how many candidates are linked and took it
 */
export async function applyLeverState(organization: string, opportunityId: string, state: CandidateLeverState): Promise<number> {
  const notNewer: QueryFilter<CandidateDocument> = state.updatedAt
    ? { $or: [{ 'lever.updatedAt': null }, { 'lever.updatedAt': { $lte: state.updatedAt } }] }
    : {}
  const applied = await CandidateModel.updateMany({ organization, 'lever.opportunityId': opportunityId, ...notNewer }, toSet(state), APART)
  return applied.matchedCount
}

/** Those of the opportunities to which a candidate is linked. */
export async function linkedAmong(organization: string, opportunityIds: readonly string[]): Promise<string[]> {
  const linked = await CandidateModel.distinct('lever.opportunityId', { organization, 'lever.opportunityId': { $in: opportunityIds } })
  return linked.filter((id) => typeof id === 'string')
}

/** True if a candidate is linked to the opportunity, or one of `exported` is still here. */
export async function isAnyInLeverAs(organization: string, opportunityId: string, exported: readonly string[]): Promise<boolean> {
  const ways = [{ 'lever.opportunityId': opportunityId }, { _id: { $in: exported } }]
  return (await CandidateModel.exists({ organization, $or: ways })) !== null
}

/** Ids of the candidates that are linked to this opportunity. */
export async function linkedTo(organization: string, opportunityId: string): Promise<string[]> {
  return (await CandidateModel.distinct('_id', { organization, 'lever.opportunityId': opportunityId })).map(String)
}

/** Forgets what came from Lever where the opportunity was deleted there. @returns how many candidates were linked to it */
export async function unlinkOpportunity(organization: string, opportunityId: string): Promise<number> {
  const unlinked = await CandidateModel.updateMany({ organization, 'lever.opportunityId': opportunityId }, toSet(null), APART)
  return unlinked.modifiedCount
}

/**
 * Keeps the id of the candidate's newest export (ids rise with time); with `lever`, that it succeeded, and where in Lever the candidate is now.
 * Does not wait for the majority: the caller's next write does.
 */
export async function noteExport(organization: string, candidateId: string, exportId: string, lever?: CandidateLeverState): Promise<void> {
  const landed = lever ? { $set: { exported: true, lever, leverChangedAt: new Date() } } : {}
  const change = { $max: { lastExport: new Types.ObjectId(exportId) }, ...landed }
  await CandidateModel.updateOne({ _id: candidateId, organization }, change, { writeConcern: { w: 1 } })
}

/** Keeps the ids of the newest exports of many candidates. */
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
