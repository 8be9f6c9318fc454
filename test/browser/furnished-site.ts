import type { Page } from 'playwright-core'
import { ConversationModel } from '../../src/conversations/conversation-model.ts'
import { WITH_CONVERSATIONS } from '../conversations/conversation-world.ts'
import { eventually } from '../support/eventually.ts'
import { exportAndWait, newPerson, SOURCER, startService, waitForBatch, type Api, type ServiceForTests } from '../support/service.ts'
import { signIn } from './sign-in.ts'

const REFUSED = {
  kind: 'status',
  status: 400,
  match: { method: 'POST', path: '^/opportunities$' },
  times: 1,
  body: { code: 'BadRequestError', message: 'The name is odd' },
} as const

export interface FurnishedSite extends Pick<ServiceForTests, 'url' | 'lever' | 'organization'> {
  /** Of an organization that is connected and has one of everything. */
  api: Api
  /** Ids of candidates by how far their export is. */
  candidates: Record<'exported' | 'failed' | 'duplicate' | 'fresh', string>
  /** Signs the person in and opens the page. */
  signIn(page: Page, path?: string, userEmail?: string, api?: Api): Promise<void>
  stop(): Promise<void>
}

/** The composed service with an organization whose pages have something to show: exports of all kinds, a conversation, deliveries, an import, people, keys. */
export async function startFurnishedSite(): Promise<FurnishedSite> {
  const service = await startService({ LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
  const { api } = await service.connected(WITH_CONVERSATIONS)
  await api.post('connection/webhooks/provision')
  await api.put('user-mappings/ana@acme.example', { leverEmail: 'ana@acme.example' })
  const candidates = await furnish(api, service)
  return {
    url: service.url,
    lever: service.lever,
    organization: () => service.organization(),
    api,
    candidates,
    signIn: (page, path, userEmail, of = api) => signIn(page, of, path, userEmail),
    stop: () => service.stop(),
  }
}

async function furnish(api: Api, { lever }: ServiceForTests): Promise<FurnishedSite['candidates']> {
  const add = async (fields: Record<string, unknown>): Promise<string> =>
    (await api.post<{ id: string }>('candidates', newPerson({ project: 'Platform Engineering', stage: 'interested', ...fields }))).body.id
  const person = { headline: 'Engineer', location: 'Lisbon', tags: ['go'], links: ['https://profiles.example/in/a-name-that-goes-on'] }
  const exported = await add({ name: 'Grace Abernathy', ...person })
  const failed = await add({ name: 'Femi Failing' })
  const duplicate = await add({ name: 'Dora Double', emails: ['grace.hopper@navy.example'] })
  const fresh = await add({ name: 'Frida Fresh', ...person })
  await add({ name: 'A name that is as long as the longest that a sourcing tool ever sends, and without an end in sight' })
  const { opportunityId } = await exportAndWait(api, { candidateId: exported, note: 'Met at a fair.' })
  await exportAndWait(api, { candidateId: duplicate })
  await lever.fault(REFUSED)
  await exportAndWait(api, { candidateId: failed })
  const batched = [await add({ name: 'Bela Batch' }), await add({ name: 'Bodil Batch' })]
  const { body: batch } = await api.post<{ batchId: string }>('exports/bulk', { candidateIds: batched, requestedBy: SOURCER })
  await waitForBatch(api, batch.batchId) // a page of one under way reads itself anew
  await speak(api, exported)
  await lever.moveStage(opportunityId ?? '', 'Reached out')
  await eventually('the stage has come back', async () => (await stageOf(api, exported)) === 'Reached out', 20_000)
  return { exported, failed, duplicate, fresh }
}

/** A conversation with a note in Lever, and a later message that becomes one in an hour. */
async function speak(api: Api, candidateId: string): Promise<void> {
  const externalId = 'sms-7'
  const say = async (id: string, fields: { direction: 'inbound' | 'outbound'; author: string; body: string }) =>
    api.post(`conversations/${externalId}/messages`, { id, candidateId, channel: 'sms', sentAt: new Date().toISOString(), ...fields })
  await say('1', { direction: 'outbound', author: SOURCER, body: 'Hello Grace, may I call you tomorrow?\nIt is about a job in Lisbon.' })
  await say('2', {
    direction: 'inbound',
    author: '+351 912 345 678',
    body: 'Yes: https://calendar.example/grace/a-link-that-goes-on-and-on-and-on',
  })
  const now = new Date()
  await ConversationModel.updateOne({ externalId }, { noteDueAt: now, dueAt: now })
  const notes = async () => (await api.get<{ notes: unknown[] }>(`conversations/${externalId}`)).body.notes
  await eventually('the note stands in Lever', async () => (await notes()).length === 1, 20_000)
  await say('3', { direction: 'outbound', author: SOURCER, body: 'Thank you!' })
}

async function stageOf(api: Api, id: string): Promise<string | null | undefined> {
  const { body } = await api.get<{ lever?: { stage: { text: string | null } | null } }>(`candidates/${id}`)
  return body.lever?.stage?.text
}
