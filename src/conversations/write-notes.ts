import { sumOf, readNoteMessages } from './note-messages.ts'
import { partsOf, transcriptOf, type TranscriptStyle } from './transcript.ts'
import { writeStep } from '../work/write-step.ts'
import { cutNote } from './cut-note.ts'
import type { ConversationDeps } from './conversation-deps.ts'
import { ConversationModel, type PendingNote } from './conversation-model.ts'
import { fail, giveBack, hold, type ClaimedConversation } from './conversation-steps.ts'
import { noteFailed } from './note-failure.ts'
import type { NoteRun } from './note-run.ts'
import { writePart } from './write-part.ts'

/** Processes one conversation whose quiet time is over: cuts the note, writes its parts one after another, and releases it. */
export async function writeNotes(claimed: ClaimedConversation, deps: ConversationDeps): Promise<void> {
  if (claimed.document.erasedAt) return void (await writeStep(ConversationModel, claimed, { release: 'never' }))
  const organization = String(claimed.document.organization)
  const terms = await deps.readTerms(organization)
  const { pending } = claimed.document
  if (terms.status === 'disconnected' && pending?.intentAt) return fail({ claimed, document: claimed.document }, CONNECTION_ENDED)
  if (terms.status !== 'active')
    return hold({ claimed, document: claimed.document }, terms.status === 'paused' ? 'paused' : 'authorization')
  const document = pending ? claimed.document : await cutNote(claimed, terms)
  if (!document) return giveBack(claimed)
  const run: NoteRun = { claimed, document, terms, deps }
  try {
    await writeParts(run)
  } catch (error) {
    await noteFailed(run, error)
  }
}

const CONNECTION_ENDED = {
  code: 'outcome_unknown',
  detail: 'The connection ended before Fulcrum could check whether Lever has the note. Look for it in Lever.',
}

async function writeParts(run: NoteRun): Promise<void> {
  const { claimed, deps } = run
  const style = await styleOf(run)
  const messages = await readNoteMessages(deps, run.document, style.name)
  const parts = pendingOf(run).parts ?? partsOf(messages, style)
  run.document = await writeStep(ConversationModel, claimed, { set: { 'pending.parts': parts } })
  for (let part = pendingOf(run).done; part < parts.length; part += 1) {
    const count = parts[part] ?? 0
    const first = sumOf(parts.slice(0, part))
    const text = transcriptOf(messages.slice(first, first + count), style, numberOf(pendingOf(run), part, parts.length))
    if ((await writePart(run, { part, text, messages: count })) === 'rests') return
  }
  const { toSeq } = pendingOf(run)
  await giveBack(claimed, { notedSeq: toSeq, pending: null, error: null, waitingFor: null, tries: 0, tryingSince: null })
}

async function styleOf({ document, deps, document: { pending } }: NoteRun): Promise<TranscriptStyle> {
  const { organization, candidate } = document
  const name = candidate ? await deps.candidateName(String(organization), String(candidate)) : null
  return { language: pending?.language ?? 'en', timeZone: pending?.timeZone ?? 'UTC', name }
}

/** The first part of a rewritten note has no number, so that it stays the same when a second part is added. */
function numberOf({ mode }: PendingNote, part: number, of: number): { part: number; of: number | null } | undefined {
  if (mode === 'perConversation') return part === 0 ? undefined : { part: part + 1, of: null }
  return of === 1 ? undefined : { part: part + 1, of }
}

function pendingOf({ document }: NoteRun): PendingNote {
  if (!document.pending) throw new Error('no note is being written')
  return document.pending
}
