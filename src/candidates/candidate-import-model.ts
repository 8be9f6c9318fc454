import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { workFields } from '../work/work-fields.ts'

export const IMPORT_STATUSES = ['running', 'finished', 'failed'] as const

const candidateImportSchema = new Schema(
  {
    ...workFields,
    organization: { type: Schema.Types.ObjectId, required: true },
    /** Who sent the file, as the audit trail names it. Imports from before this was kept have none. */
    actor: { type: String, default: null },
    status: { type: String, enum: IMPORT_STATUSES, required: true },
    /** The file in the bucket `candidate_import_files`, gone once it is read; of a short one, which is read from memory, there never is one. */
    file: { type: Schema.Types.ObjectId, required: true },
    /** The names of the file's columns. */
    columns: { type: [String], default: [] },
    /** Those of them that fill nothing. Imports from before this was kept have none. */
    ignoredColumns: { type: [String], default: [] },
    /** People who were erased are entered again. */
    allowErased: { type: Boolean, default: false },
    /** Physical lines whose rows are durable; where another process goes on. */
    linesDone: { type: Number, default: 0 },
    /** How often workers have begun with the rows behind this line. */
    tries: { type: new Schema({ after: Number, count: Number }, { _id: false }), default: null },
    created: { type: Number, default: 0 },
    updated: { type: Number, default: 0 },
    /** The first 1,000 of the rows are in `candidate_import_rejections`. */
    rejectedCount: { type: Number, default: 0 },
    /** The first 1,000 warnings are in `candidate_import_warnings`. */
    warningCount: { type: Number, default: 0 },
    error: { type: new Schema({ code: String, detail: String }, { _id: false }), default: null },
    finishedAt: { type: Date, default: null },
    expiresAt: { type: Date, required: true },
  },
  { timestamps: { createdAt: true, updatedAt: false }, collection: 'candidate_imports' },
)
candidateImportSchema.index({ status: 1, lane: 1, dueAt: 1 })
candidateImportSchema.index({ organization: 1, _id: -1 })
candidateImportSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export type CandidateImportDocument = InferSchemaType<typeof candidateImportSchema> & { _id: Types.ObjectId; createdAt: Date }
export const CandidateImportModel = model('CandidateImport', candidateImportSchema)
