import type { Page } from 'playwright-core'
import { eventually } from '../support/eventually.ts'
import { exportAndWait, newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../support/service.ts'

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

/** The composed service with an organization whose pages have something to show: exports of all kinds, deliveries, an import, people, keys. */
export async function startFurnishedSite(): Promise<FurnishedSite> {
  const service = await startService({ LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
  const { api } = await service.connected()
  await api.post('connection/webhooks/provision')
  await api.put('user-mappings/ana@acme.example', { leverEmail: 'ana@acme.example' })
  const candidates = await furnish(api, service)
  return {
    url: service.url,
    lever: service.lever,
    organization: () => service.organization(),
    api,
    candidates,
    async signIn(page, path = '/', userEmail = 'ana@acme.example', of = api) {
      const link = await of.post<{ url: string }>('sign-in-links', { userEmail, path })
      await page.goto(link.body.url)
    },
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
  await api.post('exports/bulk', {
    candidateIds: [await add({ name: 'Bela Batch' }), await add({ name: 'Bodil Batch' })],
    requestedBy: SOURCER,
  })
  await lever.moveStage(opportunityId ?? '', 'Reached out')
  await eventually('the stage has come back', async () => (await stageOf(api, exported)) === 'Reached out', 20_000)
  return { exported, failed, duplicate, fresh }
}

async function stageOf(api: Api, id: string): Promise<string | null | undefined> {
  const { body } = await api.get<{ lever?: { stage: { text: string | null } | null } }>(`candidates/${id}`)
  return body.lever?.stage?.text
}
