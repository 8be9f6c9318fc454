import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { workFields } from '../work/work-fields.ts'
import { RESOURCES } from './resource.ts'

export const SYNC_STATES = ['idle', 'running', 'failed'] as const

/** What people see of the sync, while and after it runs. Written by `sync-progress.ts`. */
const progressSchema = new Schema(
  {
    state: { type: String, enum: SYNC_STATES },
    startedAt: Date,
    finishedAt: Date,
    /** Count of records by resource, as far as the running or last sync came. */
    resources: { type: Map, of: Number },
    error: String,
  },
  { _id: false },
)

/**
 * An organization's sync as work: one document each, due again and again, claimed under a lease so that of all processes
 * one does it.
 */
const syncRunSchema = new Schema(
  {
    ...workFields,
    organization: { type: Schema.Types.ObjectId, required: true },
    status: { type: String, enum: ['scheduled'], default: 'scheduled' },
    /** Asked for since the last run; a run does all there is once `allDueAt` has come. */
    requested: { type: [{ type: String, enum: RESOURCES }], default: [] },
    /** Rises with every request, so that a run which ends knows of one that came meanwhile. */
    requests: { type: Number, default: 0 },
    allDueAt: { type: Date, required: true },
    /** Runs in a row that Lever's fault ended early. */
    failures: { type: Number, default: 0 },
    /** Resources that the last run could not read, with the code of the reason. */
    problems: { type: [new Schema({ resource: String, code: String }, { _id: false })], default: [] },
    progress: progressSchema,
  },
  { collection: 'lever_syncs' },
)
syncRunSchema.index({ organization: 1 }, { unique: true })
syncRunSchema.index({ status: 1, lane: 1, dueAt: 1 })

export type SyncProgressFields = Omit<InferSchemaType<typeof progressSchema>, 'resources'> & {
  resources?: Partial<Record<string, number>> | null
}
export type SyncRunDocument = Omit<InferSchemaType<typeof syncRunSchema>, 'progress'> & {
  _id: Types.ObjectId
  progress?: SyncProgressFields | null
}
export const SyncRunModel = model('SyncRun', syncRunSchema)
