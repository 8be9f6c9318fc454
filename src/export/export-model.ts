import { model, Schema, Types, type InferSchemaType } from 'mongoose'
import { indexForFairClaims } from '../work/claim-fairly.ts'
import { workFields } from '../work/work-fields.ts'

/**
 * `queued` → `checking` (looking for duplicates, nothing sent) → `sending` (the intent is durable, the POST may be in progress) →
 * `exported`. Otherwise: `unclear` (Lever may have it: look before another POST), `duplicate`, `failed`, `canceled`.
 */
export const EXPORT_STATES = ['queued', 'checking', 'sending', 'unclear', 'exported', 'duplicate', 'failed', 'canceled'] as const
export type ExportState = (typeof EXPORT_STATES)[number]

export const ON_DUPLICATE = ['stop', 'create', 'link'] as const
export type OnDuplicate = (typeof ON_DUPLICATE)[number]

export const WAITING_FOR = ['authorization', 'budget', 'settling', 'paused', 'lever'] as const
export type WaitingFor = (typeof WAITING_FOR)[number]

const failure = new Schema({ code: { type: String, required: true }, detail: { type: String, required: true } }, { _id: false })

const intentSchema = new Schema(
  {
    /** The database's clock, just before the POST. */
    at: { type: Date, required: true },
    performAs: { type: String, required: true },
    source: { type: String, required: true },
    postingId: { type: String, default: null },
    name: { type: String, required: true },
    emails: { type: [String], default: [] },
    links: { type: [String], default: [] },
    /** Opportunities that the person had before the POST, so this export did not create them. */
    knownOpportunityIds: { type: [String], default: [] },
    /** Lever answered 2xx without an id: the opportunity exists, so it is looked for and never posted again. */
    certain: { type: Boolean, default: false },
    /** The id that Lever returned, if the export could not be saved with it at once. */
    opportunityId: { type: String, default: null },
    /** The candidate's résumé was in the same call. */
    resume: { type: Boolean, default: false },
    /** The résumé is sent as a separate file once the opportunity exists. */
    resumeApart: { type: Boolean, default: false },
    /** When the latest write began that adds something missing to the opportunity; null before the first. */
    completingAt: { type: Date, default: null },
    looks: { type: Number, default: 0 },
  },
  { _id: false },
)

/** Lanes of `workFields`: exports that a person waits for, and exports of a bulk. */
export const SINGLE_LANE = 0
export const BULK_LANE = 1

export const RESUME_FATES = ['sent', 'refused', 'missing'] as const

const resumeSchema = new Schema(
  {
    /** `refused` and `missing`: the opportunity is created without it. Null while this is undecided. */
    status: { type: String, enum: [...RESUME_FATES, null], default: null },
    /** The file that the status is about. A newer file of the candidate is tried again. */
    file: { type: Schema.Types.ObjectId, default: null },
    detail: { type: String, default: null },
    /** The number of calls with the file, in a row, whose outcome was unclear. */
    unclear: { type: Number, default: 0 },
  },
  { _id: false },
)

const noteSchema = new Schema(
  {
    /** Deleted once the note is written. */
    text: String,
    status: { type: String, enum: ['queued', 'written', 'failed'], required: true },
    noteId: { type: String, default: null },
    error: { type: failure, default: null },
    /** Set just before the POST. If it is set and no answer arrived, Lever's notes are read before another POST. */
    intentAt: { type: Date, default: null },
    tries: { type: Number, default: 0 },
  },
  { _id: false },
)

/** The requested posting, as it was at the time of the request. */
export const postingSchema = new Schema(
  { postingId: { type: String, required: true }, title: String, confidential: Boolean },
  { _id: false },
)

const exportSchema = new Schema(
  {
    ...workFields,
    organization: { type: Schema.Types.ObjectId, required: true },
    status: { type: String, enum: EXPORT_STATES, required: true },
    candidate: { type: Schema.Types.ObjectId, required: true },
    /** The id of its bulk export; null for a single one. */
    batch: { type: Schema.Types.ObjectId, default: null },
    /** The email of the person who requested it. */
    requestedBy: { type: String, required: true },
    performAs: new Schema({ leverUserId: { type: String, required: true }, leverEmail: String, leverName: String }, { _id: false }),
    posting: { type: postingSchema, default: null },
    requisition: {
      type: new Schema(
        { requisitionId: { type: String, required: true }, requisitionCode: String, name: String, confidential: Boolean },
        { _id: false },
      ),
      default: null,
    },
    onDuplicate: { type: String, enum: ON_DUPLICATE, required: true },
    /** Candidate and target, while this export is open or exported: a second request for the same is refused. */
    openKey: String,
    /** Keyed hashes of the person's emails and links while the export is in progress: one export of a person at a time. */
    personLock: { type: [String], default: undefined },
    intent: { type: intentSchema, default: null },
    opportunityId: { type: String, default: null },
    /** Set if this export created the opportunity, not if it was linked to one. One export per opportunity. */
    madeOpportunityId: String,
    contactId: { type: String, default: null },
    url: { type: String, default: null },
    stage: { type: new Schema({ id: String, text: String }, { _id: false }), default: null },
    duplicateOf: { type: String, default: null },
    /** True if the opportunity that it created, was linked to or was stopped by is confidential. */
    confidential: { type: Boolean, default: false },
    waitingFor: { type: String, enum: [...WAITING_FOR, null], default: null },
    note: { type: noteSchema, default: null },
    resume: { type: resumeSchema, default: null },
    error: { type: failure, default: null },
    attempts: {
      type: [new Schema({ at: Date, step: String, outcome: String, detail: String }, { _id: false })],
      default: [],
    },
    /** The number of tries in a row that Lever did not answer; the pause grows with it. */
    tries: { type: Number, default: 0 },
    /** When it was accepted, or last reopened by a person. The age of waiting exports counts from this. */
    openedAt: { type: Date, default: () => new Date() },
    /** When the tries began; a day later, the export fails. Null until the first try, and again after it waited for a person. */
    tryingSince: { type: Date, default: null },
    finishedAt: { type: Date, default: null },
    /** When the person was erased: nothing more is posted for the export after this (`unlessErased` of a step). */
    erasedAt: { type: Date, default: null },
  },
  { timestamps: { createdAt: true, updatedAt: false }, collection: 'exports', minimize: false },
)
exportSchema.index({ organization: 1, openKey: 1 }, { unique: true, partialFilterExpression: { openKey: { $exists: true } } })
exportSchema.index({ organization: 1, personLock: 1 }, { unique: true, partialFilterExpression: { personLock: { $exists: true } } })
exportSchema.index(
  { organization: 1, madeOpportunityId: 1 },
  { unique: true, partialFilterExpression: { madeOpportunityId: { $exists: true } } },
)
exportSchema.index({ status: 1, lane: 1, organization: 1, dueAt: 1 })
indexForFairClaims(exportSchema)
exportSchema.index(
  { organization: 1, batch: 1, status: 1, finishedAt: 1 },
  { partialFilterExpression: { batch: { $gt: new Types.ObjectId('0'.repeat(24)) } } },
) // counts of a batch
exportSchema.index(
  { organization: 1, batch: 1, _id: -1 },
  { partialFilterExpression: { batch: { $gt: new Types.ObjectId('0'.repeat(24)) } } },
)
exportSchema.index({ organization: 1, _id: -1 })
exportSchema.index({ organization: 1, status: 1, _id: -1 }) // the few failed ones among many
exportSchema.index({ organization: 1, requestedBy: 1, _id: -1 })
exportSchema.index({ organization: 1, requestedBy: 1, status: 1, _id: -1 }) // a sourcer's own failed ones
exportSchema.index({ organization: 1, candidate: 1, _id: -1 })
exportSchema.index({ organization: 1, opportunityId: 1 })
exportSchema.index({ organization: 1, contactId: 1 })
exportSchema.index({ organization: 1, 'intent.emails': 1 }, { partialFilterExpression: { 'intent.at': { $gt: new Date(0) } } }) // a person's exports that ended with an intent

export type ExportDocument = InferSchemaType<typeof exportSchema> & { _id: Types.ObjectId; createdAt: Date; status: ExportState }
export type ExportIntent = InferSchemaType<typeof intentSchema>
export type ExportResume = Pick<InferSchemaType<typeof resumeSchema>, 'status' | 'file' | 'detail' | 'unclear'>
export const ExportModel = model('Export', exportSchema)

/** Returns the value of `openKey`. */
export function openKeyOf(candidateId: string, postingId: string | null): string {
  return `${candidateId}:${postingId ?? 'general'}`
}
