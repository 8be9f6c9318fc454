import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { workFields } from '../work/work-fields.ts'
import { RESOURCES } from './resource.ts'

export const SYNC_STATES = ['idle', 'running', 'failed'] as const

/** The progress that people see during and after a sync. Written by `sync-progress.ts`. */
const progressSchema = new Schema(
  {
    state: { type: String, enum: SYNC_STATES },
    startedAt: Date,
    finishedAt: Date,
    /** The number of records by resource that the running or last sync has read. */
    resources: { type: Map, of: Number },
    error: String,
  },
  { _id: false },
)

/**
 * The recurring work of syncing an organization, one document each. It is claimed under a lease, so that only one
 * process does it.
 */
const syncRunSchema = new Schema(
  {
    ...workFields,
    organization: { type: Schema.Types.ObjectId, required: true },
    status: { type: String, enum: ['scheduled'], default: 'scheduled' },
    /** Resources requested since the last run. A run reads all resources once `allDueAt` has passed. */
    requested: { type: [{ type: String, enum: RESOURCES }], default: [] },
    /** Rises with every request, so that a run that ends notices a request made while it ran. */
    requests: { type: Number, default: 0 },
    allDueAt: { type: Date, required: true },
    /** The end of the last run that read all resources. */
    allEndedAt: { type: Date, default: null },
    /** The number of such runs in a row that found no change. The interval grows with it. */
    quietRuns: { type: Number, default: 0 },
    /** The start of the last complete reading, by resource. Unset for readings by versions that did not store it. */
    readAt: { type: Map, of: Date },
    /** The number of runs in a row that ended early because of a Lever failure. */
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
export type SyncRunDocument = Omit<InferSchemaType<typeof syncRunSchema>, 'progress' | 'readAt'> & {
  _id: Types.ObjectId
  readAt?: Partial<Record<string, Date>> | null
  progress?: SyncProgressFields | null
}
export const SyncRunModel = model('SyncRun', syncRunSchema)
