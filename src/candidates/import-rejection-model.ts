import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/** A row that an import did not take, kept as long as the import is. */
const importRejectionSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    import: { type: Schema.Types.ObjectId, required: true },
    line: { type: Number, required: true },
    message: { type: String, required: true },
    /** As the file has them; none of somebody who was erased here. */
    cells: { type: [String], default: [] },
    expiresAt: { type: Date, required: true },
  },
  { collection: 'candidate_import_rejections' },
)
importRejectionSchema.index({ import: 1, line: 1 })
importRejectionSchema.index({ organization: 1 })
importRejectionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export type ImportRejectionDocument = InferSchemaType<typeof importRejectionSchema> & { _id: Types.ObjectId }
export const ImportRejectionModel = model('CandidateImportRejection', importRejectionSchema)
