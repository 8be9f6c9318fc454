import { isServiceError, messageWithHint } from '../../errors.ts'
import { LeverCallError } from '../../lever/lever-call-error.ts'
import { addNote, listNotes } from '../../lever/notes.ts'
import type { LeverClient } from '../../lever/client.ts'
import { classifyWriteError } from '../../lever/write-outcome.ts'
import { assertLeaseHolds, LeaseLost } from '../../work/claim.ts'
import { claimedAt, hasGivenUp, pauseAfter } from '../../work/try-again.ts'
import { writeStep } from '../../work/write-step.ts'
import { ExportModel } from '../export-model.ts'
import { budgetLane, tryingSince, type ClaimedExport } from './export-steps.ts'
import { describeFailure, isGrantGone, isRefusal, pauseOf } from './lever-failure.ts'
import { performerProblem } from './performer-problem.ts'
import type { ExportDeps } from './run-export-deps.ts'

const HELD_LOOK_MS = 60_000
/** Lever's clock may differ from the database's by this much. */
const CLOCK_MARGIN_MS = 2 * 60_000
const CONNECTION_ENDED = { code: 'connection_not_active', detail: 'The connection ended before the note was written.' }
const MAYBE_WRITTEN = {
  code: 'outcome_unknown',
  detail: 'Fulcrum could not check whether Lever has the note. Look for it in Lever. If you retry, Fulcrum checks again before it writes.',
} as const

/** Writes the note of an export that has landed, exactly once and as the same Lever user. If it fails, the export stays `exported`. */
export async function writeNote(claimed: ClaimedExport, deps: ExportDeps): Promise<void> {
  const { document } = claimed
  const text = document.note?.text
  if (document.note?.status !== 'queued' || !text || !document.opportunityId) {
    await writeStep(ExportModel, claimed, { release: 'never' })
    return
  }
  const organization = String(document.organization)
  const terms = await deps.readTerms(organization)
  if (terms.status === 'disconnected') return endNote(claimed, text, deps)
  if (terms.status !== 'active' && terms.status !== 'paused') return waitForAuthorization(claimed)
  const settling = restOf(claimed, deps)
  if (settling > 0) return rest(claimed, settling)
  try {
    const client = terms.openClient(budgetLane(document))
    if (document.note.intentAt && (await isDoneAfterLook(claimed, { client, text }, deps))) return
    await deps.assess.resolvePerformAs(organization, document.requestedBy)
    await settle(claimed, { status: 'written', noteId: await post(claimed, client, document.opportunityId, text, deps) })
  } catch (error) {
    await noteFailed(claimed, error, deps)
  }
}

/** The connection ends: a note that an earlier POST may have written is looked for once more, as long as a grant exists. */
async function endNote(claimed: ClaimedExport, text: string, deps: ExportDeps): Promise<void> {
  const { document } = claimed
  if (!document.note?.intentAt) return settle(claimed, { status: 'failed', error: CONNECTION_ENDED })
  try {
    const noteId = await findWritten(deps.remainingClient(String(document.organization)), claimed, text)
    if (noteId !== null) return await settle(claimed, { status: 'written', noteId })
    await settle(claimed, { status: 'failed', error: restOf(claimed, deps) > 0 ? MAYBE_WRITTEN : CONNECTION_ENDED })
  } catch (error) {
    if (!isServiceError(error)) throw error
    await settle(claimed, { status: 'failed', error: MAYBE_WRITTEN })
  }
}

/** Resolves to true if this run is done: an earlier POST wrote the note, or the look-up failed. */
async function isDoneAfterLook(
  claimed: ClaimedExport,
  { client, text }: { client: LeverClient; text: string },
  deps: ExportDeps,
): Promise<boolean> {
  let noteId: string | null
  try {
    noteId = await findWritten(client, claimed, text)
  } catch (error) {
    await lookFailed(claimed, error, deps)
    return true
  }
  if (noteId !== null) await settle(claimed, { status: 'written', noteId })
  return noteId !== null
}

/** A failed look-up does not tell whether the earlier POST worked. So `intentAt` is kept, and nothing is posted until a look-up succeeds. */
async function lookFailed(claimed: ClaimedExport, error: unknown, deps: ExportDeps): Promise<void> {
  if (error instanceof LeaseLost) throw error
  if (isGrantGone(error)) return waitForAuthorization(claimed)
  if (isRefusal(error) || hasGivenUp(claimed.document, claimedAt(claimed, deps.leaseMs)))
    return settle(claimed, { status: 'failed', error: MAYBE_WRITTEN })
  const tries = claimed.document.note?.tries ?? 0
  await writeStep(ExportModel, claimed, {
    set: { 'note.tries': tries + 1, tryingSince: tryingSince(claimed, deps.leaseMs), waitingFor: null },
    attempt: { step: 'note', outcome: 'unclear', detail: describeFailure(error) },
    release: pauseOf(error).pauseMs ?? pauseAfter(tries),
  })
}

/** After a POST without an answer, Fulcrum waits before it looks for the note, because the POST may take effect late. */
function restOf(claimed: ClaimedExport, deps: ExportDeps): number {
  const postedAt = claimed.document.note?.intentAt
  if (!postedAt) return 0
  return Math.max(deps.settleMs, deps.timeoutMs) - (claimedAt(claimed, deps.leaseMs).getTime() - postedAt.getTime())
}

/** Looks for the note after an unclear POST: the same text, by the same user and written since, as far as Lever shows this. */
async function findWritten(client: LeverClient, { document }: ClaimedExport, text: string): Promise<string | null> {
  const since = (document.note?.intentAt?.getTime() ?? 0) - CLOCK_MARGIN_MS
  const performAs = document.performAs?.leverUserId
  for await (const note of listNotes(client, document.opportunityId ?? '')) {
    const isLater = note.createdAt === null || note.createdAt.getTime() >= since
    const isOurs = note.user === null || note.user === performAs
    if (isLater && isOurs && note.fields.some(({ value }) => value?.trim() === text.trim())) return note.id
  }
  return null
}

async function post(
  claimed: ClaimedExport,
  client: LeverClient,
  opportunityId: string,
  value: string,
  deps: ExportDeps,
): Promise<string | null> {
  const since = tryingSince(claimed, deps.leaseMs)
  const prepare = async (): Promise<void> => {
    await writeStep(ExportModel, claimed, { set: { tryingSince: since, waitingFor: null }, now: ['note.intentAt'], unlessErased: true })
  }
  const performAs = claimed.document.performAs?.leverUserId
  const beforeSend = (): void => assertLeaseHolds(claimed)
  const { noteId } = await addNote(client, { opportunityId, value, prepare, beforeSend, ...(performAs ? { performAs } : {}) })
  return noteId
}

async function noteFailed(claimed: ClaimedExport, error: unknown, deps: ExportDeps): Promise<void> {
  if (error instanceof LeaseLost) throw error
  if (isGrantGone(error)) return waitForAuthorization(claimed)
  const refusal = refusalOf(error)
  if (refusal) return settle(claimed, { status: 'failed', error: refusal })
  const outcome = classifyWriteError(error)
  if (outcome === 'doneIdUnknown') return settle(claimed, { status: 'written', noteId: null })
  const gone = outcome === 'nothing' ? refusalOf(await performerProblem(claimed.document, error, deps)) : null
  if (gone) return settle(claimed, { status: 'failed', error: gone })
  if (outcome === 'nothing') await writeStep(ExportModel, claimed, { set: { 'note.intentAt': null } })
  const lasting = outcome === 'nothing' && isRefusal(error)
  if (lasting || hasGivenUp(claimed.document, claimedAt(claimed, deps.leaseMs))) {
    const code = lasting ? 'lever_rejected' : 'lever_unavailable'
    return settle(claimed, { status: 'failed', error: outcome === 'unclear' ? MAYBE_WRITTEN : { code, detail: describeFailure(error) } })
  }
  const tries = claimed.document.note?.tries ?? 0
  await writeStep(ExportModel, claimed, {
    set: { 'note.tries': tries + 1, tryingSince: tryingSince(claimed, deps.leaseMs), waitingFor: null },
    attempt: { step: 'note', outcome, detail: describeFailure(error) },
    release: outcome === 'nothing' ? (pauseOf(error).pauseMs ?? pauseAfter(tries)) : deps.settleMs,
  })
}

async function settle(
  claimed: ClaimedExport,
  end: { status: 'written'; noteId: string | null } | { status: 'failed'; error: { code: string; detail: string } },
): Promise<void> {
  const written = end.status === 'written'
  await writeStep(ExportModel, claimed, {
    set: written
      ? { 'note.status': 'written', 'note.noteId': end.noteId, 'note.error': null }
      : { 'note.status': 'failed', 'note.error': end.error },
    unset: written ? ['note.text'] : [],
    attempt: { step: 'note', outcome: end.status, detail: written ? null : end.error.detail },
    release: 'never',
  })
}

async function rest(claimed: ClaimedExport, ms: number): Promise<void> {
  await writeStep(ExportModel, claimed, { release: ms })
}

/** Returns our own reason for not writing the note: the person may no longer write in Lever. */
function refusalOf(error: unknown): { code: string; detail: string } | null {
  if (!isServiceError(error) || error instanceof LeverCallError || error.status >= 500) return null
  return { code: error.code, detail: messageWithHint(error) }
}

async function waitForAuthorization(claimed: ClaimedExport): Promise<void> {
  const isNew = claimed.document.waitingFor !== 'authorization'
  await writeStep(ExportModel, claimed, {
    set: { waitingFor: 'authorization', tryingSince: null },
    ...(isNew ? { attempt: { step: 'note', outcome: 'authorization' } } : {}),
    release: HELD_LOOK_MS,
  })
}
