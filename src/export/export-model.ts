import { model, Schema, Types, type InferSchemaType } from 'mongoose'
import { FAIR_CLAIM_INDEX } from '../work/claim-fairly.ts'
import { workFields } from '../work/work-fields.ts'

/**
 * `queued` → `checking` (looking for duplicates, nothing sent) → `sending` (the intent is durable, the POST may be under way) →
 * `exported`. Aside: `unclear` (it may stand in Lever: look, never post blindly), `duplicate`, `failed`, `canceled`.
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
    /** Opportunities of the person that were there before the POST: none of them is ours. */
    knownOpportunityIds: { type: [String], default: [] },
    /** Lever said 2xx but not which id: it exists, so it is looked for and never posted again. */
    certain: { type: Boolean, default: false },
    /** Lever said which, but it could not be saved at once. */
    opportunityId: { type: String, default: null },
    /** The candidate's résumé was in the same call. */
    resume: { type: Boolean, default: false },
    /** The résumé is sent as a separate file once the opportunity exists. */
    resumeApart: { type: Boolean, default: false },
    /** When the latest write began that adds to the opportunity what is missing; null before the first. */
    completingAt: { type: Date, default: null },
    looks: { type: Number, default: 0 },
  },
  { _id: false },
)

/** Lanes of `workFields`: what a person waits for, and what is one of many. */
export const SINGLE_LANE = 0
export const BULK_LANE = 1

export const RESUME_FATES = ['sent', 'refused', 'missing'] as const

const resumeSchema = new Schema(
  {
    /** `refused` and `missing`: the opportunity is made without it. Null while that is open. */
    status: { type: String, enum: [...RESUME_FATES, null], default: null },
    /** The file it is about: a newer one of the candidate is tried again. */
    file: { type: Schema.Types.ObjectId, default: null },
    detail: { type: String, default: null },
    /** Calls with it in a row that came out unclear. */
    unclear: { type: Number, default: 0 },
  },
  { _id: false },
)

const noteSchema = new Schema(
  {
    /** Gone once written. */
    text: String,
    status: { type: String, enum: ['queued', 'written', 'failed'], required: true },
    noteId: { type: String, default: null },
    error: { type: failure, default: null },
    /** Set just before the POST; with it set and no answer, Lever's notes are read before another POST. */
    intentAt: { type: Date, default: null },
    tries: { type: Number, default: 0 },
  },
  { _id: false },
)

/** The posting that was asked for, as it was then. */
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
    /** Of a bulk export. */
    batch: { type: Schema.Types.ObjectId, default: null },
    /** E-mail of our person who asked. */
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
    /** Candidate and target while this export is open or exported: a second wish for the same is refused. */
    openKey: String,
    /** Keyed hashes of the person's e-mails and links while it is under way: one export of a person at a time. */
    personLock: { type: [String], default: undefined },
    intent: { type: intentSchema, default: null },
    opportunityId: { type: String, default: null },
    /** Set where this export made the opportunity (not where it was linked to one): one export an opportunity. */
    madeOpportunityId: String,
    contactId: { type: String, default: null },
    url: { type: String, default: null },
    stage: { type: new Schema({ id: String, text: String }, { _id: false }), default: null },
    duplicateOf: { type: String, default: null },
    /** The opportunity that it made, was linked to or was stopped by is confidential. */
    confidential: { type: Boolean, default: false },
    waitingFor: { type: String, enum: [...WAITING_FOR, null], default: null },
    note: { type: noteSchema, default: null },
    resume: { type: resumeSchema, default: null },
    error: { type: failure, default: null },
    attempts: {
      type: [new Schema({ at: Date, step: String, outcome: String, detail: String }, { _id: false })],
      default: [],
    },
    /** Tries in a row that Lever did not answer; the pause grows with it. */
    tries: { type: Number, default: 0 },
    /** When it was accepted, or last opened again by a person: how long it has been waiting. */
    openedAt: { type: Date, default: () => new Date() },
    /** Since when it is tried; after a day it fails. Null until the first try, and anew after a wait for a person. */
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
exportSchema.index(FAIR_CLAIM_INDEX)
exportSchema.index(
  { batch: 1, status: 1, finishedAt: 1 },
  { partialFilterExpression: { batch: { $gt: new Types.ObjectId('0'.repeat(24)) } } },
) // counts of a batch
exportSchema.index(
  { organization: 1, batch: 1, _id: -1 },
  { partialFilterExpression: { batch: { $gt: new Types.ObjectId('0'.repeat(24)) } } },
)
exportSchema.index({ organization: 1, _id: -1 })
exportSchema.index({ organization: 1, candidate: 1, _id: -1 })
exportSchema.index({ organization: 1, opportunityId: 1 })
exportSchema.index({ organization: 1, contactId: 1 })
exportSchema.index({ organization: 1, 'intent.emails': 1 }, { partialFilterExpression: { 'intent.at': { $gt: new Date(0) } } }) // unclear ones of a person

export type ExportDocument = InferSchemaType<typeof exportSchema> & { _id: Types.ObjectId; createdAt: Date; status: ExportState }
export type ExportIntent = InferSchemaType<typeof intentSchema>
export type ExportResume = Pick<InferSchemaType<typeof resumeSchema>, 'status' | 'file' | 'detail' | 'unclear'>
export const ExportModel = model('Export', exportSchema)

/** What `openKey` holds. */
export function openKeyOf(candidateId: string, postingId: string | null): string {
  return `${candidateId}:${postingId ?? 'general'}`
}
