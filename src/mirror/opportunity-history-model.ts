import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

export const HISTORY_KINDS = ['stage', 'archived', 'unarchived', 'interviewCreated', 'interviewUpdated', 'interviewDeleted'] as const
export type HistoryKind = (typeof HISTORY_KINDS)[number]

/** What happened to an opportunity of a candidate here, an entry an event, with Lever's ids and times alone. */
const opportunityHistorySchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    opportunityId: { type: String, required: true },
    /** What makes it the same event, however often and from wherever it is told. */
    key: { type: String, required: true },
    kind: { type: String, enum: HISTORY_KINDS, required: true },
    /** By Lever's clock. */
    at: { type: Date, required: true },
    stageId: { type: String, default: null },
    /** As the stage was called when this was noted; a stage may be renamed or removed. */
    stageText: { type: String, default: null },
    archiveReasonId: { type: String, default: null },
    /** Lever user id; null where Lever does not say, or nobody did it. */
    userId: { type: String, default: null },
    /** Named by a webhook: to be read again before anything is made of it. */
    interviewId: { type: String, default: null },
  },
  { collection: 'lever_opportunity_history' },
)
opportunityHistorySchema.index({ organization: 1, opportunityId: 1, key: 1 }, { unique: true }) // an event is noted once
opportunityHistorySchema.index({ organization: 1, opportunityId: 1, at: -1 })

export type HistoryEntry = InferSchemaType<typeof opportunityHistorySchema> & { _id: Types.ObjectId }
export const OpportunityHistoryModel = model('OpportunityHistory', opportunityHistorySchema)
