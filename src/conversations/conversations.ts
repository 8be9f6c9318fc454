import { coalesceByKey } from '../concurrency/coalesce.ts'
import { isValidObjectId, Types } from 'mongoose'
import { ServiceError } from '../errors.ts'
import { heartbeat } from '../work/claim.ts'
import { claimFairly } from '../work/claim-fairly.ts'
import type { LaneLimit } from '../work/capacity.ts'
import { startWorker, type Worker } from '../work/worker.ts'
import { askParts, type ConversationParts } from './ask-parts.ts'
import type { ConversationAsker } from './conversation-asker.ts'
import { ConversationModel, IS_OPEN, type ConversationDocument, type WaitingFor } from './conversation-model.ts'
import { assertMaySee, assertMayWrite } from './conversation-rights.ts'
import { conversationsOf, getConversation, hiddenIn, viewOf, type ConversationView } from './conversation-view.ts'
import { forgetConversations, isNoteOnItsWay, opportunityDeleted, stopNotes, talkedAmong, type TheirsBy } from './forget-conversations.ts'
import { markRestored } from './mark-restored.ts'
import { receiveMessage, type IncomingMessage } from './receive-message.ts'
import { OUTCOME_UNKNOWN } from './note-failure.ts'
import { writeNotes } from './write-notes.ts'

const AT_ONCE = 16
/** Conversations that wait for request budget hold a place, so one organization never gets them all. */
const LIMITS: readonly LaneLimit[] = [{ all: AT_ONCE, each: 8 }]

export type Conversations = ReturnType<typeof createConversations>

/** Conversations of a texting tool, which become notes in Lever once they are quiet. */
export function createConversations(parts: ConversationParts) {
  const deps = askParts(parts)
  const { leaseMs, timeoutMs, log, wake } = deps
  return {
    /** Resolves to the conversation's id and its current state. */
    async receive(
      organization: string,
      externalId: string,
      message: IncomingMessage,
      asker: ConversationAsker,
    ): Promise<{ id: string; view: ConversationView }> {
      await assertMayWrite(deps, { organization, externalId }, message, asker)
      const conversation = await receiveMessage(deps, { organization, externalId }, message, asker)
      return { id: String(conversation._id), view: viewOf(conversation, await hiddenIn(deps, conversation, asker.clearance)) }
    },
    /** @throws ServiceError `not_found` */
    async get(organization: string, by: { externalId: string } | { _id: string }, asker: ConversationAsker): Promise<ConversationView> {
      const conversation = await getConversation(organization, by)
      await assertMaySee(deps, conversation, asker)
      return viewOf(conversation, await hiddenIn(deps, conversation, asker.clearance))
    },
    /** Resolves to candidate ids by conversation id. Conversations without a candidate are left out. */
    async candidatesById(organization: string, ids: readonly string[]): Promise<Map<string, string>> {
      const wanted = { organization, _id: { $in: ids.filter((id) => isValidObjectId(id)) }, candidate: { $ne: null } }
      const found = await ConversationModel.find(wanted, { candidate: 1 }).lean()
      return new Map(found.map(({ _id, candidate }) => [String(_id), String(candidate)]))
    },
    ofCandidate: (organization: string, whose: { candidateId: string; opportunityId: string | null }, asker: ConversationAsker) =>
      conversationsOf(deps, organization, whose, asker),
    /** @throws ServiceError `not_found`; `state_conflict` if everything is in notes already */
    async writeNow(organization: string, id: string, asker: ConversationAsker): Promise<void> {
      await assertMaySee(deps, await getConversation(organization, { _id: id }), asker)
      await hurry(organization, id)
      wake()
    },
    /** Called when an opportunity becomes known: resumes what waited for one. */
    async opportunityKnown(organization: string, of: { candidateId: string } | { opportunityId: string }): Promise<void> {
      const isAnyWoken =
        'candidateId' in of
          ? await goOnAbout(organization, of.candidateId)
          : await goOn(organization, ['opportunity'], { opportunityId: of.opportunityId })
      if (isAnyWoken) wake()
    },
    /** Called when Lever can be written to again. */
    async resumeHeld(organization: string): Promise<void> {
      await goOn(organization, ['authorization', 'paused'])
      wake()
    },
    talkedAmong,
    opportunityDeleted: (organization: string, opportunityId: string) => opportunityDeleted(deps, organization, opportunityId),
    forget: (organization: string, person: TheirsBy) => forgetConversations(organization, person, timeoutMs),
    stopNotes: (organization: string, person: TheirsBy) => stopNotes(organization, person, timeoutMs),
    isNoteOnItsWay: (organization: string, person: TheirsBy) => isNoteOnItsWay(organization, person, timeoutMs),
    /**
     * For use after a restored backup, before the service runs.
     * @returns how many conversations are searched for in Lever first
     */
    markRestored: () => markRestored(deps),
    /** Writes notes when they are due, until stopped. */
    startWorker: (pollMs: number): Worker =>
      startWorker<ConversationDocument>({
        name: 'conversations',
        atOnce: AT_ONCE,
        pollMs,
        leaseMs,
        claim: claimFairly<ConversationDocument>(ConversationModel, { statuses: ['open'], limits: LIMITS, leaseMs }),
        keep: (claimed) => heartbeat(ConversationModel, claimed, leaseMs),
        run: (claimed) => writeNotes(claimed, deps),
        log,
      }),
  }
}

async function hurry(organization: string, id: string): Promise<void> {
  const isOpen = { $expr: IS_OPEN }
  const decided = { $mergeObjects: ['$pending', { isDecided: true }] }
  const now = {
    pending: { $cond: [{ $eq: ['$error.code', OUTCOME_UNKNOWN.code] }, decided, '$pending'] },
    noteDueAt: '$$NOW',
    dueAt: { $min: ['$dueAt', '$$NOW'] },
    error: null,
    waitingFor: null,
    tryingSince: null,
    tries: 0,
  }
  const hurried = await ConversationModel.collection.updateOne(
    { _id: new Types.ObjectId(id), organization: new Types.ObjectId(organization), ...isOpen },
    [{ $set: now }],
  )
  if (hurried.matchedCount === 0)
    throw new ServiceError('state_conflict', 'All messages of this conversation are already in notes.', { hint: 'Reload the page.' })
}

/** One write for all candidates whose opportunities become known at the same time. */
const goOnAbout = coalesceByKey<string, boolean>((candidateIds, organization) =>
  goOn(organization, ['opportunity'], { candidate: { $in: candidateIds.map((id) => new Types.ObjectId(id)) } }),
)

/** @returns true if a conversation waited for that */
async function goOn(organization: string, waitingFor: readonly WaitingFor[], whose: Record<string, unknown> = {}): Promise<boolean> {
  const { matchedCount } = await ConversationModel.collection.updateMany(
    { organization: new Types.ObjectId(organization), waitingFor: { $in: [...waitingFor] }, ...whose },
    [{ $set: { dueAt: { $min: ['$dueAt', { $max: ['$$NOW', { $ifNull: ['$noteDueAt', '$$NOW'] }] }] }, tries: 0 } }],
    { writeConcern: { w: 1 } }, // a conversation that is not woken is checked again anyway
  )
  return matchedCount > 0
}
