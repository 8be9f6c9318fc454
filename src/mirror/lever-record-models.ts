import { model, Schema, type InferSchemaType } from 'mongoose'

/** Fields of every mirrored record: Lever's id within an organization, and when a sync last saw it. */
const seen = {
  organization: { type: Schema.Types.ObjectId, required: true },
  leverId: { type: String, required: true },
  /** The start of the sync run that saw it last. Records that a complete run did not see are removed. */
  seenAt: { type: Date, required: true },
  /** The order of lists: the folded name or title; for stages, their position in the pipeline. */
  sortKey: { type: String, default: '' },
} as const

const userSchema = new Schema(
  { ...seen, name: String, email: String, emailKey: String, accessRole: String, deactivatedAt: { type: Date, default: null } },
  { collection: 'lever_users' },
)
userSchema.index({ organization: 1, emailKey: 1 })

const stageSchema = new Schema({ ...seen, text: String, position: Number }, { collection: 'lever_stages' })

const archiveReasonSchema = new Schema({ ...seen, text: String, status: String, type: String }, { collection: 'lever_archive_reasons' })

const postingSchema = new Schema(
  {
    ...seen,
    text: String,
    /** Lever's values: published, internal, closed, draft, pending, rejected. */
    state: String,
    location: { type: String, default: null },
    team: { type: String, default: null },
    department: { type: String, default: null },
    commitment: { type: String, default: null },
    owner: { type: String, default: null },
    hiringManager: { type: String, default: null },
    requisitionCodes: { type: [String], default: [] },
    confidentiality: String,
    url: { type: String, default: null },
    /** Title, location, team, and requisition codes, folded for `?q=`. */
    searchKey: { type: String, default: '' },
    updatedAt: Date,
  },
  { collection: 'lever_postings' },
)

const requisitionSchema = new Schema(
  {
    ...seen,
    name: String,
    requisitionCode: String,
    /** Lever's values: draft, open, closed, onHold, pending, rejected. */
    status: String,
    postings: { type: [String], default: [] },
    headcountTotal: Schema.Types.Mixed,
    headcountHired: Number,
    location: { type: String, default: null },
    team: { type: String, default: null },
    confidentiality: String,
  },
  { collection: 'lever_requisitions' },
)

for (const schema of [userSchema, stageSchema, archiveReasonSchema, postingSchema, requisitionSchema]) {
  schema.index({ organization: 1, leverId: 1 }, { unique: true })
  schema.index({ organization: 1, sortKey: 1, _id: 1 })
}

export const LeverUserModel = model('LeverUser', userSchema)
export const LeverStageModel = model('LeverStage', stageSchema)
export const LeverArchiveReasonModel = model('LeverArchiveReason', archiveReasonSchema)
export const LeverPostingModel = model('LeverPosting', postingSchema)
export const LeverRequisitionModel = model('LeverRequisition', requisitionSchema)

export type LeverUserRecord = InferSchemaType<typeof userSchema>
export type LeverStageRecord = InferSchemaType<typeof stageSchema>
export type LeverArchiveReasonRecord = InferSchemaType<typeof archiveReasonSchema>
export type LeverPostingRecord = InferSchemaType<typeof postingSchema>
export type LeverRequisitionRecord = InferSchemaType<typeof requisitionSchema>
