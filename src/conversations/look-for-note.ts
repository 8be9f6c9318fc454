import { createHash } from 'node:crypto'
import type { Types } from 'mongoose'
import type { LeverClient } from '../lever/client.ts'
import { isLeverStatus } from '../lever/lever-call-error.ts'
import { listNotes } from '../lever/notes.ts'
import { ConversationModel } from './conversation-model.ts'

/** Lever's clock may differ from the database's by this much. */
const CLOCK_MARGIN_MS = 2 * 60_000

/** By which a note is known again. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text.trim()).digest('hex')
}

/** What may stand in Lever as a note of the opportunity. */
export interface SoughtNote {
  organization: Types.ObjectId
  opportunityId: string
  since: Date
  secret: boolean
  /** Of what was sent; null where that is not known: then it is a note that begins with `text`. */
  hash: string | null
  text: string
}

/**
 * After a POST whose outcome is not known: the same text since then among the opportunity's notes, which no conversation has yet. `canSee` is
 * false where a note that is not found may be there all the same, since to list notes, and to read secret ones, are rights of their own (assumed).
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

/** A service before a restored backup may have known later messages, too. */
function isSought(value: string, { hash, text }: SoughtNote): boolean {
  if (hash !== null) return hashOf(value) === hash
  return `${value.trim()}\n`.startsWith(`${text.trim()}\n`)
}
