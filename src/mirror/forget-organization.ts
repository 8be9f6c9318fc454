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

/** Deletes all that was seen of the organization's Lever account, hashes included, and ends its syncs. May be repeated. */
export async function forgetOrganization(organization: string): Promise<void> {
  // first, so that a run which goes on elsewhere notices
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
