import type { QueryFilter } from 'mongoose'
import { isOnItsWay } from '../work/call-on-its-way.ts'
import { NEVER } from '../work/work-fields.ts'
import type { ConversationDeps } from './conversation-deps.ts'
import { ConversationModel, type ConversationDocument } from './conversation-model.ts'
import { findTarget } from './find-target.ts'
import { MessageModel, messagesOf, type Conversation } from './message-model.ts'

/** No worker holds it now, by the database's clock. */
const FREE: QueryFilter<ConversationDocument> = { $expr: { $lte: [{ $ifNull: ['$leaseUntil', new Date(0)] }, '$$NOW'] } }
const MAJORITY = { writeConcern: { w: 'majority', j: true } } as const

/** The keys that identify an erased person's conversations. */
export interface TheirsBy {
  candidateId?: string | undefined
  opportunityIds: readonly string[]
}

const DELETED = {
  code: 'opportunity_deleted',
  detail: 'The opportunity was deleted in Lever, so the text of the conversation was deleted here.',
}

/** When the latest call without a known outcome began; null if there is none. */
const CALL_BEGAN = { $max: ['$pending.intentAt', '$pending.rewriteAt'] }

/**
 * Stops all notes of an erased person's conversations, whichever worker holds them: each write to Lever follows a step that now fails. A
 * worker without a call in progress loses the lease. Resolves after a majority write; may be repeated. `timeoutMs`: limit of a call.
 */
export async function stopNotes(organization: string, person: TheirsBy, timeoutMs: number): Promise<void> {
  const unlessOnItsWay = (value: unknown, kept: string) => ({ $cond: [isOnItsWay(CALL_BEGAN, timeoutMs), kept, value] })
  const $set = {
    dueAt: NEVER,
    erasedAt: { $ifNull: ['$erasedAt', '$$NOW'] },
    fence: unlessOnItsWay({ $add: ['$fence', 1] }, '$fence'),
    claim: unlessOnItsWay(null, '$claim'),
    leaseUntil: unlessOnItsWay(null, '$leaseUntil'),
  }
  await ConversationModel.updateMany(theirsBy(organization, person), [{ $set }], { ...MAJORITY, updatePipeline: true })
}

/** Resolves to true if a call that was started for an erased person's conversation may still reach Lever. */
export async function isNoteOnItsWay(organization: string, person: TheirsBy, timeoutMs: number): Promise<boolean> {
  const theirs: QueryFilter<ConversationDocument> = { ...theirsBy(organization, person), erasedAt: { $ne: null } }
  return (await ConversationModel.exists({ ...theirs, $expr: isOnItsWay(CALL_BEGAN, timeoutMs) })) !== null
}

/**
 * Removes an erased person's conversations with all messages. If a note is being sent, that conversation ends first: repeat until nothing
 * is `underWay`.
 * @returns how many documents were removed
 */
export async function forgetConversations(
  organization: string,
  person: TheirsBy,
  timeoutMs: number,
): Promise<{ removed: number; underWay: boolean }> {
  const theirs = theirsBy(organization, person)
  await stopNotes(organization, person, timeoutMs)
  const free = await ConversationModel.find({ ...theirs, ...FREE }, { _id: 1 }).lean()
  const ids = free.map(({ _id }) => _id)
  const conversations = await ConversationModel.deleteMany({ organization, _id: { $in: ids } })
  const messages = await MessageModel.deleteMany({ organization, conversation: { $in: ids } })
  return { removed: conversations.deletedCount + messages.deletedCount, underWay: (await ConversationModel.exists(theirs)) !== null }
}

function theirsBy(organization: string, { candidateId, opportunityIds }: TheirsBy): QueryFilter<ConversationDocument> {
  const ofCandidate = candidateId === undefined ? [] : [candidateId]
  const unlessAnothers = { candidate: { $in: [null, ...ofCandidate] } }
  return {
    organization,
    $or: [{ candidate: { $in: ofCandidate } }, { opportunityId: { $in: [...opportunityIds] }, ...unlessAnothers }],
  }
}

/**
 * Called when Lever reports a deleted opportunity, before the candidates are unlinked. A conversation about it that has no other
 * opportunity ends, and all of its text is removed. May be repeated.
 */
export async function opportunityDeleted(
  deps: Pick<ConversationDeps, 'candidatesOf' | 'opportunitiesOf'>,
  organization: string,
  opportunityId: string,
): Promise<void> {
  const candidates = await deps.candidatesOf(organization, opportunityId)
  const about = [{ opportunityId }, { 'notes.opportunityId': opportunityId }, { candidate: { $in: candidates } }]
  for (const conversation of await ConversationModel.find({ organization, $or: about }).lean<ConversationDocument[]>()) {
    const isItself = conversation.opportunityId === opportunityId
    if (isItself || (await findTarget(deps, conversation, opportunityId)) === null) await endDeleted(conversation)
  }
}

/** Resolves to those of the opportunities that a conversation is about. */
export async function talkedAmong(organization: string, opportunityIds: readonly string[]): Promise<string[]> {
  const found = await ConversationModel.distinct('opportunityId', { organization, opportunityId: { $in: opportunityIds } })
  return found.filter((id) => typeof id === 'string')
}

/** A worker that holds the conversation loses its lease. Later messages start a new note. */
export async function endDeleted({ _id, organization }: Conversation): Promise<void> {
  const ended = await ConversationModel.collection.findOneAndUpdate(
    { _id, organization },
    [
      {
        $set: {
          notedSeq: '$lastSeq',
          pending: null,
          rewrite: null,
          noteDueAt: null,
          waitingFor: null,
          error: DELETED,
          dueAt: NEVER,
          fence: { $add: ['$fence', 1] },
          claim: null,
          leaseUntil: null,
        },
      },
    ],
    { returnDocument: 'after', writeConcern: { w: 'majority', j: true } },
  )
  if (ended) await MessageModel.deleteMany({ ...messagesOf({ _id, organization }), seq: { $lte: ended['lastSeq'] as number } })
}
