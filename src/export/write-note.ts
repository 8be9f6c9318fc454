import { addNote, listNotes } from '../lever/notes.ts'
import type { LeverClient } from '../lever/client.ts'
import { classifyWriteError, isWorthAnotherTry } from '../lever/write-outcome.ts'
import { assertLeaseHolds, LeaseLost } from '../work/claim.ts'
import { writeStep } from '../work/write-step.ts'
import { ExportModel } from './export-model.ts'
import { claimedAt, hasGivenUp, pauseAfter, type ClaimedExport } from './export-steps.ts'
import { describeFailure, isGrantGone, pauseOf } from './lever-failure.ts'
import type { ExportDeps } from './run-export-deps.ts'

const HELD_LOOK_MS = 60_000

/** Writes the note of an export that has landed, once, as the same Lever user. Its failure leaves the export exported. */
export async function writeNote(claimed: ClaimedExport, deps: ExportDeps): Promise<void> {
  const { document } = claimed
  const text = document.note?.text
  if (document.note?.status !== 'queued' || !text || !document.opportunityId) {
    await writeStep(ExportModel, claimed, { release: 'never' })
    return
  }
  const terms = await deps.readTerms(String(document.organization))
  if (terms.status !== 'active' && terms.status !== 'paused') return rest(claimed, HELD_LOOK_MS, 'authorization')
  try {
    const client = await deps.leverClient(String(document.organization), 'interactive')
    const written = document.note.intentAt ? await findWritten(client, document.opportunityId, text) : null
    const noteId = written ?? (await post(claimed, client, document.opportunityId, text))
    await settle(claimed, { status: 'written', noteId })
  } catch (error) {
    await noteFailed(claimed, error, deps)
  }
}

/** After an unclear POST: the note with the same text stands there, if any does. */
async function findWritten(client: LeverClient, opportunityId: string, text: string): Promise<string | null> {
  for await (const note of listNotes(client, opportunityId)) {
    if (note.fields.some(({ value }) => value?.trim() === text.trim())) return note.id
  }
  return null
}

async function post(claimed: ClaimedExport, client: LeverClient, opportunityId: string, value: string): Promise<string | null> {
  await writeStep(ExportModel, claimed, { now: ['note.intentAt'] })
  const performAs = claimed.document.performAs?.leverUserId
  const beforeSend = (): void => assertLeaseHolds(claimed)
  const { noteId } = await addNote(client, { opportunityId, value, beforeSend, ...(performAs ? { performAs } : {}) })
  return noteId
}

async function noteFailed(claimed: ClaimedExport, error: unknown, deps: ExportDeps): Promise<void> {
  if (error instanceof LeaseLost) throw error
  if (isGrantGone(error)) return rest(claimed, HELD_LOOK_MS, 'authorization')
  const outcome = classifyWriteError(error)
  if (outcome === 'nothing') await writeStep(ExportModel, claimed, { set: { 'note.intentAt': null } })
  const lasting = outcome === 'nothing' && !isWorthAnotherTry(error)
  if (lasting || hasGivenUp(claimed, claimedAt(claimed, deps.leaseMs))) {
    const code = lasting ? 'lever_rejected' : 'lever_unavailable'
    return settle(claimed, { status: 'failed', error: { code, detail: describeFailure(error) } })
  }
  const tries = claimed.document.note?.tries ?? 0
  await writeStep(ExportModel, claimed, {
    set: { 'note.tries': tries + 1 },
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

async function rest(claimed: ClaimedExport, ms: number, outcome: string): Promise<void> {
  await writeStep(ExportModel, claimed, { attempt: { step: 'note', outcome }, release: ms })
}
