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
    /** Server's clock; the first sweep looks back to it. */
    startedAt: { type: Date, required: true },
    /** From then on the mirror holds every opportunity that the grant shows. */
    finishedAt: { type: Date, default: null },
    /** Confidential ones were read too. */
    confidential: { type: Boolean, default: false },
    /** `KEY_VERSION` of the contacts' hashes; unset for hashes that are older than versions. */
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

/** What people see of the reading. Written by `opportunity-progress.ts`; unset before somebody asked for the first one. */
const progressSchema = new Schema(
  {
    state: { type: String, enum: SYNC_STATES },
    /** Which run may write here. */
    runAt: Date,
    startedAt: Date,
    finishedAt: Date,
    /** All have been read once. */
    complete: Boolean,
    /** Opportunities known here. */
    records: Number,
    /** How many there may be, while all are read; null as long as nothing can be said. */
    estimated: Number,
    /** Opportunities read a second, while all are read. */
    perSecond: Number,
    sweptAt: Date,
    /** Lever does not let this connection list deletions. */
    deletionsRefused: Boolean,
    error: String,
  },
  { _id: false },
)

/**
 * The reading of an organization's opportunities as work: one document each, due again and again. First all of them, slice by slice,
 * then what changed since the last sweep.
 */
const opportunitySyncSchema = new Schema(
  {
    ...workFields,
    organization: { type: Schema.Types.ObjectId, required: true },
    status: { type: String, enum: ['scheduled'], default: 'scheduled' },
    full: { type: fullSchema, default: null },
    /** Begin of the last sweep that came to its end, by the server's clock. */
    sweptAt: { type: Date, default: null },
    /** Begin of the last one of those that looked back to such a one before it, and further. */
    thoroughAt: { type: Date, default: null },
    /** Somebody asked, and looks at how it comes on. */
    asked: { type: Boolean, default: false },
    /** Rises with every request, so that a run which ends knows of one that came meanwhile. */
    requests: { type: Number, default: 0 },
    /** Runs in a row that Lever's fault ended early. */
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
