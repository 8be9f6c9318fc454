import { isLeverStatus } from '../lever/lever-call-error.ts'
import { addNote, replaceNote } from '../lever/notes.ts'
import { assertLeaseHolds } from '../work/claim.ts'
import { claimedAt } from '../work/try-again.ts'
import { writeStep } from '../work/write-step.ts'
import { chooseAuthor, isAboutAuthor } from './note-author.ts'
import { ConversationModel, type WrittenNote } from './conversation-model.ts'
import { waitForOpportunity } from './conversation-steps.ts'
import { findTarget } from './find-target.ts'
import { forgetConversations } from './forget-conversations.ts'
import { hashOf } from './look-for-note.ts'
import type { NoteRun, Part, PartOutcome } from './note-run.ts'
import { settleIntent } from './settle-intent.ts'

/** Writes one part: rewrites the existing note, adopts a note that a search finds, or posts a new one. */
export async function writePart(run: NoteRun, part: Part): Promise<PartOutcome> {
  const { pending } = run.document
  const standing = standingNote(run, part)
  if (standing?.noteId && (await rewritten(run, part, { ...standing, noteId: standing.noteId }))) return 'written'
  const opportunityId = pending?.opportunityId ?? (await targetOf(run))
  if (opportunityId === null) {
    await waitForOpportunity(run, run.deps.leaseMs)
    return 'rests'
  }
  if (pending?.intentAt) {
    const outcome = await settleIntent(run, part, { opportunityId, intentAt: pending.intentAt })
    if (outcome === 'rests') return 'rests'
    if (outcome !== 'send') {
      await keep(run, part, { ...outcome, opportunityId })
      return 'written'
    }
  }
  return posted(run, part, opportunityId)
}

/** In a conversation that is one note: the existing note in the place of this part. */
function standingNote({ document: { pending, rewrite, notes } }: NoteRun, { part }: Part): WrittenNote | undefined {
  return pending?.mode === 'perConversation' && rewrite ? notes[(rewrite.firstNote ?? 0) + part] : undefined
}

/** Replacing may be repeated. Resolves to false if the note was deleted in Lever. */
async function rewritten(run: NoteRun, part: Part, note: WrittenNote & { noteId: string }): Promise<boolean> {
  const { claimed, deps, document } = run
  const hash = hashOf(part.text)
  if (note.hash !== hash) {
    const client = await deps.leverClient(String(document.organization))
    const performAs = await chooseAuthor(deps, document, run.terms)
    const prepare = async (): Promise<void> => {
      await stopIfErased(run)
      const set = { 'pending.performAs': performAs }
      run.document = await writeStep(ConversationModel, claimed, { set, now: ['pending.rewriteAt'], unlessErased: true })
    }
    const beforeSend = (): void => assertLeaseHolds(claimed)
    const { opportunityId, noteId } = note
    const about = {
      opportunityId,
      noteId,
      value: part.text,
      secret: document.pending?.secret ?? false,
      prepare,
      beforeSend,
      lane: 'webhook' as const,
    }
    try {
      await replaceNote(client, { ...about, ...(performAs ? { performAs } : {}) })
    } catch (error) {
      if (isLeverStatus(error, 404) && !(await isAboutAuthor(deps, run.document, error))) return false
      throw error
    }
  }
  await keep(run, part, { ...note, hash })
  return true
}

/** A further part goes to the same opportunity as the first. */
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
    await stopIfErased(run)
    const intent = { opportunityId, performAs, hash, looks: 0, certain: false, mayStandSince: null, isDecided: false }
    const set = Object.fromEntries(Object.entries(intent).map(([field, value]) => [`pending.${field}`, value]))
    const tryingSince = document.tryingSince ?? claimedAt(claimed, deps.leaseMs)
    run.document = await writeStep(ConversationModel, claimed, {
      set: { ...set, tryingSince, waitingFor: null },
      now: ['pending.intentAt'],
      unlessErased: true,
    })
  }
  const { noteId } = await addNote(client, {
    opportunityId,
    value: part.text,
    secret: document.pending?.secret ?? false,
    prepare,
    beforeSend: () => assertLeaseHolds(claimed),
    lane: 'webhook',
    ...(performAs ? { performAs } : {}),
  })
  await keep(run, part, { noteId, opportunityId, hash })
  return 'written'
}

/** The opportunity may have become known as an erased person's since the messages arrived: then the next step fails. */
async function stopIfErased({ deps, document: { organization, opportunityId } }: NoteRun): Promise<void> {
  if (!opportunityId || !(await deps.isErased(String(organization), opportunityId))) return
  await forgetConversations(String(organization), { opportunityIds: [opportunityId] }, deps.timeoutMs)
}

/** The part is in Lever, so the next one starts without an intent. */
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
    set: {
      notes,
      'pending.done': part + 1,
      'pending.opportunityId': opportunityId,
      'pending.intentAt': pending?.mayStandSince ?? null,
      'pending.rewriteAt': null,
      'pending.hash': null,
      tries: 0,
      tryingSince: null,
    },
  })
  await deps.audit({
    organization: String(document.organization),
    actor: 'worker',
    action: 'conversation.noted',
    subject: `conversation:${String(document._id)}`,
    leverUser: run.document.pending?.performAs ?? null,
  })
}
