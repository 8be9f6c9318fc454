import type { Document } from 'mongodb'
import { heldBy, LeaseLost, type Claimed } from '../work/claim.ts'
import { claimedAt, hasGivenUp } from '../work/try-again.ts'
import { NEVER } from '../work/work-fields.ts'
import { writeStep } from '../work/write-step.ts'
import { ConversationModel, IS_OPEN, type ConversationDocument, type WaitingFor } from './conversation-model.ts'

export type ClaimedConversation = Claimed<ConversationDocument>

/** There may be thousands of them, and events wake them in time anyway. */
const HELD_LOOK_MS = 5 * 60_000
const FIRST_WAIT_MS = 60_000
const LONGEST_WAIT_MS = 15 * 60_000
const WAIT_AT_MOST_MS = 30 * 24 * 3_600_000

/** The note's current state: the document as last written under the claim. */
export interface NoteState {
  claimed: ClaimedConversation
  document: ConversationDocument
}

const MAJORITY = { writeConcern: { w: 'majority', j: true } } as const

/** Releases the conversation until the end of the quiet time, which a new message may have extended. */
export async function giveBack(claimed: ClaimedConversation, set: Document = {}): Promise<void> {
  const rest = {
    noteDueAt: { $cond: [IS_OPEN, '$noteDueAt', null] },
    dueAt: { $cond: [IS_OPEN, { $ifNull: ['$noteDueAt', NEVER] }, NEVER] },
    claim: null,
    leaseUntil: null,
  }
  const stages = [...(Object.keys(set).length > 0 ? [{ $set: set }] : []), { $set: rest }]
  const { matchedCount } = await ConversationModel.collection.updateOne(heldBy(claimed), stages, MAJORITY)
  if (matchedCount === 0) throw new LeaseLost(String(claimed.document._id))
}

/** The note was neither written nor started, so messages that arrive now join the same note. */
function takeBack({ pending }: ConversationDocument): Record<string, unknown> {
  return pending && pending.done === 0 && !pending.intentAt ? { pending: null } : {}
}

/** The connection does not write now: waits until a person authorizes again or ends the pause. */
export async function hold({ claimed, document }: NoteState, waitingFor: 'authorization' | 'paused'): Promise<void> {
  await writeStep(ConversationModel, claimed, {
    set: { waitingFor, tryingSince: null, ...takeBack(document) },
    release: HELD_LOOK_MS,
  })
}

/** Retries after a pause; `set` records what is known about the write. */
export async function tryLater(
  { claimed, document }: NoteState,
  { waitingFor, pauseMs, set = {} }: { waitingFor: WaitingFor; pauseMs: number; set?: Record<string, unknown> },
): Promise<void> {
  await writeStep(ConversationModel, claimed, { set: { waitingFor, tries: document.tries + 1, ...set }, release: pauseMs })
}

/** There is no opportunity yet: wakes up when one becomes known, and checks now and then for a month. */
export async function waitForOpportunity(state: NoteState, leaseMs: number): Promise<void> {
  const { claimed, document } = state
  if (hasGivenUp(document, claimedAt(claimed, leaseMs), WAIT_AT_MOST_MS))
    return fail(state, { code: 'opportunity_missing', detail: 'The candidate of this conversation was not in Lever within a month.' })
  const pauseMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(document.tries, 10))
  const tryingSince = document.tryingSince ?? claimedAt(claimed, leaseMs)
  await tryLater(state, { waitingFor: 'opportunity', pauseMs, set: { tryingSince, ...takeBack(document) } })
}

/** Stops retrying; continues with the next message, or when a person requests the note. */
export async function fail({ claimed, document }: NoteState, error: { code: string; detail: string }): Promise<void> {
  await writeStep(ConversationModel, claimed, {
    set: { error, waitingFor: null, noteDueAt: null, ...takeBack(document) },
    release: 'never',
  })
}
