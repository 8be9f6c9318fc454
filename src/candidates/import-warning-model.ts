import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/** A warning about an imported row, kept as long as its import. Contains no personal data. */
const importWarningSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    import: { type: Schema.Types.ObjectId, required: true },
    line: { type: Number, required: true },
    message: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  { collection: 'candidate_import_warnings' },
)
importWarningSchema.index({ organization: 1, import: 1, line: 1 })
importWarningSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export type ImportWarningDocument = InferSchemaType<typeof importWarningSchema> & { _id: Types.ObjectId }
export const ImportWarningModel = model('CandidateImportWarning', importWarningSchema)
