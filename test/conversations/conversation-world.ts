/** The composed service with a short quiet time, and conversations spoken to over HTTP. */
import { randomBytes } from 'node:crypto'
import { ConversationModel } from '../../src/conversations/conversation-model.ts'
import { eventually } from '../support/eventually.ts'
import type { LeverNote } from '../support/lever.ts'
import { newPerson, SOURCER, startService, type Api, type ApiAnswer, type ServiceForTests } from '../support/service.ts'

export interface Conversation {
  externalId: string
  candidateId: string | null
  opportunityId: string | null
  messages: number
  noteDueAt: string | null
  notes: { noteId: string; messages: number; writtenAt: string }[]
  status: string
  waitingFor: string | null
  error: { code: string; detail: string } | null
}

/** So long that what a test sends one after another is within it. Where the wait is not what a test is about, `notedAtOnce` ends it. */
export const DELAY_MS = 3000

export const WITH_CONVERSATIONS = ['export', 'conversations']

/** Calls and leases outlast a machine that stands still for a moment. */
export async function startConversationService(): Promise<ServiceForTests> {
  const service = await startService({
    NOTE_DELAY_MS: String(DELAY_MS),
    LEVER_REQUESTS_PER_SECOND: '1000',
    LEVER_BURST: '1000',
    LEVER_TIMEOUT_MS: '3000',
    SETTLE_MS: '200',
    LEASE_MS: '10000',
  })
  return { ...service, connected: () => service.connected(WITH_CONVERSATIONS) }
}

let count = 0
/** A message with an id of its own, outbound by the sourcer unless told otherwise. */
export function message(fields: Record<string, unknown>): Record<string, unknown> {
  count += 1
  const body = `message ${count}`
  return { id: `m-${count}`, direction: 'outbound', author: SOURCER, body, sentAt: new Date().toISOString(), ...fields }
}

export function newConversation(): string {
  return `talk-${randomBytes(4).toString('hex')}`
}

export function send(api: Api, externalId: string, fields: Record<string, unknown>): Promise<ApiAnswer<Conversation>> {
  return api.post<Conversation>(`conversations/${externalId}/messages`, message(fields))
}

export async function read(api: Api, externalId: string): Promise<Conversation> {
  return (await api.get<Conversation>(`conversations/${externalId}`)).body
}

export async function noted(api: Api, externalId: string, notes = 1): Promise<Conversation> {
  return eventually(
    `${notes} notes are written`,
    async () => {
      const conversation = await read(api, externalId)
      return conversation.notes.length >= notes && conversation.status === 'noted' ? conversation : null
    },
    30_000,
  )
}

/** The conversation has been quiet for long enough. */
export async function endQuietTime(externalId: string): Promise<void> {
  const now = [{ $set: { noteDueAt: '$$NOW', dueAt: '$$NOW' } }]
  await ConversationModel.updateOne({ externalId, noteDueAt: { $ne: null } }, now, { updatePipeline: true })
}

export async function notedAtOnce(api: Api, externalId: string, notes = 1): Promise<Conversation> {
  await endQuietTime(externalId)
  return noted(api, externalId, notes)
}

/** A candidate, and an opportunity in Lever that stands for it; the candidate is linked by its email as soon as the mirror knows. */
export async function newCandidate(api: Api, fields: Record<string, unknown> = {}): Promise<{ id: string; name: string; email: string }> {
  const person = newPerson(fields)
  const { body } = await api.post<{ id: string }>('candidates', person)
  return { id: body.id, name: String(person['name']), email: String((person['emails'] as string[])[0]) }
}

/** What notes say, the newest last. */
export function textsOf(notes: readonly LeverNote[]): string[] {
  return notes.map(({ entries }) => entries.map(({ value }) => value).join('\n'))
}
