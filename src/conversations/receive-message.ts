import type { ClientSession } from 'mongodb'
import { Types } from 'mongoose'
import { isDuplicateKey } from '../duplicate-key.ts'
import { ServiceError } from '../errors.ts'
import { ConversationModel, type ConversationDocument } from './conversation-model.ts'
import { takesPart, type ConversationAsker } from './conversation-asker.ts'
import type { ConversationDeps } from './conversation-deps.ts'
import { noSuchConversation } from './conversation-view.ts'
import { forgetConversations } from './forget-conversations.ts'
import { MessageModel, messagesOf, type DIRECTIONS, type MessageDocument } from './message-model.ts'

/** A message from a texting tool; `candidateId` or `opportunityId` says who the other side is. */
export interface IncomingMessage {
  id: string
  candidateId?: string | undefined
  opportunityId?: string | undefined
  direction: (typeof DIRECTIONS)[number]
  author: string
  body: string
  sentAt: Date
  channel?: string | undefined
}

const MAJORITY = { w: 'majority', j: true } as const

/**
 * Stores a message once, by its id, and restarts the quiet time of its conversation's note from now: a message is never newer than its
 * arrival. Message and conversation change together, so that a note either contains the message or waits for its quiet time. Resolves after
 * a majority write; may be repeated.
 * @throws ServiceError `candidate_not_found`, `erased`, `not_found` if the asker takes no part, `state_conflict` if the conversation is
 * with somebody else, or already has another message with this id
 */
export async function receiveMessage(
  deps: Pick<ConversationDeps, 'candidateExists' | 'isErased' | 'noteDelayMs' | 'timeoutMs'>,
  { organization, externalId }: { organization: string; externalId: string },
  message: IncomingMessage,
  asker: ConversationAsker,
): Promise<ConversationDocument> {
  const { candidateId, opportunityId } = message
  await assertNotErased(deps, organization, message)
  const conversation = await findOrMake({ organization, externalId }, message)
  assertSamePerson(conversation, message)
  if (await isKept(conversation, message)) return reread(conversation)
  const kept = await addOnce(conversation, message, { asker, noteDelayMs: deps.noteDelayMs })
  // an erasure may have gone through all conversations just before this one was created
  await assertNotErased(deps, organization, message).catch(async (error: unknown) => {
    await forgetConversations(organization, { candidateId, opportunityIds: opportunityId ? [opportunityId] : [] }, deps.timeoutMs)
    throw error
  })
  return kept
}

/** @throws ServiceError `candidate_not_found`, `erased` */
async function assertNotErased(
  deps: Pick<ConversationDeps, 'candidateExists' | 'isErased'>,
  organization: string,
  { candidateId, opportunityId }: Pick<IncomingMessage, 'candidateId' | 'opportunityId'>,
): Promise<void> {
  if (candidateId !== undefined && !(await deps.candidateExists(organization, candidateId)))
    throw new ServiceError('candidate_not_found', 'There is no such candidate.')
  if (opportunityId === undefined || !(await deps.isErased(organization, opportunityId))) return
  throw new ServiceError('erased', 'The person of this opportunity was erased here, so Fulcrum keeps no messages with them.', {
    hint: 'If the person was added again, send the message with their candidateId.',
  })
}

interface Adding {
  asker: ConversationAsker
  noteDelayMs: number
}

/** Two concurrent messages with the same id are one message. */
async function addOnce(conversation: ConversationDocument, message: IncomingMessage, how: Adding): Promise<ConversationDocument> {
  try {
    return await ConversationModel.db.transaction((session) => add(conversation, message, how, session), { writeConcern: MAJORITY })
  } catch (error) {
    if (!isDuplicateKey(error) || !(await isKept(conversation, message))) throw error
    return reread(conversation)
  }
}

/** @throws ServiceError `state_conflict` if another message has this id */
async function isKept(conversation: ConversationDocument, { id: messageId, ...message }: IncomingMessage): Promise<boolean> {
  const kept = await MessageModel.findOne({ ...messagesOf(conversation), messageId }).lean<MessageDocument>()
  if (!kept) return false
  const isSame =
    kept.body === message.body &&
    kept.direction === message.direction &&
    kept.author === message.author &&
    (kept.channel ?? null) === (message.channel ?? null) &&
    kept.sentAt.getTime() === message.sentAt.getTime()
  if (isSame) return true
  throw new ServiceError('state_conflict', 'This conversation already has another message with this id.', {
    hint: 'Messages cannot be changed. Send a new message with a different id.',
  })
}

async function findOrMake(
  key: { organization: string; externalId: string },
  { candidateId, opportunityId }: IncomingMessage,
): Promise<ConversationDocument> {
  const found = await ConversationModel.findOne(key).lean<ConversationDocument>()
  if (found) return found
  try {
    const made = await ConversationModel.create({ ...key, candidate: candidateId ?? null, opportunityId: opportunityId ?? null })
    return made.toObject<ConversationDocument>()
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    return ConversationModel.findOne(key).orFail().lean<ConversationDocument>()
  }
}

function assertSamePerson({ candidate, opportunityId }: ConversationDocument, message: IncomingMessage): void {
  const isOther =
    (candidate && message.candidateId !== undefined && String(candidate) !== message.candidateId) ||
    (opportunityId && message.opportunityId !== undefined && opportunityId !== message.opportunityId)
  if (!isOther) return
  throw new ServiceError('state_conflict', 'This conversation is with someone else.', {
    hint: 'Send the message to another conversation, with a different id in the path.',
  })
}

async function add(
  { _id, organization }: ConversationDocument,
  message: IncomingMessage,
  { asker, noteDelayMs }: Adding,
  session: ClientSession,
): Promise<ConversationDocument> {
  const named = {
    ...(message.candidateId === undefined ? {} : { candidate: { $ifNull: ['$candidate', new Types.ObjectId(message.candidateId)] } }),
    ...(message.opportunityId === undefined ? {} : { opportunityId: { $ifNull: ['$opportunityId', { $literal: message.opportunityId }] } }),
  }
  const bySession = asker.person === null ? {} : { bySession: true }
  const afresh = { error: null, waitingFor: null, tryingSince: null, tries: 0 }
  const noteDueAt = { $add: ['$$NOW', noteDelayMs] }
  const changed = await ConversationModel.collection.findOneAndUpdate(
    { _id, organization },
    [
      { $set: { ...named, ...bySession, ...afresh, lastSeq: { $add: ['$lastSeq', 1] }, noteDueAt, updatedAt: '$$NOW' } },
      { $set: { dueAt: { $min: ['$dueAt', '$noteDueAt'] } } },
    ],
    { session, returnDocument: 'after' },
  )
  // the candidate was erased in the meantime
  if (!changed) throw new ServiceError('candidate_not_found', 'The candidate was deleted a moment ago.')
  const conversation = changed as unknown as ConversationDocument
  // somebody else may have begun to write a moment ago
  if (!(await takesPart(asker, conversation, session))) throw noSuchConversation()
  const { id: messageId, direction, author, body, sentAt, channel = null } = message
  const kept = { ...messagesOf(conversation), seq: conversation.lastSeq }
  await MessageModel.collection.insertOne(
    { ...kept, messageId, direction, author, body, channel, sentAt, createdAt: new Date() },
    { session },
  )
  return conversation
}

async function reread({ _id, organization }: ConversationDocument): Promise<ConversationDocument> {
  return ConversationModel.findOne({ _id, organization }).orFail().lean<ConversationDocument>()
}
