import { isServiceError } from '../errors.ts'
import { isLeverStatus, LeverCallError } from '../lever/lever-call-error.ts'
import { classifyWriteError, isWorthAnotherTry } from '../lever/write-outcome.ts'
import { LeaseLost } from '../work/claim.ts'
import { claimedAt, hasGivenUp, pauseAfter } from '../work/try-again.ts'
import { writeStep } from '../work/write-step.ts'
import type { ConversationDeps } from './conversation-deps.ts'
import { ConversationModel } from './conversation-model.ts'
import { fail, giveBack, hold, tryLater, waitForOpportunity, type NoteState } from './conversation-steps.ts'
import { isAboutAuthor } from './note-author.ts'
import { findTarget, isListedAsDeleted } from './find-target.ts'
import { endDeleted } from './forget-conversations.ts'

interface Run extends NoteState {
  deps: ConversationDeps
}

export const OUTCOME_UNKNOWN = {
  code: 'outcome_unknown',
  detail: 'Fulcrum could not find out whether the note is in Lever. Look for it there, and write it again if it is missing.',
}
const NO_INTENT = { 'pending.intentAt': null }

/**
 * Decides what a failed write means for the note.
 * @throws LeaseLost
 */
export async function noteFailed(run: Run, error: unknown): Promise<void> {
  if (error instanceof LeaseLost) throw error
  const outcome = classifyWriteError(error)
  const isGrantGone = isServiceError(error, 'connection_not_active')
  if (outcome !== 'nothing' && isGrantGone) return hold(run, 'authorization')
  if (outcome !== 'nothing') return mayBeWritten(run, error, outcome === 'doneIdUnknown')
  if (run.document.pending?.intentAt) run.document = await writeStep(ConversationModel, run.claimed, { set: NO_INTENT })
  if (isGrantGone) return hold(run, 'authorization')
  const { performAs, refusedUsers = [] } = run.document.pending ?? {}
  if (performAs && (isLeverStatus(error, 400) || (await isAboutAuthor(run.deps, run.document, error)))) {
    await writeStep(ConversationModel, run.claimed, { set: { 'pending.refusedUsers': [...refusedUsers, performAs] }, release: 0 })
    return
  }
  if (isLeverStatus(error, 404)) return opportunityMissing(run, () => forgetTarget(run))
  if (error instanceof LeverCallError && !isWorthAnotherTry(error))
    return fail(run, { code: 'lever_rejected', detail: inLeversWords(error) })
  await comeAgain(run, error)
}

/**
 * Called when a search for a note fails: the note is not sent again because of that. Its intent stays, unless Lever lists the opportunity as
 * deleted.
 * @throws LeaseLost
 */
export async function lookFailed(run: Run, error: unknown): Promise<void> {
  if (error instanceof LeaseLost) throw error
  if (isServiceError(error, 'connection_not_active')) return hold(run, 'authorization')
  if (isLeverStatus(error, 404)) return opportunityMissing(run, () => comeAgain(run, error))
  await comeAgain(run, error)
}

async function mayBeWritten(run: Run, error: unknown, certain: boolean): Promise<void> {
  if (!run.document.pending?.intentAt) return comeAgain(run, error)
  if (hasGivenUp(run.document, claimedAt(run.claimed, run.deps.leaseMs))) return fail(run, OUTCOME_UNKNOWN)
  await tryLater(run, { waitingFor: 'settling', pauseMs: run.deps.settleMs, set: { 'pending.certain': certain } })
}

async function comeAgain(run: Run, error: unknown): Promise<void> {
  const { pending, tries, tryingSince } = run.document
  if (hasGivenUp(run.document, claimedAt(run.claimed, run.deps.leaseMs))) {
    const detail = error instanceof Error ? error.message : 'unknown failure'
    return fail(run, pending?.intentAt ? OUTCOME_UNKNOWN : { code: 'lever_unavailable', detail })
  }
  const retryAfterMs = error instanceof LeverCallError ? error.retryAfterMs : null
  await tryLater(run, {
    waitingFor: isLeverStatus(error, 429) ? 'budget' : 'lever',
    pauseMs: retryAfterMs ?? pauseAfter(tries),
    set: { tryingSince: tryingSince ?? claimedAt(run.claimed, run.deps.leaseMs) },
  })
}

/** Lever does not show the opportunity: it is deleted if Lever lists it so, and otherwise confidential or not there yet. */
async function opportunityMissing(run: Run, ifNotDeleted: () => Promise<void>): Promise<void> {
  const { claimed, document, deps } = run
  const gone = document.pending?.opportunityId ?? document.opportunityId
  const client = await deps.leverClient(String(document.organization))
  if (!gone || !(await isListedAsDeleted(client, gone, document.createdAt))) return ifNotDeleted()
  if (document.opportunityId === gone || (await findTarget(deps, document, gone)) === null) return endDeleted(document)
  await giveBack(claimed, { pending: null, rewrite: null, gone: { $literal: [...document.gone, gone] } })
}

/** Lever has refused the note, so nothing was written: the note waits for an opportunity. */
async function forgetTarget(run: Run): Promise<void> {
  run.document = await writeStep(ConversationModel, run.claimed, { set: { 'pending.opportunityId': null, ...NO_INTENT } })
  await waitForOpportunity(run, run.deps.leaseMs)
}

function inLeversWords(error: LeverCallError): string {
  return error.leverMessage === null ? error.message : `Lever answered ${error.httpStatus ?? ''}: ${error.leverMessage}`
}
