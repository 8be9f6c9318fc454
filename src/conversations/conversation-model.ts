import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { NOTE_LANGUAGES, NOTE_MODES } from '../connection/connection-model.ts'
import { FAIR_CLAIM_INDEX } from '../work/claim-fairly.ts'
import { NEVER, workFields } from '../work/work-fields.ts'

export const WAITING_FOR = ['opportunity', 'authorization', 'paused', 'settling', 'budget', 'lever'] as const
export type WaitingFor = (typeof WAITING_FOR)[number]

/** The note, or numbered notes, that messages `fromSeq` (exclusive) to `toSeq` become, from the cut until all of it is written. */
const pendingSchema = new Schema(
  {
    fromSeq: { type: Number, required: true },
    toSeq: { type: Number, required: true },
    /** When its quiet time was over. */
    dueAt: { type: Date, default: null },
    mode: { type: String, enum: NOTE_MODES, required: true },
    secret: { type: Boolean, required: true },
    language: { type: String, enum: NOTE_LANGUAGES, required: true },
    timeZone: { type: String, required: true },
    /** How many messages each part holds, in the order of the transcript; unset until it was reckoned. */
    parts: { type: [Number], default: undefined },
    /** How many parts are written. */
    done: { type: Number, default: 0 },
    /** Lever users that Lever did not take as author. */
    refusedUsers: { type: [String], default: [] },
    /** The intent of the part after those: set before its POST goes out, and unset once its outcome is known. */
    intentAt: { type: Date, default: null },
    /** Set before a note is replaced, and unset once Lever has answered. */
    rewriteAt: { type: Date, default: null },
    opportunityId: { type: String, default: null },
    performAs: { type: String, default: null },
    /** Of the text that was sent, hexadecimal; null where only a service before a restored backup can have sent it. */
    hash: { type: String, default: null },
    /** Lever answered 2xx without an id: it is there, and is never sent again. */
    certain: { type: Boolean, default: false },
    /** How often it was looked for in vain. */
    looks: { type: Number, default: 0 },
    /** A backup was restored: each part may stand in Lever since this time, and is looked for first. */
    mayStandSince: { type: Date, default: null },
    /** A person asked for it after its outcome could not be found out: sent unless it is found. */
    isDecided: { type: Boolean, default: false },
  },
  { _id: false },
)

const noteSchema = new Schema(
  {
    /** Null for one that somebody deleted in Lever, until it is written anew. */
    noteId: { type: String, default: null },
    opportunityId: { type: String, required: true },
    messages: { type: Number, required: true },
    writtenAt: { type: Date, required: true },
    hash: { type: String, required: true },
  },
  { _id: false },
)

const conversationSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    externalId: { type: String, required: true },
    /** With whom: a candidate, an opportunity of Lever, or both. */
    candidate: { type: Schema.Types.ObjectId, default: null },
    opportunityId: { type: String, default: null },
    /** A person in a session has written in it: no note of it goes to a confidential opportunity of the candidate. */
    bySession: { type: Boolean, default: false },
    /** Opportunities of the candidate that Lever has deleted, until our other records know it. */
    gone: { type: [String], default: [] },
    ...workFields,
    dueAt: { type: Date, default: NEVER },
    status: { type: String, enum: ['open'], default: 'open' },
    /** Messages are numbered from 1 as they come in. */
    lastSeq: { type: Number, default: 0 },
    /** All up to this one stand in notes. */
    notedSeq: { type: Number, default: 0 },
    /** When the quiet time is over; null while nothing is to be noted. `dueAt` is this or a later look. */
    noteDueAt: { type: Date, default: null },
    waitingFor: { type: String, enum: [...WAITING_FOR, null], default: null },
    error: { type: new Schema({ code: String, detail: String }, { _id: false }), default: null },
    /** Begins the time within which the note must come about. */
    tryingSince: { type: Date, default: null },
    tries: { type: Number, default: 0 },
    pending: { type: pendingSchema, default: null },
    notes: { type: [noteSchema], default: [] },
    /** Of `perConversation`: the messages after `fromSeq` stand in the notes from index `firstNote` on, which are rewritten. */
    rewrite: { type: new Schema({ fromSeq: Number, firstNote: Number }, { _id: false }), default: null },
    /** When the person was erased: no note of the conversation is written after this (`unlessErased` of a step). */
    erasedAt: { type: Date, default: null },
  },
  { collection: 'conversations', timestamps: true },
)
conversationSchema.index({ organization: 1, externalId: 1 }, { unique: true })
conversationSchema.index(FAIR_CLAIM_INDEX)
conversationSchema.index({ organization: 1, candidate: 1 })
conversationSchema.index({ organization: 1, opportunityId: 1 })
conversationSchema.index({ organization: 1, 'notes.noteId': 1 })

type Stored = InferSchemaType<typeof conversationSchema>
export type PendingNote = InferSchemaType<typeof pendingSchema>
export type WrittenNote = InferSchemaType<typeof noteSchema>
export type ConversationDocument = Omit<Stored, 'pending' | 'notes'> & {
  _id: Types.ObjectId
  pending?: PendingNote | null
  notes: WrittenNote[]
}
/** Messages that stand in no note yet, as an expression. */
export const IS_OPEN = { $gt: ['$lastSeq', '$notedSeq'] }
export const ConversationModel = model('Conversation', conversationSchema)
