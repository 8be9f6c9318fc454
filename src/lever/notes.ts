import { z } from 'zod'
import type { LeverClient } from './client.ts'
import { envelope, flag, leverId, readable, text, time } from './lenient.ts'

export const LeverNoteSchema = z.object({
  id: leverId,
  text,
  /** The note itself and replies to it, each with its own text. */
  fields: readable(z.object({ type: text, value: text, user: text, createdAt: time })),
  user: text,
  secret: flag,
  createdAt: time,
  deletedAt: time,
})
export type LeverNote = z.output<typeof LeverNoteSchema>

const notesOf = (opportunityId: string): string => `/opportunities/${encodeURIComponent(opportunityId)}/notes`

export function listNotes(client: LeverClient, opportunityId: string): AsyncIterable<LeverNote> {
  return client.list(notesOf(opportunityId), { item: LeverNoteSchema })
}

export interface NoteToAdd {
  opportunityId: string
  /** Id of the Lever user it is credited to; without, it is the integration's. */
  performAs?: string
  /** Plain text; line breaks are kept. */
  value: string
  prepare?: () => Promise<void>
  beforeSend?: () => void
}

/** Documented is `noteId` alone, recorded the whole note with it. */
const Added = envelope(z.object({ noteId: text, id: text })).transform(({ data }, context) => {
  const noteId = data.noteId ?? data.id
  if (noteId) return { noteId }
  context.addIssue('no id of the note')
  return z.NEVER
})

/**
 * Adds a note, each time it is called.
 * @throws LeverCallError; `classifyWriteError` says what it means
 */
export async function addNote(client: LeverClient, note: NoteToAdd): Promise<{ noteId: string }> {
  const { opportunityId, performAs, value, prepare, beforeSend } = note
  const write = {
    query: { perform_as: performAs },
    json: { value },
    schema: Added,
    ...(prepare ? { prepare } : {}),
    ...(beforeSend ? { beforeSend } : {}),
  }
  return (await client.write('POST', notesOf(opportunityId), write)).body
}
