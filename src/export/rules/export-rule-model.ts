import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { workFields } from '../../work/work-fields.ts'

export const ON_DUPLICATE_OF_RULES = ['stop', 'link'] as const

/** A rule that exports every candidate entering certain stages of the sourcing tool. As work: its open entries have to be exported. */
const exportRuleSchema = new Schema(
  {
    ...workFields,
    organization: { type: Schema.Types.ObjectId, required: true },
    /** Identifies the rule; unique in the organization. */
    name: { type: String, required: true },
    status: { type: String, enum: ['active', 'inactive'], required: true },
    /** Names in the sourcing tool; empty means any project. */
    projects: { type: [String], default: [] },
    stages: { type: [String], required: true },
    postingId: { type: String, default: null },
    requisitionId: { type: String, default: null },
    /** The email of the person on whose behalf it exports. */
    requestedBy: { type: String, required: true },
    onDuplicate: { type: String, enum: ON_DUPLICATE_OF_RULES, required: true },
    note: { type: String, default: null },
    /** Candidates that were in its stages before it existed are still to be added, starting after this one; null if none are left. */
    existingAfter: { type: Schema.Types.ObjectId, default: null },
    /** The reason why its open entries wait. */
    problem: {
      type: new Schema({ code: { type: String, required: true }, detail: { type: String, required: true } }, { _id: false }),
      default: null,
    },
  },
  { timestamps: true, collection: 'export_rules' },
)
exportRuleSchema.index({ organization: 1, name: 1 }, { unique: true })
exportRuleSchema.index({ organization: 1, status: 1 })
exportRuleSchema.index({ status: 1, lane: 1, dueAt: 1 })

export type ExportRuleDocument = InferSchemaType<typeof exportRuleSchema> & { _id: Types.ObjectId; createdAt: Date; updatedAt: Date }
export const ExportRuleModel = model('ExportRule', exportRuleSchema)
