import { createHash } from 'node:crypto'
import type { Types } from 'mongoose'
import type { LeverClient } from '../lever/client.ts'
import { isLeverStatus } from '../lever/lever-call-error.ts'
import { listNotes } from '../lever/notes.ts'
import { ConversationModel } from './conversation-model.ts'

/** Lever's clock may differ from the database's by this much. */
const CLOCK_MARGIN_MS = 2 * 60_000

/** Returns the hash that identifies a note's text. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text.trim()).digest('hex')
}

/** A note that may exist on the opportunity in Lever. */
export interface SoughtNote {
  organization: Types.ObjectId
  opportunityId: string
  since: Date
  secret: boolean
  /** Hash of the sent text; null if it is unknown: then a note that begins with `text` matches. */
  hash: string | null
  text: string
}

/**
 * Searches the opportunity for the note of a POST whose outcome is unknown: one with the same text that was created since, and that no
 * conversation has yet. `canSee` is false if the note may exist although it was not found, since listing notes and reading secret ones
 * need separate rights (assumed).
 */
export async function lookForNote(client: LeverClient, sought: SoughtNote): Promise<{ noteId: string | null; canSee: boolean }> {
  const since = sought.since.getTime() - CLOCK_MARGIN_MS
  let canSee = !sought.secret
  try {
    for await (const note of listNotes(client, sought.opportunityId)) {
      canSee ||= note.secret
      const isLater = note.createdAt === null || note.createdAt.getTime() >= since
      if (!isLater || !note.fields.some(({ value }) => value !== null && isSought(value, sought))) continue
      if (!(await ConversationModel.exists({ organization: sought.organization, 'notes.noteId': note.id })))
        return { noteId: note.id, canSee: true }
    }
  } catch (error) {
    if (!isLeverStatus(error, 403)) throw error
    return { noteId: null, canSee: false }
  }
  return { noteId: null, canSee }
}

/** A note from before a restored backup may also contain later messages, so only its beginning is compared. */
function isSought(value: string, { hash, text }: SoughtNote): boolean {
  if (hash !== null) return hashOf(value) === hash
  return `${value.trim()}\n`.startsWith(`${text.trim()}\n`)
}
