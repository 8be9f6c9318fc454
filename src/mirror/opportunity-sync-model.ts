import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { workFields } from '../work/work-fields.ts'
import type { SlicePlan } from './slice-plan.ts'
import { SYNC_STATES } from './sync-run-model.ts'

const span = { from: { type: Number, required: true }, to: { type: Number, default: null } } as const
const gapSchema = new Schema(span, { _id: false })
const sliceSchema = new Schema(
  { ...span, cursor: { type: String, default: null }, pages: Number, read: Number, restarts: Number, isProbe: Boolean },
  { _id: false },
)

const fullSchema = new Schema(
  {
    /** By the database's clock. The first sweep starts from this time. */
    startedAt: { type: Date, required: true },
    /** From then on, the mirror holds every opportunity that the grant shows. */
    finishedAt: { type: Date, default: null },
    /** True if confidential ones were read too. */
    confidential: { type: Boolean, default: false },
    /** The `KEY_VERSION` of the contacts' hashes; unset if the hashes are older than versions. */
    keyVersion: { type: Number, default: null },
    /** A `SlicePlan`. */
    plan: {
      startedAt: Number,
      gaps: { type: [gapSchema], default: [] },
      slices: { type: [sliceSchema], default: [] },
      widthMs: Number,
      isProbing: Boolean,
      read: Number,
      oldestAt: Number,
    },
  },
  { _id: false },
)

/** The progress that people see. Written by `opportunity-progress.ts`; unset before the first sync is requested. */
const progressSchema = new Schema(
  {
    state: { type: String, enum: SYNC_STATES },
    startedAt: Date,
    finishedAt: Date,
    /** True once all have been read. */
    complete: Boolean,
    /** The number of opportunities in the mirror. */
    records: Number,
    /** The estimated total during the full read; null while there is no estimate. */
    estimated: Number,
    /** Opportunities read per second during the full read. */
    perSecond: Number,
    sweptAt: Date,
    /** True if Lever does not allow this connection to list deletions. */
    deletionsRefused: Boolean,
    error: String,
  },
  { _id: false },
)

/**
 * The recurring work of reading an organization's opportunities, one document each. It first reads all of them, slice
 * by slice, and then what changed since the last sweep.
 */
const opportunitySyncSchema = new Schema(
  {
    ...workFields,
    organization: { type: Schema.Types.ObjectId, required: true },
    status: { type: String, enum: ['scheduled'], default: 'scheduled' },
    full: { type: fullSchema, default: null },
    /** The start of the last completed sweep, by the database's clock. */
    sweptAt: { type: Date, default: null },
    /** The start of the last thorough sweep. A thorough sweep looks back to the previous thorough one, and further. */
    thoroughAt: { type: Date, default: null },
    /** The start of the last sweep that read deletions. Unset by versions in which every sweep read them. */
    deletionsReadAt: { type: Date, default: null },
    /** Rises with every erasure that may have removed hashes. `hashesRestored` is its value when they were last restored. */
    hashRemovals: { type: Number, default: 0 },
    hashesRestored: { type: Number, default: null },
    /** True if a person requested it and watches the progress. */
    asked: { type: Boolean, default: false },
    /** Rises with every request, so that a run that ends notices a request made while it ran. */
    requests: { type: Number, default: 0 },
    /** The number of runs in a row that ended early because of a Lever failure. */
    failures: { type: Number, default: 0 },
    progress: progressSchema,
  },
  { collection: 'lever_opportunity_syncs' },
)
opportunitySyncSchema.index({ organization: 1 }, { unique: true })
opportunitySyncSchema.index({ status: 1, lane: 1, dueAt: 1 })

export interface FullReading {
  startedAt: Date
  finishedAt: Date | null
  confidential: boolean
  keyVersion: number | null
  plan: SlicePlan
}

export type OpportunityProgressFields = InferSchemaType<typeof progressSchema>
export type OpportunitySyncDocument = Omit<InferSchemaType<typeof opportunitySyncSchema>, 'full'> & {
  _id: Types.ObjectId
  full: FullReading | null
}
export const OpportunitySyncModel = model('OpportunitySync', opportunitySyncSchema)
