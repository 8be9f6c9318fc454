import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

export const HISTORY_KINDS = ['stage', 'archived', 'unarchived', 'interviewCreated', 'interviewUpdated', 'interviewDeleted'] as const
export type HistoryKind = (typeof HISTORY_KINDS)[number]

/** The history of an opportunity of a candidate here: one document per event, with only Lever's ids and times. */
const opportunityHistorySchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    opportunityId: { type: String, required: true },
    /** Identifies the event, however often and by whichever source it is reported. */
    key: { type: String, required: true },
    kind: { type: String, enum: HISTORY_KINDS, required: true },
    /** By Lever's clock. */
    at: { type: Date, required: true },
    stageId: { type: String, default: null },
    /** The name of the stage when this was stored; a stage may be renamed or removed later. */
    stageText: { type: String, default: null },
    archiveReasonId: { type: String, default: null },
    /** Lever user id; null if Lever does not name a user, or no user did it. */
    userId: { type: String, default: null },
    /** Named by a webhook, so it must be read from Lever before it is used. */
    interviewId: { type: String, default: null },
  },
  { collection: 'lever_opportunity_history' },
)
opportunityHistorySchema.index({ organization: 1, opportunityId: 1, key: 1 }, { unique: true }) // stores each event once
opportunityHistorySchema.index({ organization: 1, opportunityId: 1, at: -1 })

export type HistoryEntry = InferSchemaType<typeof opportunityHistorySchema> & { _id: Types.ObjectId }
export const OpportunityHistoryModel = model('OpportunityHistory', opportunityHistorySchema)
