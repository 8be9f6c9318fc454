import { heldBy } from '../work/claim.ts'
import type { NoteTerms } from './conversation-deps.ts'
import { ConversationModel, type ConversationDocument } from './conversation-model.ts'
import type { ClaimedConversation } from './conversation-steps.ts'

/**
 * Fixes what the next note holds, in one step with the check that the quiet time is over: a message is either in it, or was not there yet
 * and has a quiet time of its own. Null when it is not over, nothing is to be noted, or another worker holds it.
 */
export async function cutNote(claimed: ClaimedConversation, terms: NoteTerms): Promise<ConversationDocument | null> {
  const isRewritten = terms.mode === 'perConversation'
  const isDue = [{ $gt: ['$lastSeq', '$notedSeq'] }, { $lte: [{ $ifNull: ['$noteDueAt', '$$NOW'] }, '$$NOW'] }]
  const rewrite = isRewritten ? { $ifNull: ['$rewrite', { fromSeq: '$notedSeq', firstNote: { $size: '$notes' } }] } : null
  const pending = {
    fromSeq: isRewritten ? '$rewrite.fromSeq' : '$notedSeq',
    toSeq: '$lastSeq',
    mode: terms.mode,
    secret: terms.secret,
    language: terms.language,
    timeZone: { $literal: terms.timeZone },
    done: 0,
    refusedUsers: [],
    intentAt: null,
    opportunityId: null,
    performAs: null,
    hash: null,
    certain: false,
    looks: 0,
  }
  const cut = await ConversationModel.collection.findOneAndUpdate(
    { ...heldBy(claimed), pending: null, $expr: { $and: isDue } },
    [{ $set: { rewrite } }, { $set: { pending } }],
    { returnDocument: 'after', writeConcern: { w: 'majority', j: true } },
  )
  return cut as unknown as ConversationDocument | null
}
