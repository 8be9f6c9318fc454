import { isLeverStatus } from '../lever/lever-call-error.ts'
import { addNote, replaceNote } from '../lever/notes.ts'
import { assertLeaseHolds } from '../work/claim.ts'
import { writeStep } from '../work/write-step.ts'
import { chooseAuthor } from './choose-author.ts'
import type { ConversationDeps, NoteTerms } from './conversation-deps.ts'
import { ConversationModel, type WrittenNote } from './conversation-model.ts'
import { claimedAt, fail, tryLater, waitForOpportunity, type NoteState } from './conversation-steps.ts'
import { findTarget } from './find-target.ts'
import { hashOf, lookForNote } from './look-for-note.ts'
import { lookFailed, OUTCOME_UNKNOWN } from './note-failure.ts'

export interface NoteRun extends NoteState {
  terms: NoteTerms
  deps: ConversationDeps
}

export interface Part {
  /** From 0. */
  part: number
  text: string
  /** How many messages are in it. */
  messages: number
}

/** `rests`: the conversation was given back, and this part is not known to be written. */
export type PartOutcome = 'written' | 'rests'

/** Not sent again before it was looked for so often in vain. */
const LOOKS = 3

/** One part: rewritten where it stands in Lever already, found where it may, else posted. */
export async function writePart(run: NoteRun, part: Part): Promise<PartOutcome> {
  const { pending } = run.document
  const standing = standingNote(run, part)
  if (standing?.noteId && (await rewritten(run, part, { ...standing, noteId: standing.noteId }))) return 'written'
  if (pending?.intentAt) {
    const outcome = await settled(run, part, pending.intentAt)
    if (outcome !== 'send') return outcome
  }
  const opportunityId = pending?.opportunityId ?? (await targetOf(run))
  if (opportunityId !== null) return posted(run, part, opportunityId)
  await waitForOpportunity(run, run.deps.leaseMs)
  return 'rests'
}

/** Of a conversation that is one note: what stands in the place of this part. */
function standingNote({ document: { pending, rewrite, notes } }: NoteRun, { part }: Part): WrittenNote | undefined {
  return pending?.mode === 'perConversation' && rewrite ? notes[(rewrite.firstNote ?? 0) + part] : undefined
}

/** Replacing is harmless when it is repeated. False where somebody deleted the note in Lever. */
async function rewritten(run: NoteRun, part: Part, note: WrittenNote & { noteId: string }): Promise<boolean> {
  const { claimed, deps, document } = run
  const hash = hashOf(part.text)
  if (note.hash !== hash) {
    const client = await deps.leverClient(String(document.organization))
    const performAs = await chooseAuthor(deps, document, run.terms)
    const beforeSend = (): void => assertLeaseHolds(claimed)
    const { opportunityId, noteId } = note
    const about = { opportunityId, noteId, value: part.text, secret: document.pending?.secret ?? false, beforeSend, lane: 'bulk' as const }
    run.document = await writeStep(ConversationModel, claimed, { set: { 'pending.performAs': performAs } })
    try {
      await replaceNote(client, { ...about, ...(performAs ? { performAs } : {}) })
    } catch (error) {
      if (isLeverStatus(error, 404)) return false
      throw error
    }
  }
  await keep(run, part, { ...note, hash })
  return true
}

/** What became of a POST whose answer never came; `send`: it was looked for often enough in vain. */
async function settled(run: NoteRun, part: Part, intentAt: Date): Promise<PartOutcome | 'send'> {
  const { claimed, deps, document } = run
  const restMs = Math.max(deps.settleMs, deps.timeoutMs) - (claimedAt(claimed, deps.leaseMs).getTime() - intentAt.getTime())
  if (restMs > 0) {
    await writeStep(ConversationModel, claimed, { set: { waitingFor: 'settling' }, release: restMs })
    return 'rests'
  }
  const found = await look(run)
  if (!found) return 'rests'
  const { opportunityId, hash, looks = 0, certain } = document.pending ?? {}
  if (found.noteId !== null) {
    await keep(run, part, { noteId: found.noteId, opportunityId: opportunityId ?? '', hash: hash ?? '' })
    return 'written'
  }
  if (!found.canSee) await fail(run, OUTCOME_UNKNOWN)
  else if (certain || looks + 1 < LOOKS)
    await tryLater(run, { waitingFor: 'settling', pauseMs: deps.settleMs * 2 ** Math.min(looks, 10), set: { 'pending.looks': looks + 1 } })
  else return 'send'
  return 'rests'
}

async function look(run: NoteRun): Promise<Awaited<ReturnType<typeof lookForNote>> | null> {
  try {
    return await lookForNote(await run.deps.leverClient(String(run.document.organization)), run.document)
  } catch (error) {
    await lookFailed(run, error)
    return null
  }
}

/** A further part goes where the first one is. */
async function targetOf({ deps, document }: NoteRun): Promise<string | null> {
  const { pending, rewrite, notes } = document
  const first = pending?.mode === 'perConversation' ? notes[rewrite?.firstNote ?? 0] : undefined
  return first?.noteId ? first.opportunityId : findTarget(deps, document)
}

async function posted(run: NoteRun, part: Part, opportunityId: string): Promise<PartOutcome> {
  const { claimed, deps, document } = run
  const organization = String(document.organization)
  const client = await deps.leverClient(organization)
  const performAs = await chooseAuthor(deps, document, run.terms)
  const hash = hashOf(part.text)
  const prepare = async (): Promise<void> => {
    const intent = { opportunityId, performAs, hash, looks: 0, certain: false }
    const set = Object.fromEntries(Object.entries(intent).map(([field, value]) => [`pending.${field}`, value]))
    const tryingSince = document.tryingSince ?? claimedAt(claimed, deps.leaseMs)
    run.document = await writeStep(ConversationModel, claimed, {
      set: { ...set, tryingSince, waitingFor: null },
      now: ['pending.intentAt'],
    })
  }
  const { noteId } = await addNote(client, {
    opportunityId,
    value: part.text,
    secret: document.pending?.secret ?? false,
    prepare,
    beforeSend: () => assertLeaseHolds(claimed),
    lane: 'bulk',
    ...(performAs ? { performAs } : {}),
  })
  await keep(run, part, { noteId, opportunityId, hash })
  return 'written'
}

/** The part stands in Lever: the next one begins without an intent. */
async function keep(
  run: NoteRun,
  { part, messages }: Part,
  { noteId, opportunityId, hash }: Pick<WrittenNote, 'noteId' | 'opportunityId' | 'hash'>,
): Promise<void> {
  const { claimed, deps, document } = run
  const { pending, rewrite } = document
  const notes = [...document.notes]
  const place = pending?.mode === 'perConversation' ? (rewrite?.firstNote ?? 0) + part : notes.length
  notes[place] = { noteId: noteId ?? null, opportunityId, messages, hash, writtenAt: new Date() }
  run.document = await writeStep(ConversationModel, claimed, {
    set: { notes, 'pending.done': part + 1, 'pending.opportunityId': opportunityId, 'pending.intentAt': null, tries: 0, tryingSince: null },
  })
  await deps.audit({
    organization: String(document.organization),
    actor: 'worker',
    action: 'conversation.noted',
    subject: `conversation:${String(document._id)}`,
    leverUser: run.document.pending?.performAs ?? null,
  })
}
