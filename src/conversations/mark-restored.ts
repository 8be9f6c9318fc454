import type { ConversationDeps } from './conversation-deps.ts'
import { ConversationModel, IS_OPEN } from './conversation-model.ts'
import { cutStages } from './cut-note.ts'

/** Notes that are known here were written before the backup was made. */
const SINCE = { $ifNull: [{ $last: '$notes.writtenAt' }, '$createdAt'] }

/** Each part is searched for before anything is written; by its text if no intent has its hash. */
const LOOK_FIRST = {
  pending: {
    $mergeObjects: [
      '$pending',
      {
        mayStandSince: SINCE,
        intentAt: { $ifNull: ['$pending.intentAt', SINCE] },
        hash: { $cond: [{ $ne: [{ $ifNull: ['$pending.intentAt', null] }, null] }, '$pending.hash', null] },
        looks: 0,
      },
    ],
  },
  waitingFor: 'settling',
  tries: 0,
  tryingSince: '$$NOW',
  dueAt: '$$NOW',
  claim: null,
  leaseUntil: null,
  fence: { $add: ['$fence', 1] },
}

/**
 * For use after a restored backup: messages that were in no note then may be in one now. Cuts them into a note, whether or not their quiet
 * time was over, and searches for it; what is not found returns to its quiet time. Harmless when run twice.
 * @returns how many conversations were changed
 */
export async function markRestored(deps: Pick<ConversationDeps, 'readTerms'>): Promise<number> {
  let marked = 0
  const isOpen = { $expr: IS_OPEN }
  for (const organization of await ConversationModel.distinct('organization', isOpen)) {
    const open = { organization, ...isOpen }
    await ConversationModel.collection.updateMany({ ...open, pending: null }, cutStages(await deps.readTerms(String(organization))))
    marked += (await ConversationModel.collection.updateMany(open, [{ $set: LOOK_FIRST }])).modifiedCount
  }
  return marked
}
