import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/** The bucket for the résumés of all organizations. Each file names its organization and candidate. */
export const RESUME_BUCKET = 'resumes'

const metadataSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    candidate: { type: Schema.Types.ObjectId, required: true },
    contentType: { type: String, required: true },
    sha256: { type: String, required: true },
    /** When to check whether the candidate still uses the file. */
    checkAt: { type: Date, required: true },
  },
  { _id: false },
)

/** The GridFS file record. The driver writes it; the service reads and indexes it. */
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
