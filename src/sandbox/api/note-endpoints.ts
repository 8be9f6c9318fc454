import { z } from 'zod'
import { touchOpportunity } from '../actions/change-opportunity.ts'
import type { Note, NoteEntry, Opportunity } from '../account/records.ts'
import { newId } from '../ids.ts'
import { created, noContent, ok, parseBody, performAs, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { badRequest, LeverError, notFound } from './lever-error.ts'
import { opportunityOf } from './opportunity-of.ts'
import { pageOf } from './paging.ts'
import { plainBody } from './request-body.ts'

const READ = 'notes:read:admin'
const WRITE = 'notes:write:admin'

export const noteEndpoints: Endpoint[] = [
  { method: 'GET', path: '/opportunities/:id/notes', permission: 'List all opportunity notes', scope: READ, handle: listNotes },
  { method: 'GET', path: '/opportunities/:id/notes/:note', permission: 'Retrieve a single opportunity note', scope: READ, handle: oneNote },
  { method: 'POST', path: '/opportunities/:id/notes', permission: 'Create an opportunity note', scope: WRITE, handle: createNote },
  { method: 'PUT', path: '/opportunities/:id/notes/:note', permission: 'Update an opportunity note', scope: WRITE, handle: putNote },
  { method: 'DELETE', path: '/opportunities/:id/notes/:note', permission: 'Delete an opportunity note', scope: WRITE, handle: deleteNote },
]

const score = z.number().int().min(1).max(4).nullable().default(null)
const NoteBody = z.object({
  value: z.string().min(1),
  secret: z.boolean().default(false),
  score,
  notifyFollowers: z.boolean().default(false),
  createdAt: z.number().int().nullish(),
})
const ReplacedNote = z.object({
  values: z.array(z.object({ value: z.string(), user: z.string().nullish(), score, createdAt: z.number().int().nullish() })).min(1),
  secret: z.boolean().optional(),
})

function notesOf(call: ApiCall, opportunity: Opportunity): Note[] {
  return call.world.account.notes.get(opportunity.id) ?? []
}

function noteOf(call: ApiCall, opportunity: Opportunity): Note {
  const note = notesOf(call, opportunity).find(({ id }) => id === call.params['note'])
  if (!note) throw notFound('notes', call.params['note'] ?? '')
  return note
}

/** The recorded shape: every entry of the thread is one of `fields`. */
function noteJson(note: Note, { world }: ApiCall): Record<string, unknown> & { id: string } {
  const userOf = (user: string | null): string | null | undefined =>
    user === null && world.settings.answers.noteWithoutUser === 'absent' ? undefined : user
  return {
    id: note.id,
    text: 'Note',
    fields: note.entries.map((entry) => ({ ...entry, user: userOf(entry.user), text: 'Comment', type: 'note' })),
    user: userOf(note.user),
    secret: note.secret,
    completedAt: note.completedAt,
    deletedAt: null,
    createdAt: note.createdAt,
  }
}

function listNotes(call: ApiCall): ApiAnswer {
  const { secretNotes } = call.world.settings.answers
  const notes = notesOf(call, opportunityOf(call)).filter((note) => !note.secret || secretNotes === 'shown')
  return pageOf(
    call,
    notes,
    (note) => [note.createdAt, note.id],
    (note) => noteJson(note, call),
  )
}

function oneNote(call: ApiCall): ApiAnswer {
  return ok(noteJson(noteOf(call, opportunityOf(call)), call))
}

/** The answer is the whole note, with `noteId` in addition to `id` (recorded; the documentation shows only `noteId`). */
function createNote(call: ApiCall): ApiAnswer {
  const { world, query } = call
  const opportunity = opportunityOf(call)
  const user = performAs(call, 'optional')
  const body = parseBody(NoteBody, plainBody(call.body))
  const now = world.now()
  if (body.createdAt && body.createdAt > now) throw badRequest('createdAt must be in the past')
  const createdAt = body.createdAt ?? now
  const entry: NoteEntry = { createdAt, score: body.score, stage: opportunity.stage, user: user?.id ?? null, value: body.value }
  const threadId = query.get('note_id')
  const note = threadId ? reply(call, opportunity, threadId, entry) : addNote(call, opportunity, entry, body.secret)
  touchOpportunity(world, opportunity)
  return created({ ...noteJson(note, call), noteId: note.id })
}

function addNote(call: ApiCall, opportunity: Opportunity, entry: NoteEntry, secret: boolean): Note {
  const { createdAt, user } = entry
  const note: Note = {
    id: newId(),
    opportunity: opportunity.id,
    entries: [entry],
    user,
    secret,
    createdAt,
    completedAt: createdAt,
    madeByApi: true,
  }
  call.world.account.notes.set(opportunity.id, [...notesOf(call, opportunity), note])
  return note
}

function reply(call: ApiCall, opportunity: Opportunity, threadId: string, entry: NoteEntry): Note {
  const note = notesOf(call, opportunity).find(({ id }) => id === threadId)
  if (!note) throw notFound('notes', threadId)
  note.entries.push(entry)
  return note
}

/** Replaces all entries at once; works only for notes made through the API (Lever's API documentation). */
function putNote(call: ApiCall): ApiAnswer {
  const opportunity = opportunityOf(call)
  const note = changeable(noteOf(call, opportunity))
  const body = parseBody(ReplacedNote, plainBody(call.body))
  note.entries = body.values.map((value) => ({
    createdAt: value.createdAt ?? note.createdAt,
    score: value.score,
    stage: opportunity.stage,
    user: value.user ?? note.user,
    value: value.value,
  }))
  note.secret = body.secret ?? note.secret
  touchOpportunity(call.world, opportunity)
  return ok({ noteId: note.id }, note.id)
}

function deleteNote(call: ApiCall): ApiAnswer {
  const opportunity = opportunityOf(call)
  const note = changeable(noteOf(call, opportunity))
  call.world.account.notes.set(
    opportunity.id,
    notesOf(call, opportunity).filter(({ id }) => id !== note.id),
  )
  touchOpportunity(call.world, opportunity)
  return noContent(note.id)
}

function changeable(note: Note): Note {
  if (!note.madeByApi) throw new LeverError(403, 'Only notes made through the API can be changed')
  return note
}
