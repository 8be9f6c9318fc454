import { isValidObjectId } from 'mongoose'
import { z } from 'zod'
import type { Clearance } from '../accounts/clearance.ts'
import { ServiceError } from '../errors.ts'
import { takesPart, type ConversationAsker } from './conversation-asker.ts'
import type { ConversationDeps } from './conversation-deps.ts'
import { ConversationModel, WAITING_FOR, type ConversationDocument } from './conversation-model.ts'
import { MessageModel, messagesOf, type MessageDocument } from './message-model.ts'
import { readSpeakers } from './note-messages.ts'

const time = z.string().meta({ format: 'date-time' })
const STATUSES = ['noted', 'due', 'writing', 'waiting', 'failed'] as const

export const ConversationView = z
  .object({
    externalId: z.string(),
    candidateId: z.string().nullable(),
    opportunityId: z
      .string()
      .nullable()
      .meta({ description: 'The opportunity named in the messages; otherwise the one that the notes go to, once known.' }),
    messages: z.number().int().meta({ description: 'Number of messages received.' }),
    noteDueAt: time.nullable().meta({ description: 'When the messages that have no note yet become one; null if there are none.' }),
    notes: z.array(
      z.object({ noteId: z.string().nullable(), messages: z.number().int(), writtenAt: time }).meta({
        description: 'A text of more than 20,000 characters becomes several numbered notes.',
      }),
    ),
    status: z.enum(STATUSES),
    waitingFor: z.enum(WAITING_FOR).nullable(),
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  })
  .meta({ id: 'Conversation' })
export type ConversationView = z.output<typeof ConversationView>

/** A conversation as the page of its candidate shows it. */
export interface ShownConversation extends ConversationView {
  id: string
  /** The opportunity of each of `notes`. */
  noteOpportunities: string[]
  /** False for a sourcer who takes no part; then `newest` has no messages. */
  isReadable: boolean
  /** The newest messages, in the order in which they were sent. */
  newest: { who: string; direction: MessageDocument['direction']; body: string; sentAt: string }[]
}

/** `hidden`: opportunities that the reader may not see. */
export function viewOf(conversation: ConversationDocument, hidden: ReadonlySet<string>): ConversationView {
  const { externalId, candidate, lastSeq, noteDueAt, notes, waitingFor, error } = conversation
  const named = conversation.opportunityId ?? conversation.pending?.opportunityId ?? notes.at(-1)?.opportunityId
  return {
    externalId,
    candidateId: candidate ? String(candidate) : null,
    opportunityId: named && !hidden.has(named) ? named : null,
    messages: lastSeq,
    noteDueAt: noteDueAt?.toISOString() ?? null,
    notes: notes.map(({ noteId, opportunityId, messages, writtenAt }) => ({
      noteId: hidden.has(opportunityId) ? null : (noteId ?? null),
      messages,
      writtenAt: writtenAt.toISOString(),
    })),
    status: statusOf(conversation),
    waitingFor: (waitingFor as ConversationView['waitingFor']) ?? null,
    error: error ? { code: error.code ?? '', detail: hidden.size > 0 ? '' : (error.detail ?? '') } : null,
  }
}

function statusOf({ error, waitingFor, pending, lastSeq, notedSeq }: ConversationDocument): ConversationView['status'] {
  if (error) return 'failed'
  if (waitingFor) return 'waiting'
  if (pending) return 'writing'
  return lastSeq > notedSeq ? 'due' : 'noted'
}

/** @throws ServiceError `not_found` */
export async function getConversation(organization: string, by: { externalId: string } | { _id: string }): Promise<ConversationDocument> {
  const isName = 'externalId' in by || isValidObjectId(by._id)
  const found = isName ? await ConversationModel.findOne({ organization, ...by }).lean<ConversationDocument>() : null
  if (!found) throw noSuchConversation()
  return found
}

export function noSuchConversation(): ServiceError {
  return new ServiceError('not_found', 'There is no such conversation.')
}

type ViewDeps = Pick<ConversationDeps, 'personName' | 'candidateName' | 'confidentialAmong'>

const SHOWN_CONVERSATIONS = 20
const SHOWN_MESSAGES = 20

/** Resolves to the conversations with a candidate, the most recently changed first. */
export async function conversationsOf(
  deps: ViewDeps,
  organization: string,
  { candidateId, opportunityId }: { candidateId: string; opportunityId: string | null },
  asker: ConversationAsker,
): Promise<ShownConversation[]> {
  const ways = [{ candidate: candidateId }, ...(opportunityId === null ? [] : [{ opportunityId }])]
  const found = await ConversationModel.find({ organization, $or: ways })
    .sort({ updatedAt: -1 })
    .limit(SHOWN_CONVERSATIONS)
    .lean<ConversationDocument[]>()
  const candidateName = await deps.candidateName(organization, candidateId)
  const shown = await Promise.all(found.map((conversation) => show(deps, conversation, candidateName, asker)))
  return shown.filter((conversation) => conversation !== null)
}

/** Resolves to the opportunities of a conversation that must not be shown. */
export async function hiddenIn(
  deps: Pick<ConversationDeps, 'confidentialAmong'>,
  { organization, opportunityId, pending, notes }: ConversationDocument,
  clearance: Clearance,
): Promise<ReadonlySet<string>> {
  if (clearance === 'all') return new Set()
  const ids = [opportunityId, pending?.opportunityId, ...notes.map((note) => note.opportunityId)].filter((id) => typeof id === 'string')
  return new Set(ids.length === 0 ? [] : await deps.confidentialAmong(String(organization), ids))
}

/** Resolves to null for a conversation about a confidential record that must not be shown. */
async function show(
  deps: ViewDeps,
  conversation: ConversationDocument,
  candidateName: string | null,
  asker: ConversationAsker,
): Promise<ShownConversation | null> {
  const hidden = await hiddenIn(deps, conversation, asker.clearance)
  if (conversation.opportunityId && hidden.has(conversation.opportunityId)) return null
  const isReadable = await takesPart(asker, conversation)
  const newest = isReadable ? await newestOf(conversation) : []
  const speakerOf = await readSpeakers(deps, conversation.organization, { messages: newest, candidateName })
  const told = newest.toSorted((a, b) => a.sentAt.getTime() - b.sentAt.getTime() || a.seq - b.seq)
  return {
    ...viewOf(conversation, hidden),
    id: String(conversation._id),
    isReadable,
    noteOpportunities: conversation.notes.map(({ opportunityId }) => (hidden.has(opportunityId) ? '' : opportunityId)),
    newest: told.map((message) => {
      const { direction, body, sentAt } = message
      return { who: speakerOf(message), direction, body, sentAt: sentAt.toISOString() }
    }),
  }
}

async function newestOf(conversation: ConversationDocument): Promise<MessageDocument[]> {
  return MessageModel.find(messagesOf(conversation)).sort({ seq: -1 }).limit(SHOWN_MESSAGES).lean<MessageDocument[]>()
}
