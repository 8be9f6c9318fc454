import type { Document } from 'mongodb'
import { heldBy } from '../work/claim.ts'
import type { NoteTerms } from './conversation-deps.ts'
import { ConversationModel, IS_OPEN, type ConversationDocument } from './conversation-model.ts'
import type { ClaimedConversation } from './conversation-steps.ts'

/**
 * Fixes the content of the next note in one step with the check that the quiet time is over: a message is either in it, or arrived later
 * and has its own quiet time. Resolves to null if the quiet time is not over, there is nothing to note, or another worker holds the
 * conversation.
 */
export async function cutNote(claimed: ClaimedConversation, terms: NoteTerms): Promise<ConversationDocument | null> {
  const isDue = [IS_OPEN, { $lte: [{ $ifNull: ['$noteDueAt', '$$NOW'] }, '$$NOW'] }]
  const cut = await ConversationModel.collection.findOneAndUpdate(
    { ...heldBy(claimed), pending: null, $expr: { $and: isDue } },
    cutStages(terms),
    { returnDocument: 'after', writeConcern: { w: 'majority', j: true } },
  )
  return cut as unknown as ConversationDocument | null
}

/** Returns the stages of an update by which the next note holds every message that is in none. */
export function cutStages({ mode, secret, language, timeZone }: NoteTerms): Document[] {
  const isRewritten = mode === 'perConversation'
  const rewrite = isRewritten ? { $ifNull: ['$rewrite', { fromSeq: '$notedSeq', firstNote: { $size: '$notes' } }] } : null
  const pending = {
    fromSeq: isRewritten ? '$rewrite.fromSeq' : '$notedSeq',
    toSeq: '$lastSeq',
    dueAt: { $ifNull: ['$noteDueAt', '$$NOW'] },
    mode,
    secret,
    language,
    timeZone: { $literal: timeZone },
    done: 0,
    refusedUsers: [],
    intentAt: null,
    opportunityId: null,
    performAs: null,
    hash: null,
    certain: false,
    looks: 0,
    mayStandSince: null,
    isDecided: false,
  }
  return [{ $set: { rewrite } }, { $set: { pending } }]
}
