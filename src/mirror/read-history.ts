import { LeverArchiveReasonModel, LeverStageModel, type LeverArchiveReasonRecord, type LeverStageRecord } from './lever-record-models.ts'
import { usersById } from './lever-users.ts'
import { OpportunityHistoryModel, type HistoryEntry, type HistoryKind } from './opportunity-history-model.ts'

/** An event in the history of an opportunity, with the current names in Lever. */
export interface HistoryEvent {
  id: string
  opportunityId: string
  kind: HistoryKind | 'hired'
  at: Date
  stage: { id: string; text: string | null } | null
  archiveReason: { id: string; text: string | null } | null
  /** The Lever user who did it, if Lever names one. */
  by: { leverUserId: string; name: string | null } | null
  interviewId: string | null
}

/** More than any real opportunity has. If one has more, the newest are returned. */
const MOST_EVENTS = 2000

/**
 * Returns the stored history of these opportunities, newest first. An archiving for a reason that Lever counts as a
 * hire is `hired`.
 */
export async function readHistory(organization: string, opportunityIds: readonly string[]): Promise<HistoryEvent[]> {
  const entries = await OpportunityHistoryModel.find({ organization, opportunityId: { $in: [...opportunityIds] } })
    .sort({ at: -1, _id: -1 })
    .limit(MOST_EVENTS)
    .lean<HistoryEntry[]>()
  const [stages, reasons, users] = await Promise.all([
    stagesById(organization, entries.flatMap(({ stageId }) => stageId ?? [])),
    reasonsById(organization, entries.flatMap(({ archiveReasonId }) => archiveReasonId ?? [])),
    usersById(organization, entries.flatMap(({ userId }) => userId ?? [])),
  ]) // prettier-ignore
  return entries.map((entry) => {
    const { _id, opportunityId, kind, at, stageId, stageText, archiveReasonId, userId, interviewId } = entry
    const reason = reasons.get(archiveReasonId ?? '')
    return {
      id: _id.toHexString(),
      opportunityId,
      kind: kind === 'archived' && reason?.type === 'hired' ? 'hired' : kind,
      at,
      stage: stageId ? { id: stageId, text: stages.get(stageId)?.text ?? stageText ?? null } : null,
      archiveReason: archiveReasonId ? { id: archiveReasonId, text: reason?.text ?? null } : null,
      by: userId ? { leverUserId: userId, name: users.get(userId)?.name ?? null } : null,
      interviewId: interviewId ?? null,
    }
  })
}

async function stagesById(organization: string, ids: readonly string[]): Promise<Map<string, LeverStageRecord>> {
  const found = await LeverStageModel.find({ organization, leverId: { $in: ids } }).lean<LeverStageRecord[]>()
  return new Map(found.map((stage) => [stage.leverId, stage]))
}

async function reasonsById(organization: string, ids: readonly string[]): Promise<Map<string, LeverArchiveReasonRecord>> {
  const found = await LeverArchiveReasonModel.find({ organization, leverId: { $in: ids } }).lean<LeverArchiveReasonRecord[]>()
  return new Map(found.map((reason) => [reason.leverId, reason]))
}
