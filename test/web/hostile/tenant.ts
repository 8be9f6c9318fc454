/** An organization with one of everything that its paths can name. */
import { expect } from 'chai'
import { got } from 'got'
import { CookieJar } from 'tough-cookie'
import { WITH_CONVERSATIONS } from '../../conversations/conversation-world.ts'
import { LEVER_ADMIN } from '../../support/lever.ts'
import { eventually } from '../../support/eventually.ts'
import { exportAndWait, newPerson, SOURCER, waitForBatch, type Api, type ServiceForTests } from '../../support/service.ts'

/** A person signed in, as the headers of their browser. */
export interface Session {
  email: string
  cookie: string
  csrfToken: string
}

export interface Tenant {
  id: string
  api: Api
  /** Several, so that no walk meets the limit of one. */
  keys: string[]
  admin: Session
  sourcer: Session
  /** A person whom no other organization has, mapped to a Lever user. */
  person: string
  /** Another one without a mapping. */
  unmapped: string
  webhookUrl: string
  /** A word in the texts of this organization, and in no other's. */
  word: string
  /** By the path before its `{…}`, what this organization has there. */
  objects: Record<string, string>
  /** An export that another than the sourcer asked for. */
  exportOfAnother: string
  /** A bulk export that another than the sourcer asked for. */
  batchOfAnother: string
  candidate(): Promise<string>
}

const KEYS = 8
const EVENT = 'candidateStageChange'

/** Connected, active and furnished; `name` tells its people from another's, `leverEmail` is whom its own person is in Lever. */
export async function furnishTenant(service: ServiceForTests, name: string, leverEmail: string): Promise<Tenant> {
  const { id, apiKey, api } = await service.connected(WITH_CONVERSATIONS)
  const word = `word-of-${name}`
  const [person, unmapped] = [`${name}-mapped@acme.example`, `${name}-unmapped@acme.example`] as const
  for (const email of [person, unmapped]) await api.put(`users/${email}`, { name: `Person ${word}`, role: 'sourcer' })
  await api.put(`user-mappings/${person}`, { leverEmail })
  const made = await Promise.all(
    Array.from({ length: KEYS }, (_, at) => api.post<{ id: string; apiKey: string }>('api-keys', { name: `${word} ${at}` })),
  )
  const spare = await api.post<{ id: string }>('api-keys', { name: `${word} spare` })
  const candidate = async (): Promise<string> => (await api.post<{ id: string }>('candidates', newPerson({ summary: word }))).body.id
  const { body: connection } = await api.get<{ webhookUrl: string }>('connection')

  const exported = await exportAndWait(api, { candidateId: await candidate() })
  const another = await exportAndWait(api, { candidateId: await candidate(), requestedBy: person })
  expect([exported.status, another.status]).to.deep.equal(['exported', 'exported'])
  const [bulk, batchOfAnother] = [await exportMany(api, await candidate(), SOURCER), await exportMany(api, await candidate(), person)]
  const withHistory = await candidate()
  expect((await exportAndWait(api, { candidateId: withHistory })).status).to.equal('exported')
  await eraseSome(api, candidate)
  return {
    id,
    api,
    keys: [apiKey, ...made.map(({ body }) => body.apiKey)],
    admin: await signIn(service.url, api, LEVER_ADMIN),
    sourcer: await signIn(service.url, api, SOURCER),
    person,
    unmapped,
    webhookUrl: connection.webhookUrl,
    candidate,
    exportOfAnother: another.id,
    batchOfAnother,
    word,
    objects: {
      '/api/v1/users/': unmapped,
      '/api/v1/user-mappings/': person,
      '/api/v1/api-keys/': spare.body.id,
      '/api/v1/candidates/': await withResume(service.url, apiKey, withHistory, word),
      '/api/v1/conversations/': await talk(api, name, { candidateId: withHistory, body: word }),
      '/api/v1/candidate-imports/': await importLongFile(service.url, apiKey, api),
      '/api/v1/exports/': exported.id,
      '/api/v1/export-batches/': bulk,
      '/api/v1/export-rules/': await exportRule(api, name, word),
      '/api/v1/webhook-deliveries/': await receiveDelivery(service, api, connection.webhookUrl, String(exported.opportunityId)),
    },
  }
}

async function exportMany(api: Api, candidateId: string, requestedBy: string): Promise<string> {
  const { body } = await api.post<{ batchId: string }>('exports/bulk', { candidateIds: [candidateId], requestedBy })
  await waitForBatch(api, body.batchId)
  return body.batchId
}

/** A conversation with one message. */
async function talk(api: Api, name: string, fields: { candidateId: string; body: string }): Promise<string> {
  const externalId = `conversation-of-${name}`
  const message = { id: 'first', direction: 'outbound', author: SOURCER, sentAt: new Date().toISOString(), ...fields }
  expect((await api.post(`conversations/${externalId}/messages`, message)).status).to.equal(202)
  return externalId
}

/** Two that nobody enters; the first is called as the organization is. */
async function exportRule(api: Api, name: string, note: string): Promise<string> {
  for (const one of [name, `${name} too`])
    await api.put(`export-rules/${one}`, { stages: ['reached by nobody'], requestedBy: SOURCER, note })
  return name
}

/** Two people, each with a receipt. */
async function eraseSome(api: Api, candidate: () => Promise<string>): Promise<void> {
  for (let times = 0; times < 2; times += 1) await api.delete(`candidates/${await candidate()}`)
  await eventually('the receipts are there', async () => (await api.get<{ data: unknown[] }>('erasures')).body.data.length === 2)
}

/** As a host program sends a person here: a link, opened once. */
export async function signIn(url: string, api: Api, userEmail: string): Promise<Session> {
  const jar = new CookieJar()
  const { body } = await api.post<{ url: string }>('sign-in-links', { userEmail, path: '/candidates' })
  const page = await got(body.url, { cookieJar: jar, retry: { limit: 0 } })
  const [, csrfToken = ''] = /<meta name="csrf-token" content="([^"]+)"/.exec(page.body) ?? []
  expect(csrfToken, 'csrf-token of a signed-in page').not.to.equal('')
  return { email: userEmail, cookie: await jar.getCookieString(url), csrfToken }
}

async function withResume(url: string, apiKey: string, candidate: string, word: string): Promise<string> {
  const body = new FormData()
  body.append('file', new Blob([`Engineer, ${word}`]), 'cv.txt')
  const headers = { authorization: `Bearer ${apiKey}` }
  const { status } = await fetch(`${url}/api/v1/candidates/${candidate}/resume`, { method: 'PUT', body, headers })
  expect(status).to.equal(200)
  return candidate
}

/** A file over 1 MB, which is imported in the background; resolves once that has ended. */
async function importLongFile(url: string, apiKey: string, api: Api): Promise<string> {
  const rows = Array.from({ length: 120 }, (_, at) => `Row ${at},row-${at}@mail.example,${'word '.repeat(1900)}`)
  const { body } = await got.post<{ importId: string }>(`${url}/api/v1/candidates/import`, {
    body: ['name,email,summary', ...rows].join('\n'),
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'text/csv' },
    responseType: 'json',
  })
  await eventually('the import ends', async () => {
    const { status, ...progress } = (await api.get<{ status: string }>(`candidate-imports/${body.importId}`)).body
    if (status === 'failed') throw new Error(`the import failed: ${JSON.stringify(progress)}`)
    return status === 'finished'
  }) // prettier-ignore
  return body.importId
}

/** Two deliveries, signed by a webhook made by hand in Lever; resolves with the id of one once both are processed. */
async function receiveDelivery(service: ServiceForTests, api: Api, webhookUrl: string, opportunityId: string): Promise<string> {
  const webhook = await service.lever.addWebhook(EVENT, webhookUrl)
  await api.put(`connection/webhooks/${EVENT}`, { signatureToken: webhook.signatureToken })
  for (let times = 0; times < 2; times += 1) await service.lever.deliver(EVENT, { opportunityId }, webhook.id)
  return eventually('the deliveries are processed', async () => {
    const { data } = (await api.get<{ data: { id: string; status: string }[] }>('webhook-deliveries?status=processed')).body
    return data.length >= 2 ? data[0]?.id : null
  }) // prettier-ignore
}
