import { expect } from 'chai'
import { Types } from 'mongoose'
import { stub } from 'sinon'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { getOpportunity } from '../../src/lever/opportunities.ts'
import { LeverPostingModel, LeverStageModel, LeverUserModel } from '../../src/mirror/lever-record-models.ts'
import type { Mirror } from '../../src/mirror/mirror.ts'
import { beginProgress } from '../../src/mirror/sync-progress.ts'
import { SyncRunModel, type SyncRunDocument } from '../../src/mirror/sync-run-model.ts'
import { endRun } from '../../src/mirror/sync-schedule.ts'
import { claimWork, type Claimed } from '../../src/work/claim.ts'
import { eventually } from '../support/eventually.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'
import { clientOf, mirrorOf, type MirrorSettings, type MirrorUnderTest } from './mirror-under-test.ts'

/** An answer that comes when the faults are cleared. */
const HELD = { kind: 'slow', delayMs: 60_000 } as const

describe('sync of the mirror', () => {
  let lever: LeverForTests
  const started: Mirror[] = []

  before(async () => {
    await connectEmptyDatabase()
    lever = await startLever()
    await lever.settings({ rateLimit: { enabled: false } })
  })
  after(async () => {
    await lever.stop()
    await leaveDatabase()
  })
  afterEach(async () => {
    await Promise.all(started.splice(0).map((mirror) => mirror.startWorker().stop(1000)))
    await SyncRunModel.deleteMany({})
    await ConnectionModel.deleteMany({})
    await lever.clearFaults()
    await lever.clearRequests()
    await lever.settings({ latencyMs: 0 })
  })

  async function fresh(settings: MirrorSettings = {}): Promise<MirrorUnderTest> {
    const under = await mirrorOf(lever, settings)
    started.push(under.mirror)
    return under
  }

  it('reads users, stages, archive reasons, postings, and requisitions, and reports how many', async () => {
    const { mirror, organization, synced, remembered } = await fresh()

    const sync = await synced()

    expect(sync).to.deep.include({ state: 'idle' })
    expect(sync.finishedAt?.getTime()).to.be.at.least(sync.startedAt?.getTime() ?? Number.NaN)
    expect(sync.resources).to.deep.equal({ users: 8, stages: 9, archiveReasons: 8, postings: 11, requisitions: 6 })
    const users = (await mirror.listUsers(organization, { limit: 100 })).data
    expect(users.map(({ name }) => name)).to.include('Émile Laurent')
    expect(users.find(({ email }) => email === 'gus@acme.example')?.deactivatedAt).to.be.instanceOf(Date)
    expect(remembered).to.have.members(users.map(({ id }) => id))
  })

  it('requests confidential postings only if the grant shows them', async () => {
    const without = await fresh()
    expect((await without.synced()).resources?.['postings']).to.equal(11)
    await without.mirror.startWorker().stop(1000)

    const withGrant = await fresh({ confidential: true, apiKey: await lever.newApiKey({ confidential: true }) })
    expect((await withGrant.synced()).resources?.['postings']).to.equal(12)
  })

  it('removes records that Lever no longer shows, and only in that organization', async () => {
    const { organization, synced } = await fresh()
    const other = new Types.ObjectId().toHexString()
    const gone = { leverId: 'gone', seenAt: new Date(0) }
    await LeverPostingModel.create([{ ...gone, organization }, { ...gone, organization: other }]) // prettier-ignore

    await synced()

    expect(await LeverPostingModel.exists({ organization, leverId: 'gone' })).to.equal(null)
    expect(await LeverPostingModel.exists({ organization: other, leverId: 'gone' })).not.to.equal(null)
  })

  it('ignores an empty list of users, and keeps the known ones', async () => {
    const { organization, synced } = await fresh()
    await LeverUserModel.create({ organization, leverId: 'known', seenAt: new Date(0) })
    await lever.fault({ match: { path: '/users' }, kind: 'status', status: 200, body: { data: [], hasNext: false } })

    await synced()

    expect(await LeverUserModel.exists({ organization, leverId: 'known' })).not.to.equal(null)
  })

  it('reads the rest when Lever refuses one resource, whose records it keeps', async () => {
    const { organization, synced } = await fresh()
    await LeverPostingModel.create({ organization, leverId: 'kept', seenAt: new Date(0) })
    await lever.fault({ match: { path: '/postings' }, kind: 'status', status: 403, times: 9 })

    const sync = await synced()

    expect(sync.state).to.equal('idle')
    expect(sync.error).to.equal('postings: lever_403')
    expect(sync.resources).to.include({ users: 8, requisitions: 6, postings: 0 })
    expect(await LeverPostingModel.exists({ organization, leverId: 'kept' })).not.to.equal(null)
    expect(await SyncRunModel.findOne({ organization }).lean()).to.have.nested.property('problems[0].resource', 'postings')
  })

  it('ends as failed when Lever is down, keeps everything, and retries within about a minute', async () => {
    const { organization, synced } = await fresh()
    await LeverStageModel.create({ organization, leverId: 'kept', seenAt: new Date(0) })
    await lever.fault({ match: { path: '/stages' }, kind: 'status', status: 503, times: 99 })

    const sync = await synced()

    expect(sync).to.include({ state: 'failed', error: 'lever_unavailable' })
    expect(await LeverStageModel.exists({ organization, leverId: 'kept' })).not.to.equal(null)
    const run = await SyncRunModel.findOne({ organization }).orFail().lean()
    expect(run.dueAt.getTime() - Date.now()).to.be.within(30_000, 61_000)
    expect(run.failures).to.equal(1)
  })

  it('is due again fifteen minutes later', async () => {
    const { organization, synced } = await fresh()

    const { finishedAt } = await synced()

    const run = await SyncRunModel.findOne({ organization }).orFail().lean()
    expect(run.dueAt.getTime() - (finishedAt?.getTime() ?? 0)).to.be.within(890_000, 901_000)
    expect(run).to.include({ claim: null, leaseUntil: null })
  })

  it('reads only the requested resources while the rest is not due', async () => {
    const { mirror, organization, synced, progress } = await fresh()
    await synced()
    const all = await SyncRunModel.findOne({ organization }).orFail().lean()
    await lever.clearRequests()

    await mirror.sync(organization, ['stages'])
    await eventually('the second sync ends', async () => (await progress()).state === 'idle')

    expect((await lever.requests()).map(({ path }) => path)).to.deep.equal(['/stages'])
    expect((await progress()).resources).to.include({ stages: 9, users: 8 })
    const run = await SyncRunModel.findOne({ organization }).orFail().lean()
    expect(run.dueAt).to.deep.equal(all.allDueAt)
  })

  it('shows growing counts while it runs', async () => {
    const { mirror, organization, progress } = await fresh()
    await lever.fault({ match: { path: '/postings' }, ...HELD })
    mirror.startWorker()

    await mirror.sync(organization)

    expect((await progress()).state).to.equal('running')
    await eventually('users are counted', async () => (await progress()).resources?.['users'] === 8)
    const sync = await progress()
    expect(sync).to.include({ state: 'running', finishedAt: null })
    expect(sync.resources?.['requisitions']).to.equal(0)
    await lever.clearFaults()
    await eventually('the sync ends', async () => (await progress()).state === 'idle')
  })

  it('is shown as finished even if another process finished it before the requester continued', async () => {
    const { mirror, another, organization, progress } = await fresh()
    const second = another()
    started.push(second)
    second.startWorker()
    const updateOne = SyncRunModel.collection.updateOne.bind(SyncRunModel.collection)
    const asking = stub(SyncRunModel.collection, 'updateOne').callsFake(async (...change) => {
      asking.restore()
      const asked = await updateOne(...change)
      second.startWorker().wake()
      await eventually('the sync ends', async () => (await progress()).finishedAt)
      return asked
    })

    await mirror.sync(organization)

    expect((await progress()).state).to.equal('idle')
  })

  it('runs once when two processes are asked at the same time', async () => {
    const { mirror, another, progress } = await fresh()
    const second = another()
    started.push(second)
    mirror.startWorker()
    second.startWorker()
    await lever.settings({ latencyMs: 30 })

    await mirror.syncDue()
    await second.syncDue()
    await eventually('the sync ends', async () => (await progress()).state === 'idle' && (await progress()).finishedAt)

    expect(await lever.requests('/users')).to.have.length(1)
    expect(await lever.requests('/requisitions')).to.have.length(1)
  })

  it('runs again when it is requested during a run', async () => {
    const { mirror, organization, progress } = await fresh()
    await lever.fault({ match: { path: '/requisitions' }, ...HELD })
    mirror.startWorker()
    await mirror.sync(organization)
    await eventually('users are counted', async () => (await progress()).resources?.['users'] === 8)

    await mirror.sync(organization, ['users'])
    await lever.clearFaults()

    // sooner than the worker's poll
    await eventually('users are read again', async () => (await lever.requests('/users')).length === 2, 8000)
    await eventually('the sync ends', async () => (await progress()).state === 'idle')
  })

  it('is taken over by another process when its process is gone', async () => {
    const { mirror, organization, progress } = await fresh()
    await mirror.sync(organization)
    await SyncRunModel.updateOne({ organization }, { claim: 'dead', fence: 7, leaseUntil: new Date(Date.now() - 1) })

    mirror.startWorker()

    await eventually('the sync ends', async () => (await progress()).state === 'idle')
    expect((await SyncRunModel.findOne({ organization }).orFail().lean()).fence).to.equal(8)
  })

  it('is released at once when its process stops, and continues elsewhere', async () => {
    const { mirror, another, organization, progress } = await fresh()
    await lever.fault({ match: { path: '/postings' }, ...HELD })
    const worker = mirror.startWorker()
    await mirror.sync(organization)
    await eventually('postings are asked for', async () => (await lever.requests('/postings')).length > 0)

    const before = performance.now()
    await worker.stop(15_000)
    expect(performance.now() - before).to.be.below(6000)
    await lever.clearFaults()
    const second = another()
    started.push(second)
    second.startWorker()

    await eventually('the sync ends', async () => (await progress()).state === 'idle')
  })

  it('keeps its lease while it waits for Lever', async () => {
    const { mirror, organization, progress } = await fresh({ leaseMs: 3000 })
    await lever.fault({ match: { path: '/stages' }, ...HELD })
    mirror.startWorker()
    await mirror.sync(organization)
    await eventually('users are counted', async () => (await progress()).resources?.['users'] === 8)
    const lease = async () => (await SyncRunModel.findOne({ organization }).orFail().lean()).leaseUntil?.getTime() ?? 0
    const first = await lease()

    await eventually('it is extended', async () => (await lease()) > first)

    await lever.clearFaults()
    await eventually('the sync ends', async () => (await progress()).state === 'idle')
  })

  it('leaves nothing behind if the organization is disconnected while it runs', async () => {
    const { mirror, organization, progress } = await fresh()
    await lever.fault({ match: { path: '/postings' }, ...HELD })
    mirror.startWorker()
    await mirror.sync(organization)
    await eventually('users are counted', async () => (await progress()).resources?.['users'] === 8)

    await ConnectionModel.updateOne({ organization }, { status: 'disconnected' })
    await mirror.forgetOrganization(organization)
    await LeverUserModel.create({ organization, leverId: 'written late', seenAt: new Date() })
    await lever.clearFaults()

    await eventually('what came late is gone', async () => (await LeverUserModel.countDocuments({ organization })) === 0)
    expect(await mirror.syncStatus(organization)).to.deep.equal({ state: 'idle', startedAt: null, finishedAt: null, resources: {} })
  })

  it('writes nothing into the mirror of another account that was connected while it ran', async () => {
    const { mirror, organization, progress, remembered } = await fresh()
    await lever.fault({ match: { path: '/users' }, ...HELD })
    mirror.startWorker()
    await mirror.sync(organization)
    await eventually('users are requested', async () => (await lever.requests('/users')).length > 0)

    await mirror.forgetOrganization(organization)
    const later = new Date(Date.now() + 3_600_000)
    await SyncRunModel.create({ organization, dueAt: later, allDueAt: later, progress: { state: 'idle' } })
    await lever.clearFaults()
    await eventually('the run of the earlier account ends', () => mirror.startWorker().busy() === 0)

    expect(await LeverUserModel.countDocuments({ organization })).to.equal(0)
    expect(remembered).to.deep.equal([])
    expect(await progress()).to.deep.include({ state: 'idle' })
  })

  it('does not replace what was read of a user on their own while the list was read', async () => {
    const { mirror, organization, synced } = await fresh()
    await synced()
    const { leverId } = await LeverUserModel.findOne({ organization, deactivatedAt: null }).orFail().lean()
    await lever.clearRequests()
    await lever.fault({ match: { path: '/postings' }, ...HELD })
    await lever.fault({ match: { path: '/users' }, ...HELD })
    await mirror.sync(organization)
    await eventually('users are requested', async () => (await lever.requests('/users')).length > 0)

    await LeverUserModel.updateOne({ organization, leverId }, { deactivatedAt: new Date(), seenAt: new Date() })
    await lever.clearFaults()
    await eventually('the sync ends', () => mirror.startWorker().busy() === 0)

    expect(await LeverUserModel.findOne({ organization, leverId }).lean())
      .to.have.property('deactivatedAt')
      .that.is.instanceOf(Date)
  })

  it('shows nothing more of a run whose lease was taken over, or whose organization was disconnected', async () => {
    const { mirror, organization, progress } = await fresh()
    await mirror.sync(organization)
    const claim = async (): Promise<Claimed<SyncRunDocument>> => {
      const [claimed] = await claimWork<SyncRunDocument>(SyncRunModel, { statuses: ['scheduled'], atMost: 1, leaseMs: 60_000 })
      return claimed!
    }
    const older = await claim()
    const lost = await beginProgress(older, new Date(1000), ['users'])
    await SyncRunModel.updateOne({ organization }, { leaseUntil: new Date(0) })
    const newer = await claim()
    const current = await beginProgress(newer, new Date(2000), ['stages'])
    const end = { outcome: 'done', ranAll: false, read: { users: 98 }, hasChanges: false, problems: [], error: null } as const

    await lost.count('users', 99)
    expect(await endRun(older, { ...end, startedAt: new Date(1000) })).to.equal('lost')
    await current.count('stages', 3)
    expect(await progress()).to.deep.include({ state: 'running', startedAt: new Date(2000), resources: { users: 0, stages: 3 } })
    await mirror.forgetOrganization(organization)
    await current.count('stages', 4)
    expect(await endRun(newer, { ...end, startedAt: new Date(2000) })).to.equal('lost')

    expect(await progress()).to.deep.equal({})
  })

  it('writes only what differs from the mirror, and shows only the end of a sync that nobody requested', async () => {
    const { mirror, organization, synced, progress, remembered } = await fresh()
    await synced()
    remembered.length = 0
    const [stage] = await LeverStageModel.find({ organization }).lean()
    await LeverStageModel.updateOne({ _id: stage!._id }, { text: 'Renamed since' })
    const before = await LeverUserModel.find({ organization }).lean()
    await lever.fault({ match: { path: '/requisitions' }, ...HELD })

    await SyncRunModel.updateOne({ organization }, { allDueAt: new Date(0), dueAt: new Date(0) })
    mirror.startWorker().wake()
    await eventually('the last list is read', async () => (await lever.requests('/requisitions')).length === 2)
    const during = await progress()
    await lever.clearFaults()
    await eventually('the sync ends', async () => (await progress()).finishedAt!.getTime() > during.finishedAt!.getTime())

    expect(during).to.include({ state: 'idle' })
    expect((await LeverStageModel.findById(stage!._id).lean())?.text).to.equal(stage!.text)
    expect(await LeverUserModel.find({ organization }).lean()).to.deep.equal(before)
    expect(remembered).to.deep.equal([])
  })

  it('is due at growing intervals up to two hours where nothing changes, and again after fifteen minutes when its lists are used', async () => {
    const { mirror, another, organization, synced, progress } = await fresh()
    await synced()
    const runOf = () => SyncRunModel.findOne({ organization }).orFail().lean()
    const minutes = async () => Math.round(((await runOf()).dueAt.getTime() - (await runOf()).allEndedAt!.getTime()) / 60_000)
    const runAgain = async () => {
      const { finishedAt } = await progress()
      await SyncRunModel.updateOne({ organization }, { allDueAt: new Date(0), dueAt: new Date(0) })
      mirror.startWorker().wake()
      await eventually('the sync ends', async () => (await progress()).finishedAt!.getTime() > finishedAt!.getTime())
      return minutes()
    }

    const grown = [await runAgain(), await runAgain(), await runAgain(), await runAgain()]
    await mirror.listStages(organization, { limit: 1 })
    await eventually('the use is noted', async () => (await minutes()) === 15)
    await LeverStageModel.updateOne({ organization }, { text: 'Renamed since' })
    const changed = [await runAgain(), await runAgain(), await runAgain()]
    const [one] = await lever.allOpportunities()
    await another().takeReading(organization, await getOpportunity(clientOf(lever), one!.id), new Date())
    await eventually('the webhook is noted', async () => (await minutes()) === 15)

    expect(grown).to.deep.equal([30, 60, 120, 120])
    expect(changed).to.deep.equal([15, 30, 60])

    expect([await runAgain(), await runAgain()]).to.deep.equal([30, 60])
    await another().usersById(organization, ['asked when somebody exports'])
    await eventually('the export is noted', async () => (await minutes()) === 15)
  })

  it('is refused without a grant, and pauses without one until there is one again', async () => {
    const { mirror, organization, progress } = await fresh()
    await mirror.sync(organization)
    await ConnectionModel.updateOne({ organization }, { status: 'revoked' })
    expect(await rejection(mirror.sync(organization))).to.include({ code: 'connection_not_active' })

    mirror.startWorker()
    await eventually('the sync has failed', async () => (await progress()).state === 'failed')
    expect((await SyncRunModel.findOne({ organization }).orFail().lean()).dueAt.getUTCFullYear()).to.equal(9999)
    await ConnectionModel.updateOne({ organization }, { status: 'configuring' })
    await mirror.syncDue()

    await eventually('the sync ends', async () => (await progress()).state === 'idle')
  })

  it('finds connections whose first sync was never requested', async () => {
    const { mirror, progress } = await fresh()
    mirror.startWorker()

    await mirror.syncDue()

    await eventually('the sync ends', async () => (await progress()).finishedAt !== null)
  })
})
