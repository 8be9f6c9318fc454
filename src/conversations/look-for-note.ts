import { createHash } from 'node:crypto'
import type { LeverClient } from '../lever/client.ts'
import { listNotes } from '../lever/notes.ts'
import { ConversationModel, type ConversationDocument } from './conversation-model.ts'

/** Lever's clock may differ from the database's by this much. */
const CLOCK_MARGIN_MS = 2 * 60_000

/** By which a note is known again. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text.trim()).digest('hex')
}

/**
 * After a POST whose answer never came: the same text since then among the opportunity's notes, which no conversation has yet. `canSee` is
 * false where a note that is not found may be there all the same, since secret ones need a right of their own to be read (assumed).
 */
export async function lookForNote(
  client: LeverClient,
  { organization, pending }: ConversationDocument,
): Promise<{ noteId: string | null; canSee: boolean }> {
  const since = (pending?.intentAt?.getTime() ?? 0) - CLOCK_MARGIN_MS
  let canSee = !pending?.secret
  for await (const note of listNotes(client, pending?.opportunityId ?? '')) {
    canSee ||= note.secret
    const isLater = note.createdAt === null || note.createdAt.getTime() >= since
    if (!isLater || !note.fields.some(({ value }) => value !== null && hashOf(value) === pending?.hash)) continue
    if (!(await ConversationModel.exists({ organization, 'notes.noteId': note.id }))) return { noteId: note.id, canSee: true }
  }
  return { noteId: null, canSee }
}
