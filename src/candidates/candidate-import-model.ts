import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { workFields } from '../work/work-fields.ts'

export const IMPORT_STATUSES = ['running', 'finished', 'failed'] as const

const candidateImportSchema = new Schema(
  {
    ...workFields,
    organization: { type: Schema.Types.ObjectId, required: true },
    /** The sender of the file, as the audit trail names it. Older imports have none. */
    actor: { type: String, default: null },
    status: { type: String, enum: IMPORT_STATUSES, required: true },
    /**
     * The file's id in the bucket `candidate_import_files`. The file is deleted once it is read. Short files are read
     * from memory and never stored.
     */
    file: { type: Schema.Types.ObjectId, required: true },
    columns: { type: [String], default: [] },
    /** The columns that fill no field. Older imports have none. */
    ignoredColumns: { type: [String], default: [] },
    /** True if the import may create people who were erased. */
    allowErased: { type: Boolean, default: false },
    /** The physical lines whose rows are durable. Another process resumes after them. */
    linesDone: { type: Number, default: 0 },
    /** How many times workers have started on the rows after this line. */
    tries: { type: new Schema({ after: Number, count: Number }, { _id: false }), default: null },
    created: { type: Number, default: 0 },
    updated: { type: Number, default: 0 },
    /** Counts all rejected rows. The first 1,000 are kept in `candidate_import_rejections`. */
    rejectedCount: { type: Number, default: 0 },
    /** Counts all warnings. The first 1,000 are kept in `candidate_import_warnings`. */
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
