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
  /** Id of the Lever user it is credited to; without, it is the integration's. */
  performAs?: string
  /** Plain text; line breaks are kept. */
  value: string
  /** Shown to those only who may see secret notes. */
  secret?: boolean
  prepare?: () => Promise<void>
  beforeSend?: () => void
  lane?: Lane
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
 * Puts a new text in the place of a note made through the API, whoever it was credited to. May be repeated.
 * @throws LeverCallError, 404 where the note or its opportunity is not there any more
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
