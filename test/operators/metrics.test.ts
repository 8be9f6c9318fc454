import { expect } from 'chai'
import { got } from 'got'
import { Types } from 'mongoose'
import { CandidateImportModel } from '../../src/candidates/candidate-import-model.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { ConversationModel } from '../../src/conversations/conversation-model.ts'
import { ErasureModel } from '../../src/erasure/erasure-model.ts'
import { ExportModel } from '../../src/export/export-model.ts'
import { OpportunitySyncModel } from '../../src/mirror/opportunity-sync-model.ts'
import { DeliveryModel } from '../../src/webhooks/delivery-model.ts'
import { readWaitingWork } from '../../src/operators/waiting-work.ts'
import { NEVER } from '../../src/work/work-fields.ts'
import { eventually } from '../support/eventually.ts'
import { exportAndWait, newPerson, startService, type Api, type ServiceForTests } from '../support/service.ts'

const HOUR_MS = 3_600_000

describe('metrics', () => {
  let service: ServiceForTests
  let api: Api
  let organization: string
  let apiKey: string

  before(async function () {
    this.timeout(60_000)
    service = await startService({ LEASE_MS: '10000', LEVER_TIMEOUT_MS: '8000' })
    await service.lever.settings({ rateLimit: { enabled: false }, deliveryTimeoutMs: 10_000 })
    const made = await service.connected()
    api = made.api
    organization = made.id
    apiKey = made.apiKey
  })
  after(() => service.stop())

  const metrics = async (): Promise<string> => (await fetch(`${service.url}/metrics`)).text()
  /** Of the series whose labels include all of these. */
  const valueOf = (text: string, name: string, ...labels: string[]): number | undefined => {
    const line = text.split('\n').find((one) => one.startsWith(`${name}{`) && labels.every((label) => one.includes(label)))
    return line === undefined ? undefined : Number(line.split(' ').at(-1))
  }

  it('count the cost and outcome of exports, without ids', async () => {
    const done = await exportAndWait(api, { candidate: newPerson() })

    await eventually('the worker is idle', async () => valueOf(await metrics(), 'fulcrum_worker_busy', 'worker="exports"') === 0)
    const text = await metrics()
    expect(valueOf(text, 'fulcrum_exports_ended_total', 'outcome="exported"')).to.equal(1)
    expect(valueOf(text, 'fulcrum_export_sends_total', 'outcome="done"')).to.equal(1)
    expect(valueOf(text, 'fulcrum_lever_call_duration_seconds_count', 'call="POST /opportunities"', 'lane="interactive"', 'outcome="201"')).to.equal(1)
    expect(valueOf(text, 'fulcrum_worker_slots', 'worker="exports"')).to.be.above(0)
    for (const id of [organization, done.opportunityId ?? '', done.id]) expect(text).not.to.contain(id)
  }) // prettier-ignore

  it('count received webhooks, including refused ones, and their outcome', async () => {
    const { webhookUrl } = (await api.get<{ webhookUrl: string }>('connection')).body
    const webhook = await service.lever.addWebhook('candidateStageChange', webhookUrl)
    await api.put('connection/webhooks/candidateStageChange', { signatureToken: webhook.signatureToken })
    const done = await exportAndWait(api, { candidate: newPerson() })
    await service.lever.moveStage(done.opportunityId ?? '', 'Reached out')
    await fetch(webhookUrl, {
      method: 'POST',
      body: JSON.stringify({ event: 'candidateStageChange', triggeredAt: 1, token: 't', signature: 'wrong', data: { opportunityId: 'x' } }),
    })

    await eventually('it is processed', async () => valueOf(await metrics(), 'fulcrum_deliveries_processed_total', 'outcome="processed"'))
    const text = await metrics()
    expect(valueOf(text, 'fulcrum_deliveries_received_total', 'outcome="stored"', 'event="candidateStageChange"')).to.equal(1)
    expect(valueOf(text, 'fulcrum_deliveries_received_total', 'outcome="refused"')).to.equal(1)
  })

  it('count refreshes of access tokens by outcome', async () => {
    await service.lever.expireTokens()
    await exportAndWait(api, { candidate: newPerson() })

    expect(valueOf(await metrics(), 'fulcrum_token_refreshes_total', 'outcome="refreshed"')).to.equal(1)
  })

  it('count imported files and erasures', async () => {
    await got.post(`${service.url}/api/v1/candidates/import`, {
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'text/csv' },
      body: 'name,email\nAda,ada@import.example\n',
    })
    const { body } = await api.post<{ id: string }>('candidates', newPerson())
    await api.delete(`candidates/${body.id}`)

    const text = await metrics()
    expect(valueOf(text, 'fulcrum_imports_ended_total', 'outcome="finished"')).to.equal(1)
    expect(valueOf(text, 'fulcrum_erasures_ended_total', 'cause="candidate_deleted"')).to.equal(1)
  })

  it('show each credential’s budget by a shortened fingerprint', async () => {
    const { grant } = await ConnectionModel.findOne({ organization }).orFail()

    const text = await metrics()
    expect(valueOf(text, 'fulcrum_lever_budget_used_last_hour', `credential="${grant?.fingerprint?.slice(0, 12)}"`)).to.be.above(0)
    expect(text)
      .to.match(/fulcrum_lever_budget_available\{/)
      .and.match(/fulcrum_lever_budget_throttled_last_hour\{/)
    expect(text).not.to.contain(grant?.fingerprint)
  })

  it('show kinds without waiting work and states without entries as zero', async () => {
    const text = await metrics()

    expect(valueOf(text, 'fulcrum_waiting_oldest_seconds', 'kind="exports"', 'waiting_for="settling"')).to.equal(0)
    expect(valueOf(text, 'fulcrum_waiting', 'kind="notes"', 'waiting_for="worker"')).to.equal(0)
    expect(valueOf(text, 'fulcrum_connections', 'status="active"')).to.equal(1)
    expect(valueOf(text, 'fulcrum_exports', 'status="unclear"')).to.equal(0)
    expect(text).to.contain('fulcrum_database_ready 1')
  })

  describe('of waiting work', () => {
    const resting = { dueAt: NEVER }
    const waiting = async (kind: string, waitingFor: string) => {
      const found = (await readWaitingWork()).find((one) => one.kind === kind && one.waitingFor === waitingFor)
      return { count: found?.count, hours: Math.round((found?.oldestSeconds ?? 0) / 3600) }
    }
    const ago = (hours: number): Date => new Date(Date.now() - hours * HOUR_MS)
    const wish = (fields: object) => ({
      organization: new Types.ObjectId(organization),
      candidate: new Types.ObjectId(),
      attempts: [],
      requestedBy: 'x@x.example',
      onDuplicate: 'stop',
      ...resting,
      ...fields,
    })
    const delivery = (fields: object) => ({ organization: new Types.ObjectId(organization), connection: new Types.ObjectId(), event: 'candidateHired', token: String(new Types.ObjectId()), triggeredAt: new Date(), ...resting, ...fields }) // prettier-ignore

    it('separate held and unclear exports by what they wait for, with the age of the oldest', async () => {
      await ExportModel.collection.insertMany([
        wish({ status: 'queued', waitingFor: 'authorization', openedAt: ago(5) }),
        wish({ status: 'queued', waitingFor: 'authorization', openedAt: ago(3) }),
        wish({ status: 'unclear', openedAt: ago(2) }),
        wish({ status: 'failed', openedAt: ago(9) }),
      ])

      expect(await waiting('exports', 'authorization')).to.deep.equal({ count: 2, hours: 5 })
      expect(await waiting('exports', 'settling')).to.deep.equal({ count: 1, hours: 2 })
      expect(await waiting('exports', 'worker')).to.deep.equal({ count: 0, hours: 0 })
    })

    it('measure the age of a retried export from the retry', async () => {
      const { insertedId } = await ExportModel.collection.insertOne(
        wish({ status: 'failed', openedAt: ago(200), createdAt: ago(200), error: { code: 'lever_rejected', detail: 'x' } }),
      )
      const { status } = await api.post(`exports/${String(insertedId)}/retry`)

      expect(status).to.equal(202)

      const { openedAt } = await ExportModel.findById(insertedId).orFail()
      expect(Date.now() - (openedAt?.getTime() ?? 0)).to.be.below(60_000)
    })

    it('separate unwritten notes from exports that have none', async () => {
      await ExportModel.collection.insertMany([
        wish({
          status: 'exported',
          finishedAt: ago(4),
          openedAt: ago(6),
          dueAt: new Date(Date.now() + HOUR_MS),
          note: { text: 'x', status: 'queued' },
        }),
        wish({ status: 'exported', finishedAt: ago(7) }),
      ])

      expect(await waiting('notes', 'worker')).to.deep.equal({ count: 1, hours: 4 })
    })

    it('separate held and unclear conversations from those within their quiet time, and read none whose note is written', async () => {
      const talk = (externalId: string, fields: object) => ({ organization: new Types.ObjectId(organization), externalId, status: 'open', lane: 0, ...resting, ...fields }) // prettier-ignore
      const later = new Date(Date.now() + HOUR_MS)
      await ConversationModel.collection.insertMany([
        talk('held', { dueAt: later, noteDueAt: ago(3), waitingFor: 'paused' }),
        talk('unclear', { dueAt: later, noteDueAt: later, pending: { dueAt: ago(2) }, waitingFor: 'settling' }),
        talk('due', { dueAt: later, noteDueAt: ago(1) }),
        talk('quiet time', { dueAt: later, noteDueAt: later }),
        ...Array.from({ length: 50 }, (_, at) => talk(`noted ${at}`, { noteDueAt: null })),
        talk('failed', { error: { code: 'lever_rejected' } }),
      ])

      expect(await waiting('conversations', 'paused')).to.deep.equal({ count: 1, hours: 3 })
      expect(await waiting('conversations', 'settling')).to.deep.equal({ count: 1, hours: 2 })
      expect(await waiting('conversations', 'worker')).to.deep.equal({ count: 1, hours: 1 })
      const open = ConversationModel.collection.find({ status: 'open', dueAt: { $lt: NEVER } })
      const plan = (await open.explain('executionStats')) as { executionStats: { totalDocsExamined: number } }
      expect(plan.executionStats.totalDocsExamined).to.equal(4)
    })

    it('separate deliveries that are held, that wait for an authorization, and that wait for a worker', async () => {
      const { _id: connection } = await ConnectionModel.findOne({ organization }).orFail()
      await DeliveryModel.collection.insertMany([
        delivery({ status: 'held', receivedAt: ago(3), connection }),
        delivery({ status: 'received', receivedAt: ago(2) }),
        delivery({ status: 'received', receivedAt: ago(8), openedAt: ago(1), connection }),
        delivery({ status: 'processed', receivedAt: ago(9), connection }),
      ])

      expect(await waiting('deliveries', 'signatureToken')).to.deep.equal({ count: 1, hours: 3 })
      expect(await waiting('deliveries', 'authorization')).to.deep.equal({ count: 1, hours: 2 })
      expect(await waiting('deliveries', 'worker')).to.deep.equal({ count: 1, hours: 1 })
    })

    it('show imports and overdue refreshes', async () => {
      await CandidateImportModel.collection.insertOne({
        organization: new Types.ObjectId(organization),
        status: 'running',
        createdAt: ago(6),
        dueAt: NEVER,
      })
      await ConnectionModel.updateOne({ organization }, { 'grant.accessTokenExpiresAt': ago(2) })

      expect(await waiting('imports', 'worker')).to.deep.equal({ count: 1, hours: 6 })
      expect(await waiting('tokenRefreshes', 'lever')).to.deep.equal({ count: 1, hours: 2 })
    })

    it('separate new erasures from those that work in progress delays', async () => {
      const erasure = (fields: object) => ({ organization: new Types.ObjectId(organization), candidate: new Types.ObjectId(), status: 'running', ...resting, ...fields }) // prettier-ignore
      await ErasureModel.collection.insertMany([
        erasure({ passes: 0, createdAt: ago(1) }),
        erasure({ passes: 3, createdAt: ago(5) }),
        erasure({ passes: 3, createdAt: ago(9), status: 'done' }),
      ])

      expect(await waiting('erasures', 'worker')).to.deep.equal({ count: 1, hours: 1 })
      expect(await waiting('erasures', 'workUnderWay')).to.deep.equal({ count: 1, hours: 5 })
    })

    it('separate first readings of an account from overdue sweeps', async () => {
      const sync = (fields: object) => ({ organization: new Types.ObjectId(), status: 'scheduled', leaseUntil: new Date(Date.now() + HOUR_MS), ...fields }) // prettier-ignore
      await OpportunitySyncModel.collection.updateMany({}, { $set: { dueAt: new Date(Date.now() + HOUR_MS) } })
      await OpportunitySyncModel.collection.insertMany([
        sync({ dueAt: ago(4), full: null }),
        sync({ dueAt: ago(3), full: { startedAt: ago(3), finishedAt: null } }),
        sync({ dueAt: ago(2), full: { startedAt: ago(20), finishedAt: ago(19) } }),
        sync({ dueAt: new Date(Date.now() + HOUR_MS), full: null }),
      ])

      expect(await waiting('sweeps', 'firstReading')).to.deep.equal({ count: 2, hours: 4 })
      expect(await waiting('sweeps', 'worker')).to.deep.equal({ count: 1, hours: 2 })
    })

    it('read no export that has finished', async () => {
      const plan = (await ExportModel.collection
        .find({ status: 'exported', dueAt: { $lt: NEVER }, 'note.status': 'queued' })
        .explain('executionStats')) as { executionStats: { totalDocsExamined: number } }

      expect(plan.executionStats.totalDocsExamined).to.be.at.most(await ExportModel.countDocuments({ 'note.status': 'queued' }))
    })
  })
})
