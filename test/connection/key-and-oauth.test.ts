import { expect } from 'chai'
import { got } from 'got'
import { CookieJar } from 'tough-cookie'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { SyncRunModel } from '../../src/mirror/sync-run-model.ts'
import { WITH_CONVERSATIONS } from '../conversations/conversation-world.ts'
import { QUICK_TIMES } from '../support/quick-times.ts'
import { eventually } from '../support/eventually.ts'
import { LEVER_ADMIN } from '../support/lever.ts'
import { authorize, exportAndWait, newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../support/service.ts'

interface Connection {
  status: string
  auth: { kind: string } | null
  webhooks: { event: string; configured: boolean; createdBy: string | null; lastReceivedAt: string | null }[]
  mapping: unknown
  settings: unknown
  sync: { state: string }
  webhookUrl: string
}

describe('connection that changes between OAuth and an API key', () => {
  let service: ServiceForTests
  let api: Api
  let candidateId: string
  let opportunityId: string

  before(async function () {
    this.timeout(60_000)
    service = await startService({ ...QUICK_TIMES, NOTE_DELAY_MS: '200' })
    await service.lever.settings({ rateLimit: { enabled: false } })
    api = (await service.connected(WITH_CONVERSATIONS)).api
    await api.post('connection/webhooks/provision')
    await api.patch('connection/settings', { performAsFallback: LEVER_ADMIN, noteMode: 'perConversation' })
    candidateId = (await api.post<{ id: string }>('candidates', newPerson())).body.id
    opportunityId = (await exportAndWait(api, { candidateId })).opportunityId ?? ''
    await api.post('conversations/talk/messages', { id: 'one', candidateId, direction: 'outbound', author: SOURCER, body: 'Hello', sentAt: '2026-03-02T10:00:00Z' }) // prettier-ignore
    await eventually('it is noted', async () => (await api.get<{ notes: unknown[] }>('conversations/talk')).body.notes.length === 1)
    await seesStage('Reached out')
  })
  after(() => service.stop())

  const connection = async () => (await api.get<Connection>('connection')).body
  const putKey = async () => api.put('connection/api-key', { apiKey: await service.lever.newApiKey(), userEmail: LEVER_ADMIN })

  /** A move in Lever, told by a webhook, is read again with the grant in force. */
  async function seesStage(stage: string): Promise<void> {
    await service.lever.moveStage(opportunityId, stage)
    await eventually(`the candidate is at ${stage}`, async () => {
      const { body } = await api.get<{ lever?: { stage: { text: string } } }>(`candidates/${candidateId}`)
      return body.lever?.stage.text === stage
    }, 20_000) // prettier-ignore
  }

  /** All that a new grant or a change in Lever has begun is at its end. */
  async function quiet(): Promise<void> {
    await eventually('Lever has told all, and all is read', async () => {
      const told = (await service.lever.deliveries()).every(({ status }) => status !== 'pending')
      const waiting = (await api.get<{ data: unknown[] }>('webhook-deliveries?status=received')).body.data
      const syncs = await SyncRunModel.countDocuments({ dueAt: { $lte: new Date() } })
      return told && waiting.length === 0 && syncs === 0 && (await connection()).sync.state === 'idle'
    }, 30_000) // prettier-ignore
  }

  /** What must not change with the grant. */
  async function history(): Promise<unknown> {
    await quiet()
    const { webhooks, mapping, settings, webhookUrl, status } = await connection()
    const paths = ['user-mappings', 'exports', 'webhook-deliveries', 'conversations/talk']
    const kept = await Promise.all(paths.map(async (path) => (await api.get(path)).body))
    const { lever } = (await api.get<{ lever: unknown }>(`candidates/${candidateId}`)).body
    const known = webhooks.map(({ event, configured, createdBy, lastReceivedAt }) => ({ event, configured, createdBy, lastReceivedAt }))
    return { status, mapping, settings, webhookUrl, known, kept, lever, inLever: await service.lever.webhooks() }
  }

  it('keeps mappings, settings, webhooks, and history, and continues exports, notes, and webhooks', async () => {
    const asOAuth = await history()

    expect((await putKey()).status).to.equal(200)

    expect((await connection()).auth).to.include({ kind: 'apiKey' })
    expect(await history()).to.deep.equal(asOAuth)
    await seesStage('New lead')
    expect((await exportAndWait(api, { candidate: newPerson() })).status).to.equal('exported')
    const asKey = await history()

    await authorize(api, service.lever)

    expect((await connection()).auth).to.include({ kind: 'oauth' })
    expect(await history()).to.deep.equal(asKey)
    await seesStage('Reached out')
    expect((await exportAndWait(api, { candidate: newPerson() })).status).to.equal('exported')
  })

  for (const kind of ['oauth', 'apiKey'] as const) {
    it(`refuses another Lever account by key and by OAuth with 409, and keeps the existing connection (${kind})`, async () => {
      if (kind === 'apiKey') await putKey()
      else await authorize(api, service.lever)
      await quiet()
      const { leverAccountId, knownLeverUserIds } = await ConnectionModel.findOne().orFail()
      await ConnectionModel.updateOne({}, { leverAccountId: 'another account', knownLeverUserIds: ['a user of another account'] })
      const before = await history()

      const byKey = await putKey()
      const { body } = await api.post<{ authorizeUrl: string }>('connection/authorize', { userEmail: LEVER_ADMIN })
      const jar = new CookieJar()
      const back = await service.lever.consent(body.authorizeUrl, { jar })
      const byOAuth = await got(back, { cookieJar: jar, throwHttpErrors: false })

      expect(byKey).to.deep.include({ status: 409 })
      expect(byKey.body).to.include({ code: 'lever_account_mismatch' })
      expect(byOAuth.statusCode).to.equal(409)
      expect((await connection()).auth).to.include({ kind })
      expect(await history()).to.deep.equal(before)
      await ConnectionModel.updateOne({}, { leverAccountId, knownLeverUserIds })
    })
  }
})
