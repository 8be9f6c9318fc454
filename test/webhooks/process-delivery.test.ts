import { expect } from 'chai'
import { Types } from 'mongoose'
import { restore, stub } from 'sinon'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { LeverOpportunityModel } from '../../src/mirror/lever-opportunity-model.ts'
import { OpportunityHistoryModel } from '../../src/mirror/opportunity-history-model.ts'
import { DeliveryModel, type DeliveryDocument } from '../../src/webhooks/delivery-model.ts'
import { claimWork, LeaseLost } from '../../src/work/claim.ts'
import type { Worker } from '../../src/work/worker.ts'
import { eventually } from '../support/eventually.ts'
import type { LeverOpportunity } from '../support/lever.ts'
import { rejection } from '../support/rejection.ts'
import { startWebhookWorld, type WebhookWorld } from './webhook-world.ts'

describe('processing deliveries', () => {
  let world: WebhookWorld
  let organization: string
  let token: string
  let worker: Worker | undefined
  let opportunity: LeverOpportunity

  before(async () => {
    world = await startWebhookWorld()
    organization = world.web.organization
  })
  beforeEach(async () => {
    await ConnectionModel.updateMany({}, { $unset: { webhooks: 1 } })
    token = await world.saveToken('any')
    await Promise.all([DeliveryModel.deleteMany({}), CandidateModel.deleteMany({}), LeverOpportunityModel.deleteMany({})])
    await world.lever.clearFaults()
    opportunity = await world.lever.addOpportunity({ name: 'Ana', emails: ['ana@a.example'] })
    await world.lever.clearRequests()
    world.deleted.length = 0
  })
  afterEach(async () => {
    await worker?.stop(2000)
    worker = undefined
  })
  after(() => world.stop())

  const deliver = async (event: string, data: object = { opportunityId: opportunity.id }) => {
    expect(await world.deliver(event, data, token)).to.deep.equal({ status: 200, outcome: 'stored' })
  }
  const leverOf = async (candidateId: string) => (await world.candidates.get(organization, candidateId, 'all')).lever
  const reads = async () => (await world.lever.requests('/opportunities')).length
  const newest = async () => (await world.webhooks.list(organization, {}, { limit: 1 })).data[0]
  const settled = async () =>
    eventually('every delivery is settled', async () =>
      (await DeliveryModel.countDocuments({ status: 'received' })) === 0 ? newest() : null,
    )
  const claim = async (atMost = 100) => claimWork<DeliveryDocument>(DeliveryModel, { statuses: ['received'], atMost, leaseMs: 60_000 })
  const processAll = async () => Promise.all((await claim()).map((claimed) => world.webhooks.processClaimed(claimed)))
  const makeDue = async () => DeliveryModel.updateMany({ status: 'received' }, { $set: { dueAt: new Date(0) } })

  it("does not keep another organization's delivery waiting while Lever is slow to answer for many of one", async () => {
    for (let nth = 0; nth < 40; nth += 1) await deliver('candidateStageChange', { opportunityId: `slow-${nth}` })
    const [one] = await DeliveryModel.find({}).lean()
    await world.lever.fault({ match: { path: '/opportunities' }, kind: 'hangBefore', times: 100 })
    worker = world.startWorker()
    const inWork = async () => DeliveryModel.countDocuments({ organization, claim: { $ne: null } })
    await eventually('as many are in work as one organization may have', async () => (await inWork()) >= 8)

    const other = new Types.ObjectId()
    await DeliveryModel.collection.insertOne({ ...one, _id: new Types.ObjectId(), organization: other, connection: other, token: 'other', signatureKey: 'other', claim: null, leaseUntil: null, dueAt: new Date(0) }) // prettier-ignore
    await eventually('the delivery of the other organization is taken up', async () => {
      const taken = await DeliveryModel.findOne({ organization: other }).lean()
      return (taken?.tries.length ?? 0) > 0
    })

    expect(await inWork()).to.equal(8)
    expect(await DeliveryModel.countDocuments({ organization, status: 'received' })).to.equal(40)
  })

  it('is tried again before deliveries that came ten minutes after it was due', async () => {
    await deliver('candidateStageChange')
    const again = await DeliveryModel.findOneAndUpdate({}, { $set: { dueAt: new Date(Date.now() - 11 * 60_000) } }).lean()
    await deliver('candidateStageChange')

    const [first] = await claim(1)

    expect(first?.document._id).to.deep.equal(again?._id)
  })

  it("applies a stage change to the candidate's row and to the mirror", async () => {
    const candidate = await world.linkedCandidate(opportunity.id)
    await world.lever.moveStage(opportunity.id, 'lead-responded')
    worker = world.startWorker()

    await deliver('candidateStageChange')

    expect(await settled()).to.deep.include({ status: 'processed', attempts: 1, error: null })
    expect((await leverOf(candidate))?.stage).to.deep.equal({ id: 'lead-responded', text: 'Responded' })
    expect(await LeverOpportunityModel.findOne({ organization, leverId: opportunity.id }).lean()).to.deep.include({
      stageId: 'lead-responded',
    })
  })

  it('reports its effect, and stores an interview for later', async () => {
    await world.linkedCandidate(opportunity.id)
    await world.lever.moveStage(opportunity.id, 'lead-responded')
    await deliver('candidateStageChange')
    await processAll()
    const stage = await newest()
    await deliver('interviewCreated', { interviewId: 'i-1', panelId: 'p-1', opportunityId: opportunity.id })
    await processAll()

    const effects = stage?.effects.map(({ effect, detail }) => `${effect} ${detail ?? ''}`.trim())
    expect(effects).to.deep.equal(['mirrorUpdated', 'candidatesUpdated 1', 'stageNoted lead-new', 'stageNoted Responded'])
    expect(stage).to.include({ signature: 'verified', opportunityId: opportunity.id })
    expect((await newest())?.effects.at(-1)).to.deep.equal({ effect: 'interviewNoted', detail: 'i-1' })
  })

  it('stores nothing about people who are not our candidates', async () => {
    await deliver('interviewCreated', { interviewId: 'i-1', opportunityId: opportunity.id })

    await processAll()

    expect((await newest())?.effects).to.deep.equal([{ effect: 'mirrorUpdated', detail: null }])
    expect(await OpportunityHistoryModel.countDocuments({ organization, opportunityId: opportunity.id })).to.equal(0)
  })

  it('applies an archiving and an unarchiving', async () => {
    const candidate = await world.linkedCandidate(opportunity.id)
    await world.lever.archive(opportunity.id)
    await deliver('candidateArchiveChange')
    await processAll()
    const archived = (await leverOf(candidate))?.archived

    await world.lever.unarchive(opportunity.id)
    await deliver('candidateArchiveChange')
    await processAll()

    expect(archived?.archivedAt).to.be.a('string')
    expect((await leverOf(candidate))?.archived).to.equal(null)
  })

  it('trusts only the id in the data: forged, out-of-order, or repeated data does no harm', async () => {
    const candidate = await world.linkedCandidate(opportunity.id)
    await world.lever.moveStage(opportunity.id, 'lead-responded')

    await deliver('candidateStageChange', { opportunityId: opportunity.id, toStageId: 'offer' })
    await deliver('candidateHired', { opportunityId: opportunity.id })
    await deliver('candidateArchiveChange', { opportunityId: opportunity.id, toArchived: { reason: 'x', archivedAt: 1 } })
    await processAll()

    expect(await leverOf(candidate)).to.deep.include({ stage: { id: 'lead-responded', text: 'Responded' }, archived: null })
  })

  it('reads an opportunity once for all waiting deliveries about it', async () => {
    const other = await world.lever.addOpportunity({ name: 'Bob', emails: ['bob@a.example'] })
    await world.lever.clearRequests()
    await Promise.all(Array.from({ length: 10 }, async () => deliver('candidateStageChange')))
    await deliver('candidateHired', { opportunityId: other.id })

    await processAll()

    expect(await reads()).to.equal(2)
    expect(await DeliveryModel.countDocuments({ status: 'processed' })).to.equal(11)
  })

  it('reads the id also if it is named candidateId or nested in a second data object', async () => {
    const candidate = await world.linkedCandidate(opportunity.id)
    await world.lever.moveStage(opportunity.id, 'lead-responded')
    await deliver('candidateStageChange', { data: { candidateId: opportunity.id } })

    await processAll()

    expect((await leverOf(candidate))?.stage.id).to.equal('lead-responded')
  })

  it('ignores deliveries about an opportunity that Lever does not know, or about none', async () => {
    await deliver('candidateStageChange', { opportunityId: 'no-such-opportunity' })
    await deliver('interviewCreated', { interviewId: 'i-1', opportunityId: 5 })
    await processAll()

    const { data } = await world.webhooks.list(organization, {}, { limit: 10 })
    expect(data.map(({ status, error }) => [status, error?.code])).to.deep.equal([
      ['ignored', 'opportunity_missing'],
      ['ignored', 'opportunity_unknown'],
    ])
  })

  describe('of a deletion', () => {
    it('unlinks the candidate and notifies other parts when Lever lists the opportunity as deleted', async () => {
      const candidate = await world.linkedCandidate(opportunity.id)
      await world.lever.deleteOpportunity(opportunity.id)
      await deliver('candidateDeleted')

      await processAll()

      expect(await newest()).to.include({ status: 'processed' })
      expect(await leverOf(candidate)).to.equal(undefined)
      expect(world.deleted).to.deep.equal([opportunity.id])
    })

    it('changes nothing while the opportunity exists', async () => {
      const candidate = await world.linkedCandidate(opportunity.id)
      await deliver('candidateDeleted')

      await processAll()

      expect((await leverOf(candidate))?.opportunityId).to.equal(opportunity.id)
      expect(world.deleted).to.deep.equal([])
    })

    it('does not rely on a 404 alone', async () => {
      const candidate = await world.linkedCandidate('hidden-from-us')
      await deliver('candidateDeleted', { opportunityId: 'hidden-from-us' })
      await deliver('candidateStageChange', { opportunityId: 'hidden-from-us' })

      await processAll()

      expect(await newest()).to.deep.include({ status: 'ignored' })
      expect((await leverOf(candidate))?.opportunityId).to.equal('hidden-from-us')
      expect(world.deleted).to.deep.equal([])
    })

    it('looks again if Lever lists the deletion late, and gives up after three attempts', async () => {
      const candidate = await world.linkedCandidate(opportunity.id)
      await world.lever.deleteOpportunity(opportunity.id)
      const none = { data: [], hasNext: false }
      await world.lever.fault({ kind: 'status', status: 200, body: none, match: { path: '/opportunities/deleted' }, times: 4 })
      await deliver('candidateDeleted')
      await processAll()
      const first = await newest()
      for (const _ of [1, 2]) {
        await makeDue()
        await processAll()
      }
      const given = await newest()
      await world.webhooks.replay(organization, given?.id ?? '')
      await processAll()
      const replayed = await newest()
      await makeDue()
      await processAll()

      expect(first).to.deep.include({ status: 'received', attempts: 1 })
      expect(first?.error?.code).to.equal('deletion_not_listed')
      expect(Date.parse(first?.nextTryAt ?? '')).to.be.greaterThan(0)
      expect(given).to.deep.include({ status: 'ignored', attempts: 3, nextTryAt: null })
      expect(replayed).to.include({ status: 'received', attempts: 1 })
      const last = await newest()
      expect(last).to.deep.include({ status: 'processed', attempts: 2, error: null })
      expect(last?.tries.map(({ outcome }) => outcome)).to.deep.equal(['waiting', 'waiting', 'ignored', 'waiting', 'processed'])
      expect(last?.tries.map(({ waitingFor }) => waitingFor)).to.deep.equal(['deletion', 'deletion', null, 'deletion', null])
      expect(last?.effects).to.deep.equal([
        { effect: 'deletionConfirmed', detail: null },
        { effect: 'candidatesUnlinked', detail: '1' },
      ])
      expect(await leverOf(candidate)).to.equal(undefined)
    })

    it('does not infer a deletion from another event', async () => {
      const candidate = await world.linkedCandidate(opportunity.id)
      await world.lever.deleteOpportunity(opportunity.id)
      await deliver('candidateStageChange')

      await processAll()

      expect(await newest()).to.include({ status: 'ignored' })
      expect((await leverOf(candidate))?.opportunityId).to.equal(opportunity.id)
    })
  })

  describe('when Lever is unavailable', () => {
    beforeEach(() => stub(Math, 'random').returns(0)) // no time between the client's own tries
    afterEach(() => restore())

    it('waits longer and longer between ten attempts, then fails', async () => {
      await world.lever.fault({ kind: 'status', status: 500, match: { path: `/opportunities/${opportunity.id}` }, times: 1000 })
      await deliver('candidateStageChange')
      const attempt = async () => {
        const before = Date.now()
        await processAll()
        const { dueAt, status, attempts } = (await DeliveryModel.findOne({}).lean()) as DeliveryDocument
        return { status, attempts, pauseMs: dueAt.getTime() - before }
      }

      const first = await attempt()
      await DeliveryModel.updateMany({}, { $set: { dueAt: new Date(0), attempts: 8 } })
      const ninth = await attempt()
      await makeDue()
      const tenth = await attempt()

      expect(first).to.include({ status: 'received', attempts: 1 })
      expect(first.pauseMs).to.be.within(900, 60_000)
      expect(ninth).to.include({ status: 'received', attempts: 9 })
      expect(ninth.pauseMs).to.be.within(120_000, 660_000)
      expect(tenth).to.include({ status: 'failed', attempts: 10 })
      expect((await newest())?.error?.code).to.equal('lever_unavailable')
    })

    it('continues when Lever has recovered', async () => {
      const candidate = await world.linkedCandidate(opportunity.id)
      await world.lever.moveStage(opportunity.id, 'lead-responded')
      await world.lever.fault({ kind: 'status', status: 500, match: { path: `/opportunities/${opportunity.id}` }, times: 1000 })
      await deliver('candidateStageChange')
      await processAll()
      await world.lever.clearFaults()
      await makeDue()

      await processAll()

      expect(await newest()).to.deep.include({ status: 'processed', attempts: 2, error: null })
      expect((await leverOf(candidate))?.stage.id).to.equal('lead-responded')
    })

    for (const status of [429, 503]) {
      it(`uses no attempt while Lever answers ${status}`, async () => {
        await world.lever.fault({
          kind: 'status',
          status,
          headers: { 'retry-after': '0' },
          match: { path: `/opportunities/${opportunity.id}` },
          times: 1000,
        })
        await deliver('candidateStageChange')

        await processAll()

        expect(await newest()).to.include({ status: 'received', attempts: 0 })
      })
    }

    for (const status of [403, 404])
      it(`ignores a delivery about an opportunity that Lever hides with ${status}, because it may be confidential`, async () => {
        await world.lever.fault({ kind: 'status', status, match: { path: `/opportunities/${opportunity.id}` }, times: 1000 })
        await deliver('candidateStageChange')

        await processAll()

        const ignored = await newest()
        expect(ignored).to.include({ status: 'ignored', attempts: 1 })
        expect(ignored?.error?.code).to.equal('opportunity_unknown')
      })

    it('fails at once if Lever refuses', async () => {
      await world.lever.fault({ kind: 'status', status: 422, match: { path: `/opportunities/${opportunity.id}` }, times: 1000 })
      await deliver('candidateStageChange')

      await processAll()

      const failed = await newest()
      expect(failed).to.include({ status: 'failed', attempts: 1 })
      expect(failed?.error?.code).to.equal('lever_rejected')
    })

    it('waits without using an attempt while the connection is revoked, and continues after a new authorization', async () => {
      const candidate = await world.linkedCandidate(opportunity.id)
      await world.lever.moveStage(opportunity.id, 'lead-responded')
      await ConnectionModel.updateMany({}, { $set: { status: 'revoked', statusBeforeRevocation: 'configuring' } })
      await deliver('candidateStageChange')
      await processAll()
      const waiting = await newest()
      const due = await claim()

      await world.connect()
      await processAll()

      expect(waiting).to.deep.include({ status: 'received', attempts: 0, error: null })
      expect(due).to.have.length(0)
      expect(await newest()).to.include({ status: 'processed' })
      expect((await leverOf(candidate))?.stage.id).to.equal('lead-responded')
    })

    it('continues while the connection is paused', async () => {
      await ConnectionModel.updateMany({}, { $set: { status: 'paused' } })
      await deliver('candidateStageChange')

      await processAll()
      await ConnectionModel.updateMany({}, { $set: { status: 'configuring' } })

      expect(await newest()).to.include({ status: 'processed' })
    })

    it('ignores deliveries once the organization is disconnected', async () => {
      await deliver('candidateStageChange')
      await ConnectionModel.updateMany({}, { $set: { status: 'disconnected' } })

      await processAll()
      await ConnectionModel.updateMany({}, { $set: { status: 'configuring' } })

      expect(await newest()).to.include({ status: 'ignored' })
    })
  })

  it('leaves a delivery to the worker that has taken it over', async () => {
    await deliver('candidateStageChange')
    const [claimed] = await claim()
    if (!claimed) throw new Error('nothing was claimed')
    await DeliveryModel.updateMany({}, { $set: { claim: 'somebody else' }, $inc: { fence: 1 } })

    expect(await rejection(world.webhooks.processClaimed(claimed))).to.be.instanceOf(LeaseLost)
    expect(await newest()).to.include({ status: 'received' })
  })

  describe('replay', () => {
    const replay = async (id = '') => world.web.call('POST', `/api/v1/webhook-deliveries/${id}/replay`)

    it('reads the opportunity again', async () => {
      const candidate = await world.linkedCandidate(opportunity.id)
      await deliver('candidateStageChange')
      await processAll()
      await world.lever.moveStage(opportunity.id, 'lead-responded')

      const answer = await replay((await newest())?.id)
      const replayed = (await answer.json()) as object
      await processAll()

      expect(answer.status).to.equal(202)
      expect(replayed).to.include({ status: 'received', attempts: 0 })
      expect(await newest()).to.include({ status: 'processed' })
      expect((await leverOf(candidate))?.stage.id).to.equal('lead-responded')
    })

    it('does not process an unsupported event that an earlier version stored, even next to a processed one', async () => {
      await deliver('candidateStageChange')
      await DeliveryModel.updateOne({}, { $set: { event: 'contactCreated', status: 'ignored' } })
      await deliver('candidateStageChange')
      await processAll()

      for (const { id } of (await world.webhooks.list(organization, {}, { limit: 2 })).data) expect((await replay(id)).status).to.equal(202)
      await processAll()

      const { data } = await world.webhooks.list(organization, {}, { limit: 2 })
      expect(data.map(({ event, status, error }) => [event, status, error?.code])).to.deep.equal([
        ['candidateStageChange', 'processed', undefined],
        ['contactCreated', 'ignored', 'event_unknown'],
      ])
    })

    it('is refused once the payload has expired after 30 days, but repeats are still recognized', async () => {
      await world.deliver('candidateStageChange', { opportunityId: opportunity.id }, token, { token: 'old' })
      await world.deliver('candidateStageChange', { opportunityId: opportunity.id }, token, { token: 'young' })
      await processAll()
      await DeliveryModel.updateOne({ token: 'old' }, { $set: { receivedAt: new Date(Date.now() - 30 * 24 * 3_600_000 - 1000) } })

      expect(await world.webhooks.expirePayloads()).to.equal(1)

      const old = (await world.webhooks.list(organization, {}, { limit: 10 })).data.find(({ payload }) => payload === null)
      const refused = await replay(old?.id)
      expect([refused.status, ((await refused.json()) as { code: string }).code]).to.deep.equal([409, 'payload_expired'])
      expect((await world.deliver('candidateStageChange', { opportunityId: 'x' }, token, { token: 'old' })).outcome).to.equal('repeat')
    })

    it('is refused for held deliveries, unknown deliveries, and deliveries of another organization', async () => {
      await deliver('candidateStageChange')
      const { id = '' } = (await newest()) ?? {}
      await DeliveryModel.updateMany({}, { $set: { status: 'held' } })

      expect(((await (await replay(id)).json()) as { code: string }).code).to.equal('state_conflict')
      await DeliveryModel.updateMany({}, { $set: { status: 'processed', organization: new Types.ObjectId() } })
      expect((await replay(id)).status).to.equal(404)
      expect((await world.web.call('GET', `/api/v1/webhook-deliveries/${id}`)).status).to.equal(404)
      expect((await replay('000000000000000000000000')).status).to.equal(404)
    })
  })

  describe('bulk replay', () => {
    const replayRange = async (json: object) => {
      const response = await world.web.call('POST', '/api/v1/webhook-deliveries/replay', { json })
      return { status: response.status, body: (await response.json()) as { accepted?: number; nextCursor?: string | null; code?: string } }
    }
    const DAY_MS = 24 * 3_600_000
    const receivedDaysAgo = (name: string, days: number) =>
      DeliveryModel.updateOne({ token: name }, { $set: { receivedAt: new Date(Date.now() - days * DAY_MS) } })
    const readTrail = async () => (await world.web.audit.list(world.web.organization, { limit: 100 })).data
    const waiting = async () => (await DeliveryModel.find({ status: 'received' }).sort({ token: 1 }).lean()).map(({ token: name }) => name)

    it('includes only deliveries with the given event, status, and time, queued behind new ones', async () => {
      for (const name of ['a', 'b', 'c', 'd'])
        await world.deliver('candidateStageChange', { opportunityId: opportunity.id }, token, { token: name })
      await world.deliver('candidateHired', { opportunityId: opportunity.id }, token, { token: 'e' })
      await processAll()
      await receivedDaysAgo('a', 3)
      await receivedDaysAgo('b', 2)
      await DeliveryModel.updateOne({ token: 'c' }, { $set: { status: 'failed' } })
      const from = new Date(Date.now() - 2.5 * DAY_MS).toISOString()
      const to = new Date(Date.now() - DAY_MS).toISOString()

      expect(await replayRange({ from, to })).to.deep.equal({ status: 202, body: { accepted: 1, nextCursor: null } })
      expect(await waiting()).to.deep.equal(['b'])
      expect((await replayRange({ from, to })).body.accepted).to.equal(0)
      expect((await replayRange({ status: 'failed' })).body.accepted).to.equal(1)
      expect((await replayRange({ event: 'candidateHired' })).body.accepted).to.equal(1)
      expect(await waiting()).to.deep.equal(['b', 'c', 'e'])
      expect(await DeliveryModel.distinct('lane', { status: 'received' })).to.deep.equal([1])
      await processAll()
      expect(await DeliveryModel.countDocuments({ status: 'processed' })).to.equal(5)
    })

    it('is in the audit trail with actor, range, and count, but not if nothing was replayed', async () => {
      for (const name of ['a', 'b']) await world.deliver('candidateHired', { opportunityId: opportunity.id }, token, { token: name })
      await processAll()
      const [from, to] = [Date.now() - DAY_MS, Date.now() + DAY_MS].map((at) => new Date(at).toISOString())
      const before = await readTrail()

      await replayRange({ event: 'candidateHired', status: 'processed', from, to })
      await processAll()
      await replayRange({})
      await processAll()
      await replayRange({ status: 'failed' })

      const [all, some, ...older] = await readTrail()
      const range = new URLSearchParams({ event: 'candidateHired', status: 'processed', from: `${from}`, to: `${to}` }).toString()
      expect(some).to.include({ action: 'deliveries.replayed', subject: `deliveries:2/${range}` })
      expect(all).to.include({ action: 'deliveries.replayed', subject: 'deliveries:2' })
      expect(some?.actor).to.match(/^apiKey:[0-9a-f]{24}$/)
      expect(older).to.deep.equal(before)
    })

    it('replays a thousand per call, oldest first, and continues from there', async () => {
      await deliver('candidateStageChange')
      await processAll()
      const first = (await DeliveryModel.findOne({}).lean()) as DeliveryDocument
      const copies = Array.from({ length: 1004 }, (_, at) => ({
        ...first,
        _id: new Types.ObjectId(),
        token: `copy-${at}`,
        signatureKey: `key-${at}`,
        status: 'ignored',
      }))
      await DeliveryModel.collection.insertMany(copies)

      const one = (await replayRange({ status: 'ignored' })).body
      const newest4 = copies.slice(1000).map(({ token: name }) => name)
      expect((await DeliveryModel.find({ status: 'ignored' }).lean()).map(({ token: name }) => name)).to.deep.equal(newest4)
      const two = (await replayRange({ status: 'ignored', cursor: one.nextCursor })).body

      expect([one.accepted, two]).to.deep.equal([1000, { accepted: 4, nextCursor: null }])
    })

    it('skips deliveries that are held, expired, or of another organization', async () => {
      await deliver('candidateStageChange')
      await processAll()
      for (const change of [
        { $unset: { payload: 1 } },
        { $set: { payload: '{}', status: 'held' } },
        { $set: { status: 'processed', organization: new Types.ObjectId() } },
      ]) {
        await DeliveryModel.updateMany({}, change)
        expect((await replayRange({})).body).to.deep.equal({ accepted: 0, nextCursor: null })
      }
    })

    it('refuses an invalid range', async () => {
      const now = new Date().toISOString()
      for (const body of [{ from: now, to: now }, { from: 'yesterday' }, { status: 'held' }, { cursor: 'x' }, { all: true }])
        expect((await replayRange(body)).status, JSON.stringify(body)).to.equal(422)
    })
  })

  it('lists deliveries by event and status, for admins', async () => {
    await deliver('candidateHired')
    await processAll()
    await deliver('candidateStageChange')
    const list = async (query: string) => {
      const response = await world.web.call('GET', `/api/v1/webhook-deliveries${query}`)
      return ((await response.json()) as { data: { event: string }[] }).data.map(({ event }) => event)
    }

    expect(await list('')).to.deep.equal(['candidateStageChange', 'candidateHired'])
    expect(await list('?event=candidateHired')).to.deep.equal(['candidateHired'])
    expect(await list('?status=received')).to.deep.equal(['candidateStageChange'])
    const soon = encodeURIComponent(new Date(Date.now() + 60_000).toISOString())
    expect([await list(`?from=${soon}`), (await list(`?to=${soon}`)).length]).to.deep.equal([[], 2])
    expect((await world.web.call('GET', '/api/v1/webhook-deliveries?status=lost')).status).to.equal(422)
    const { cookie } = await world.web.signIn('sam@acme.example', 'sourcer')
    expect((await world.web.call('GET', '/api/v1/webhook-deliveries', { headers: { cookie } })).status).to.equal(403)
  })

  it('processes a real delivery from the local Lever, from its endpoint to the candidate row', async () => {
    const candidate = await world.linkedCandidate(opportunity.id)
    const webhook = await world.lever.addWebhook('candidateStageChange', await world.endpointUrl())
    await world.saveToken('candidateStageChange', webhook.signatureToken)
    worker = world.startWorker()

    const verified = await world.lever.verifyWebhook(webhook.id)
    await world.lever.moveStage(opportunity.id, 'lead-responded')

    expect(verified.attempts.map(({ status }) => status)).to.deep.equal([200])
    await eventually('the stage is here', async () => (await leverOf(candidate))?.stage.id === 'lead-responded')
    expect(await settled()).to.include({ status: 'processed' })
    await world.lever.removeWebhook(webhook.id)
  })
})
