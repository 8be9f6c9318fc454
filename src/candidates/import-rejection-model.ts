import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/** A rejected row, kept as long as its import. */
const importRejectionSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    import: { type: Schema.Types.ObjectId, required: true },
    line: { type: Number, required: true },
    message: { type: String, required: true },
    /** The cells as in the file. Left out for a person who was erased here. */
    cells: { type: [String], default: [] },
    expiresAt: { type: Date, required: true },
  },
  { collection: 'candidate_import_rejections' },
)
importRejectionSchema.index({ organization: 1, import: 1, line: 1 })
importRejectionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export type ImportRejectionDocument = InferSchemaType<typeof importRejectionSchema> & { _id: Types.ObjectId }
export const ImportRejectionModel = model('CandidateImportRejection', importRejectionSchema)
