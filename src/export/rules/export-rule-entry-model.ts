import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/**
 * Records that a candidate has entered a stage of a rule: `open` → `requested`, or `refused`. Its export has the same `_id`, so that an
 * entry that is processed again after a crash creates no second export.
 */
const exportRuleEntrySchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    rule: { type: Schema.Types.ObjectId, required: true },
    candidate: { type: Schema.Types.ObjectId, required: true },
    status: { type: String, enum: ['open', 'requested', 'refused'], required: true },
    /** The error code, if it was refused. */
    code: { type: String, default: null },
  },
  { collection: 'export_rule_entries' },
)
exportRuleEntrySchema.index({ organization: 1, rule: 1, candidate: 1 }, { unique: true }) // once under a rule
exportRuleEntrySchema.index({ organization: 1, rule: 1, status: 1, _id: 1 })
exportRuleEntrySchema.index({ organization: 1, candidate: 1 })
exportRuleEntrySchema.index({ organization: 1, status: 1, _id: -1 })

export type ExportRuleEntry = InferSchemaType<typeof exportRuleEntrySchema> & { _id: Types.ObjectId }
export const ExportRuleEntryModel = model('ExportRuleEntry', exportRuleEntrySchema)
