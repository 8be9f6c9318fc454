import { forgetMissedChanges } from '../connection/missed-changes.ts'
import {
  LeverArchiveReasonModel,
  LeverPostingModel,
  LeverRequisitionModel,
  LeverStageModel,
  LeverUserModel,
} from './lever-record-models.ts'
import { LeverOpportunityModel } from './lever-opportunity-model.ts'
import { OpportunityHistoryModel } from './opportunity-history-model.ts'
import { OpportunitySyncModel } from './opportunity-sync-model.ts'
import { SyncRunModel } from './sync-run-model.ts'
import type { HashKeys } from './mirror-deps.ts'
import { hashesToFind } from './person-hashes.ts'

/**
 * Deletes everything stored about the organization's Lever account, including hashes, and ends its syncs. May be
 * repeated.
 */
export async function forgetOrganization(organization: string): Promise<void> {
  // first, so that a run in another process notices
  await Promise.all([SyncRunModel.deleteMany({ organization }), OpportunitySyncModel.deleteMany({ organization })])
  await Promise.all([
    LeverUserModel.deleteMany({ organization }),
    LeverStageModel.deleteMany({ organization }),
    LeverArchiveReasonModel.deleteMany({ organization }),
    LeverPostingModel.deleteMany({ organization }),
    LeverRequisitionModel.deleteMany({ organization }),
    LeverOpportunityModel.deleteMany({ organization }),
    OpportunityHistoryModel.deleteMany({ organization }),
  ])
  await forgetMissedChanges(organization)
}

/**
 * Called when Lever itself reports the deletion: the opportunity no longer counts as a duplicate, and its history is
 * deleted too.
 */
export async function forgetOpportunity(organization: string, leverId: string): Promise<void> {
  await LeverOpportunityModel.deleteOne({ organization, leverId })
  await forgetHistory(organization, [leverId])
}

/**
 * Deletes the history of these opportunities.
 * @returns the number of entries
 */
export async function forgetHistory(organization: string, opportunityIds: readonly string[]): Promise<number> {
  const gone = await OpportunityHistoryModel.deleteMany({ organization, opportunityId: { $in: [...opportunityIds] } })
  return gone.deletedCount
}

/**
 * Deletes the hashes of emails and links that recognize a person: all hashes of the person's own opportunities
 * (`opportunityIds`), and only the person's own hashes in others. What Lever shows later is stored as for anyone else.
 * @returns the number of opportunities with such hashes
 */
export async function forgetPerson(
  deps: HashKeys,
  organization: string,
  person: { emails: readonly string[]; links: readonly string[]; opportunityIds: readonly string[] },
): Promise<number> {
  const { emailHashes, linkHashes } = await hashesToFind(deps, organization, person)
  const leverId = { $in: [...person.opportunityIds] }
  const hasHashes = [{ 'emailHashes.0': { $exists: true } }, { 'linkHashes.0': { $exists: true } }]
  const own = await LeverOpportunityModel.updateMany(
    { organization, leverId, $or: hasHashes },
    { $set: { emailHashes: [], linkHashes: [], hashesRemoved: true } },
  )
  const shared = await LeverOpportunityModel.updateMany(
    { organization, $or: [{ emailHashes: { $in: emailHashes } }, { linkHashes: { $in: linkHashes } }] },
    { $pullAll: { emailHashes, linkHashes }, $set: { hashesRemoved: true } },
  )
  // after the records, so that no sweep takes them for restored; an erasure that was killed in between is repeated
  await OpportunitySyncModel.updateOne({ organization }, { $inc: { hashRemovals: 1 } })
  return own.modifiedCount + shared.modifiedCount
}
