import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { workFields } from '../../work/work-fields.ts'

export const ON_DUPLICATE_OF_RULES = ['stop', 'link'] as const

/** A wish to export whoever enters certain stages of the sourcing tool; as work: its open entries are to be exported. */
const exportRuleSchema = new Schema(
  {
    ...workFields,
    organization: { type: Schema.Types.ObjectId, required: true },
    /** What it is called by; unique in the organization. */
    name: { type: String, required: true },
    status: { type: String, enum: ['active', 'inactive'], required: true },
    /** The sourcing tool's words; none: any project. */
    projects: { type: [String], default: [] },
    stages: { type: [String], required: true },
    postingId: { type: String, default: null },
    requisitionId: { type: String, default: null },
    /** E-mail of our person in whose name it exports. */
    requestedBy: { type: String, required: true },
    onDuplicate: { type: String, enum: ON_DUPLICATE_OF_RULES, required: true },
    note: { type: String, default: null },
    /** Those who are in its stages already are still to be added, from after this candidate on; null: none are. */
    existingAfter: { type: Schema.Types.ObjectId, default: null },
    /** Why its open entries wait. */
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
