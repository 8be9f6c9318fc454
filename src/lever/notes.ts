import { z } from 'zod'
import type { Lane, LeverClient } from './client.ts'
import { envelope, flag, leverId, readable, text, time } from './lenient.ts'
import { leverPath, type LeverPath } from './lever-path.ts'

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

const notesOf = (opportunityId: string): LeverPath => leverPath`/opportunities/${opportunityId}/notes`

export function listNotes(client: LeverClient, opportunityId: string): AsyncIterable<LeverNote> {
  return client.list(notesOf(opportunityId), { item: LeverNoteSchema })
}

export interface NoteToAdd {
  opportunityId: string
  /** Id of the Lever user who is credited; without it, the integration is. */
  performAs?: string
  /** Plain text; line breaks are kept. */
  value: string
  /** Visible only to those who may see secret notes. */
  secret?: boolean
  prepare?: () => Promise<void>
  beforeSend?: () => void
  lane?: Lane
}

/** Lever documents only `noteId`; recorded answers contain the whole note as well. */
const Added = envelope(z.object({ noteId: text, id: text })).transform(({ data }, context) => {
  const noteId = data.noteId ?? data.id
  if (noteId) return { noteId }
  context.addIssue('no id of the note')
  return z.NEVER
})

/**
 * Adds a note. Each call adds another one.
 * @throws LeverCallError; `classifyWriteError` says what it means
 */
export async function addNote(client: LeverClient, note: NoteToAdd): Promise<{ noteId: string }> {
  const { opportunityId, performAs, value, secret, prepare, beforeSend } = note
  const write = {
    query: { perform_as: performAs },
    json: { value, ...(secret ? { secret } : {}) },
    schema: Added,
    ...(prepare ? { prepare } : {}),
    ...(beforeSend ? { beforeSend } : {}),
    ...(note.lane ? { lane: note.lane } : {}),
  }
  return (await client.write('POST', notesOf(opportunityId), write)).body
}

/**
 * Replaces the text of a note made through the API. The note may be credited to any user. May be repeated.
 * @throws LeverCallError, 404 if the note or its opportunity no longer exists
 */
export async function replaceNote(client: LeverClient, note: NoteToAdd & { noteId: string }): Promise<void> {
  const { opportunityId, noteId, performAs, value, secret, prepare, beforeSend, lane } = note
  await client.write('PUT', leverPath`/opportunities/${opportunityId}/notes/${noteId}`, {
    query: { perform_as: performAs },
    json: { values: [{ value, ...(performAs ? { user: performAs } : {}) }], ...(secret === undefined ? {} : { secret }) },
    schema: z.unknown(),
    ...(prepare ? { prepare } : {}),
    ...(beforeSend ? { beforeSend } : {}),
    ...(lane ? { lane } : {}),
  })
}
