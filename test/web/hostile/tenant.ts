/** An organization with one object of each kind that a path can name. */
import { expect } from 'chai'
import { got } from 'got'
import { CookieJar } from 'tough-cookie'
import { WITH_CONVERSATIONS } from '../../conversations/conversation-world.ts'
import { LEVER_ADMIN } from '../../support/lever.ts'
import { eventually } from '../../support/eventually.ts'
import { exportAndWait, newPerson, SOURCER, waitForBatch, type Api, type ServiceForTests } from '../../support/service.ts'

/** A signed-in person, represented by the headers of their browser. */
export interface Session {
  email: string
  cookie: string
  csrfToken: string
}

export interface Tenant {
  id: string
  api: Api
  /** Several keys, so that no walk reaches the rate limit of one. */
  keys: string[]
  admin: Session
  sourcer: Session
  /** A person who exists in no other organization, mapped to a Lever user. */
  person: string
  /** Another person, without a mapping. */
  unmapped: string
  webhookUrl: string
  /** A word that appears in the texts of this organization only. */
  word: string
  /** Names of this organization's objects, by the path before `{…}`. */
  objects: Record<string, string>
  /** An export that somebody other than the sourcer requested. */
  exportOfAnother: string
  /** A bulk export that somebody other than the sourcer requested. */
  batchOfAnother: string
  candidate(): Promise<string>
}

const KEYS = 8
const EVENT = 'candidateStageChange'

/** Creates a connected, active, and furnished organization. `name` distinguishes its people from those of others; `leverEmail` is the Lever user of its own person. */
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
      '/api/v1/organizations/': (await service.organization(`${name} to be deleted`)).id,
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

async function talk(api: Api, name: string, fields: { candidateId: string; body: string }): Promise<string> {
  const externalId = `conversation-of-${name}`
  const message = { id: 'first', direction: 'outbound', author: SOURCER, sentAt: new Date().toISOString(), ...fields }
  expect((await api.post(`conversations/${externalId}/messages`, message)).status).to.equal(202)
  return externalId
}

/** Two rules for a stage that nobody enters; the first has the name of the organization. */
async function exportRule(api: Api, name: string, note: string): Promise<string> {
  for (const one of [name, `${name} too`])
    await api.put(`export-rules/${one}`, { stages: ['reached by nobody'], requestedBy: SOURCER, note })
  return name
}

/** Erases two people. Each erasure has a receipt. */
async function eraseSome(api: Api, candidate: () => Promise<string>): Promise<void> {
  for (let times = 0; times < 2; times += 1) await api.delete(`candidates/${await candidate()}`)
  await eventually('the receipts are there', async () => (await api.get<{ data: unknown[] }>('erasures')).body.data.length === 2)
}

/** Signs in like a host program: with a link that is opened once. */
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

/** Imports a file over 1 MB in the background. Resolves once that has finished. */
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

/** Receives two deliveries, signed by a webhook that was created manually in Lever. Resolves to the id of one once both are processed. */
async function receiveDelivery(service: ServiceForTests, api: Api, webhookUrl: string, opportunityId: string): Promise<string> {
  const webhook = await service.lever.addWebhook(EVENT, webhookUrl)
  await api.put(`connection/webhooks/${EVENT}`, { signatureToken: webhook.signatureToken })
  for (let times = 0; times < 2; times += 1) await service.lever.deliver(EVENT, { opportunityId }, webhook.id)
  return eventually('the deliveries are processed', async () => {
    const { data } = (await api.get<{ data: { id: string; status: string }[] }>('webhook-deliveries?status=processed')).body
    return data.length >= 2 ? data[0]?.id : null
  }) // prettier-ignore
}
