import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/** The bucket of all organizations' résumés; every file carries whose it is. */
export const RESUME_BUCKET = 'resumes'

const metadataSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    candidate: { type: Schema.Types.ObjectId, required: true },
    contentType: { type: String, required: true },
    sha256: { type: String, required: true },
    /** When it is looked whether the candidate still has it. */
    checkAt: { type: Date, required: true },
  },
  { _id: false },
)

/** The driver's own record of a file in GridFS; written by it, read and indexed by us. */
const resumeFileSchema = new Schema(
  {
    length: { type: Number, required: true },
    filename: { type: String, required: true },
    uploadDate: { type: Date, required: true },
    metadata: { type: metadataSchema, required: true },
  },
  { collection: `${RESUME_BUCKET}.files`, versionKey: false },
)
resumeFileSchema.index({ 'metadata.organization': 1, 'metadata.candidate': 1 })
resumeFileSchema.index({ 'metadata.checkAt': 1 })

export type ResumeFileDocument = InferSchemaType<typeof resumeFileSchema> & { _id: Types.ObjectId }
export const ResumeFileModel = model('ResumeFile', resumeFileSchema)
