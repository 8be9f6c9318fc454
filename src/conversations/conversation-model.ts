import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { NOTE_LANGUAGES, NOTE_MODES } from '../connection/connection-model.ts'
import { indexForFairClaims } from '../work/claim-fairly.ts'
import { NEVER, workFields } from '../work/work-fields.ts'

export const WAITING_FOR = ['opportunity', 'authorization', 'paused', 'settling', 'budget', 'lever'] as const
export type WaitingFor = (typeof WAITING_FOR)[number]

/** The note, or numbered notes, made from messages `fromSeq` (exclusive) to `toSeq`; set from the cut until everything is written. */
const pendingSchema = new Schema(
  {
    fromSeq: { type: Number, required: true },
    toSeq: { type: Number, required: true },
    /** End of the quiet time. */
    dueAt: { type: Date, default: null },
    mode: { type: String, enum: NOTE_MODES, required: true },
    secret: { type: Boolean, required: true },
    language: { type: String, enum: NOTE_LANGUAGES, required: true },
    timeZone: { type: String, required: true },
    /** How many messages each part holds, in the transcript's order; unset until computed. */
    parts: { type: [Number], default: undefined },
    /** How many parts are written. */
    done: { type: Number, default: 0 },
    /** Lever users that Lever refused as author. */
    refusedUsers: { type: [String], default: [] },
    /** The intent of the next part: set before its POST is sent, and unset once the outcome is known. */
    intentAt: { type: Date, default: null },
    /** Set before a note is replaced, and unset once Lever has answered. */
    rewriteAt: { type: Date, default: null },
    opportunityId: { type: String, default: null },
    performAs: { type: String, default: null },
    /** Hash of the text that was sent, in hexadecimal; null if only the service before a restored backup can have sent it. */
    hash: { type: String, default: null },
    /** Lever answered 2xx without an id: the note exists, and is never sent again. */
    certain: { type: Boolean, default: false },
    /** How many searches did not find it. */
    looks: { type: Number, default: 0 },
    /** A backup was restored: each part may have been in Lever since this time, and is searched for first. */
    mayStandSince: { type: Date, default: null },
    /** A person requested the note after its outcome could not be determined: it is sent unless a search finds it. */
    isDecided: { type: Boolean, default: false },
  },
  { _id: false },
)

const noteSchema = new Schema(
  {
    /** Null if the note was deleted in Lever, until it is written again. */
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
    /** The other side of the conversation: a candidate, an opportunity in Lever, or both. */
    candidate: { type: Schema.Types.ObjectId, default: null },
    opportunityId: { type: String, default: null },
    /** A person in a session has written in it, so none of its notes goes to a confidential opportunity of the candidate. */
    bySession: { type: Boolean, default: false },
    /** Opportunities of the candidate that Lever has deleted, until our other records show it. */
    gone: { type: [String], default: [] },
    ...workFields,
    dueAt: { type: Date, default: NEVER },
    status: { type: String, enum: ['open'], default: 'open' },
    /** Messages are numbered from 1 in order of arrival. */
    lastSeq: { type: Number, default: 0 },
    /** All messages up to this one are in notes. */
    notedSeq: { type: Number, default: 0 },
    /** End of the quiet time; null if there is nothing to note. `dueAt` is this or a later check. */
    noteDueAt: { type: Date, default: null },
    waitingFor: { type: String, enum: [...WAITING_FOR, null], default: null },
    error: { type: new Schema({ code: String, detail: String }, { _id: false }), default: null },
    /** Start of the period within which the note must be written. */
    tryingSince: { type: Date, default: null },
    tries: { type: Number, default: 0 },
    pending: { type: pendingSchema, default: null },
    notes: { type: [noteSchema], default: [] },
    /** For `perConversation`: the messages after `fromSeq` are in the notes from index `firstNote` on, which are rewritten. */
    rewrite: { type: new Schema({ fromSeq: Number, firstNote: Number }, { _id: false }), default: null },
    /** When the person was erased: no note of the conversation is written after this (`unlessErased` of a step). */
    erasedAt: { type: Date, default: null },
  },
  { collection: 'conversations', timestamps: true },
)
conversationSchema.index({ organization: 1, externalId: 1 }, { unique: true })
conversationSchema.index({ status: 1, lane: 1, organization: 1, dueAt: 1 })
indexForFairClaims(conversationSchema)
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
/** Expression: there are messages that are in no note yet. */
export const IS_OPEN = { $gt: ['$lastSeq', '$notedSeq'] }
export const ConversationModel = model('Conversation', conversationSchema)
