import { expect } from 'chai'
import { Types } from 'mongoose'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { LeverOpportunityModel } from '../../src/mirror/lever-opportunity-model.ts'
import type { Mirror } from '../../src/mirror/mirror.ts'
import { OpportunitySyncModel } from '../../src/mirror/opportunity-sync-model.ts'
import { KEY_VERSION } from '../../src/people/person-keys.ts'
import { keyedHash } from '../../src/secrets/opaque-token.ts'
import { NEVER } from '../../src/work/work-fields.ts'
import { eventually } from '../support/eventually.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { expectSameAsLever } from './same-as-lever.ts'
import { mirrorOf, type MirrorSettings, type MirrorUnderTest } from './mirror-under-test.ts'

/** An answer that comes when the faults are cleared. */
const HELD = { kind: 'slow', delayMs: 60_000 } as const
/** More than are read in one slice. */
const MANY = 1150

describe('reading all opportunities', () => {
  let lever: LeverForTests
  const started: MirrorUnderTest[] = []

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
    await Promise.all(started.splice(0).map(({ mirror }) => mirror.startOpportunityWorker().stop(1000)))
    await OpportunitySyncModel.deleteMany({})
    await LeverOpportunityModel.deleteMany({})
    await lever.clearFaults()
    await lever.clearRequests()
  })

  async function fresh(settings: MirrorSettings = {}): Promise<MirrorUnderTest> {
    const under = await mirrorOf(lever, settings)
    started.push(under)
    return under
  }
  /** Another process that takes up the work. */
  function takeOver(under: MirrorUnderTest): Mirror {
    const mirror = under.another()
    started.push({ ...under, mirror })
    mirror.startOpportunityWorker()
    return mirror
  }
  const runOf = ({ organization }: MirrorUnderTest) => OpportunitySyncModel.findOne({ organization }).orFail().lean()
  const pagesAsked = async () => (await lever.requests('/opportunities')).filter(({ path }) => path === '/opportunities')
  const isIdle = (under: MirrorUnderTest) =>
    eventually('it ends', async () => (await under.opportunityProgress())?.state === 'idle', 15_000)

  it('takes one call per page for a small account, then looks for recent changes', async () => {
    const under = await fresh()

    const shown = await under.readOpportunities()

    await expectSameAsLever(under.organization, lever)
    const { length } = await LeverOpportunityModel.find({ organization: under.organization }).lean()
    expect(shown).to.deep.include({ state: 'idle', complete: true, records: length, estimated: null, perSecond: null })
    expect(shown.finishedAt!.getTime()).to.be.at.least(shown.startedAt!.getTime())
    const asked = await pagesAsked()
    expect(asked).to.have.length(4)
    expect(asked.slice(0, 3).map(({ query }) => query['created_at_start'] ?? query['created_at_end'])).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ])
    expect(Number(asked[3]?.query['updated_at_start'])).to.be.below(shown.startedAt!.getTime())
    expect(await lever.requests('/opportunities/deleted')).to.have.length(1)
    expect((await runOf(under)).dueAt.getTime() - Date.now()).to.be.within(590_000, 601_000)
  })

  it('stores no name, address, or link of anybody', async () => {
    const under = await fresh()

    await under.readOpportunities()

    const text = JSON.stringify(await LeverOpportunityModel.find({ organization: under.organization }).lean())
    expect(text).not.to.match(/hopper|grace|@|mail\.example|profiles\.example/i)
    const [found] = await under.mirror.opportunitiesOf(under.organization, { emails: ['grace.hopper@navy.example'], links: [] })
    expect(found).to.include({ confidentiality: 'non-confidential' })
  })

  it('reads everything again if contacts were hashed by an earlier version, whose hashes match until then', async () => {
    const under = await fresh()
    const { id } = await lever.addOpportunity({ name: 'Zoe', emails: ['zoe@zoë.example'], links: ['https://github.com/Zoe-X'] })
    await under.readOpportunities()
    const organization = new Types.ObjectId(under.organization)
    const former = (key: string) => keyedHash(Buffer.alloc(32, under.organization), key)
    const hashes = { emailHashes: [former('zoe@zoë.example')], linkHashes: [former('github.com/Zoe-X')] }
    await LeverOpportunityModel.collection.updateOne({ organization, leverId: id }, { $set: hashes })
    await OpportunitySyncModel.collection.updateOne({ organization }, { $unset: { 'full.keyVersion': 1 } })
    const isFound = async (emails: string[], links: string[]) =>
      (await under.mirror.opportunitiesOf(under.organization, { emails, links })).some((one) => one.id === id)

    expect(await under.mirror.standingOf(under.organization)).to.deep.equal({ stands: false, isFresh: false })
    expect(await isFound(['zoe@zoë.example'], [])).to.equal(true)
    expect(await isFound([], ['https://github.com/Zoe-X'])).to.equal(true)
    expect(await isFound([], ['https://github.com/zoe-x'])).to.equal(false)
    await under.readOpportunities()

    expect(await isFound(['zoe@xn--zo-ija.example'], [])).to.equal(true)
    expect(await isFound([], ['https://github.com/zoe-x?tab=stars'])).to.equal(true)
    expect((await under.mirror.standingOf(under.organization)).stands).to.equal(true)
    expect((await runOf(under)).full).to.include({ keyVersion: KEY_VERSION })
  })

  it('reports only opportunities of our candidates', async () => {
    const under = await fresh()
    const [one, other] = await lever.allOpportunities()
    under.effects.ours.add(one!.id).add(other!.id)

    await under.readOpportunities()

    expect(under.effects.read).to.include.members([one!.id, other!.id])
    expect(new Set(under.effects.read).size).to.equal(2)
  })

  it('reads everything again when the grant shows confidential records for the first time', async () => {
    const settings: MirrorSettings = { apiKey: await lever.newApiKey({ confidential: true }) }
    const under = await fresh(settings)
    const without = await under.readOpportunities()

    settings.confidential = true
    const withGrant = await under.readOpportunities()

    const confidential = await LeverOpportunityModel.countDocuments({ confidentiality: 'confidential' })
    expect(confidential).to.be.above(0)
    expect(withGrant.records).to.equal((without.records ?? 0) + confidential)
  })

  it('says so when Lever refuses, and tries again at the next time', async () => {
    const under = await fresh()
    await lever.fault({ match: { path: '^/opportunities$' }, kind: 'status', status: 403, times: 9 })

    const shown = await under.readOpportunities()

    expect(shown).to.include({ state: 'idle', error: 'lever_403' })
    expect(shown.complete).not.to.equal(true)
    expect((await runOf(under)).dueAt.getTime() - Date.now()).to.be.within(590_000, 601_000)
    expect(await under.mirror.standingOf(under.organization)).to.deep.equal({ stands: false, isFresh: false })
  })

  it('ends as failed when Lever is down, and continues with the same page', async () => {
    const under = await fresh()
    await lever.fault({ match: { path: '^/opportunities$' }, kind: 'status', status: 500, times: 4, after: 2 })
    const failed = await under.readOpportunities()
    expect(failed).to.include({ state: 'failed', error: 'lever_unavailable' })
    const { dueAt, full, failures } = await runOf(under)
    expect(dueAt.getTime() - Date.now()).to.be.within(30_000, 61_000)
    expect(failures).to.equal(1)
    expect(full?.plan?.slices).to.have.length(1)
    expect(full?.plan?.slices[0]).to.include({ pages: 2, read: 200 })
    await lever.clearRequests()

    await under.readOpportunities()

    const [first] = await pagesAsked()
    expect(first?.query['offset']).to.be.a('string')
    await expectSameAsLever(under.organization, lever)
  })

  it('starts a list again if Lever no longer accepts its page tokens', async () => {
    const under = await fresh()
    await lever.fault({
      match: { path: '^/opportunities$' },
      kind: 'status',
      status: 400,
      body: { code: 'BadRequestError', message: 'Invalid offset token' },
      after: 2,
    })

    const shown = await under.readOpportunities()

    expect(shown).to.include({ state: 'idle', complete: true })
    await expectSameAsLever(under.organization, lever)
  })

  it('misses nobody who changes stage while the list is read', async () => {
    const under = await fresh()
    await lever.fault({ match: { path: '^/opportunities$' }, ...HELD, after: 1 })
    const moved = (await lever.allOpportunities()).filter(({ stage }) => stage !== 'lead-new').slice(0, 5)
    const reading = under.readOpportunities()
    await eventually('a page is read', async () => (await pagesAsked()).length === 2)

    for (const { id } of moved) await lever.moveStage(id, 'lead-new')
    const fresher = await lever.addOpportunity({ name: 'Late Arrival', emails: ['late@mail.example'] })
    await lever.clearFaults()
    await reading

    await expectSameAsLever(under.organization, lever)
    expect(await LeverOpportunityModel.exists({ leverId: fresher.id })).not.to.equal(null)
  })

  it('leaves nothing behind if the organization is disconnected while it runs', async () => {
    const under = await fresh()
    await lever.fault({ match: { path: '^/opportunities$' }, ...HELD, after: 1 })
    const { organization, mirror } = under
    mirror.startOpportunityWorker()
    await mirror.syncOpportunities(organization)
    // what a page brought is noted before the next is asked for: from here on the run only waits
    await eventually('the second page is asked for', async () => (await pagesAsked()).length === 2)
    expect(await LeverOpportunityModel.countDocuments({ organization })).to.equal(100)

    await ConnectionModel.updateOne({ organization }, { status: 'disconnected' })
    await mirror.forgetOrganization(organization)
    await LeverOpportunityModel.create({ organization, leverId: 'written late', readAt: new Date() })
    await lever.clearFaults()

    await eventually('what came late is gone', async () => (await LeverOpportunityModel.countDocuments({ organization })) === 0)
    expect(await OpportunitySyncModel.exists({ organization })).to.equal(null)
    expect(await under.opportunityProgress()).to.equal(null)
  })

  it('waits without a grant until there is one again', async () => {
    const under = await fresh()
    await under.mirror.syncOpportunities(under.organization)
    await ConnectionModel.updateOne({ organization: under.organization }, { status: 'revoked' })
    under.mirror.startOpportunityWorker()
    await eventually('it has failed', async () => (await under.opportunityProgress())?.state === 'failed')
    expect((await runOf(under)).dueAt).to.deep.equal(NEVER)

    await ConnectionModel.updateOne({ organization: under.organization }, { status: 'active' })
    await under.mirror.syncDue()

    expect((await runOf(under)).dueAt.getTime()).to.be.at.most(Date.now() + 1000)
  })

  it('starts for an active connection whose process stopped before it could request it, and for no other', async () => {
    const [active, configuring] = [await fresh(), await fresh()]
    await ConnectionModel.updateOne({ organization: active.organization }, { status: 'active' })

    await active.mirror.syncDue()

    expect(await OpportunitySyncModel.exists({ organization: active.organization })).not.to.equal(null)
    expect(await OpportunitySyncModel.exists({ organization: configuring.organization })).to.equal(null)
  })

  describe('of a larger account', () => {
    before(async () => {
      const missing = MANY - (await lever.allOpportunities()).length
      for (let added = 0; added < missing; added += 50) {
        await Promise.all(
          Array.from({ length: 50 }, (_, index) => lever.addOpportunity({ name: 'P', emails: [`p${added + index}@mail.example`] })),
        )
      }
    })

    it('uses parallel slices, and shows progress', async () => {
      const under = await fresh()

      const shown = await under.readOpportunities()

      await expectSameAsLever(under.organization, lever)
      expect(shown.records).to.be.above(1000)
      expect((await pagesAsked()).length).to.be.at.most(60)
    })

    it('continues in another process with the same page', async () => {
      const under = await fresh()
      const worker = under.mirror.startOpportunityWorker()
      await lever.fault({ match: { path: '^/opportunities$' }, ...HELD, after: 4 })
      await under.mirror.syncOpportunities(under.organization)
      await eventually('four pages are read', async () => (await runOf(under)).full?.plan?.read === 400)
      const before = performance.now()
      await worker.stop(15_000)
      expect(performance.now() - before).to.be.below(6000)
      await lever.clearFaults()
      await lever.clearRequests()

      takeOver(under)

      await isIdle(under)
      expect((await pagesAsked())[0]?.query['offset']).to.be.a('string')
      await expectSameAsLever(under.organization, lever)
    })

    it('is taken over when the process that read it was killed, which then writes nothing more', async () => {
      const under = await fresh()
      const killed = under.mirror.startOpportunityWorker()
      await lever.fault({ match: { path: '^/opportunities$' }, ...HELD, after: 3 })
      await under.mirror.syncOpportunities(under.organization)
      await eventually('three pages are read', async () => (await runOf(under)).full?.plan?.read === 300)
      await eventually('the next is held', async () => (await pagesAsked()).length === 4)
      await OpportunitySyncModel.updateOne(
        { organization: under.organization },
        { leaseUntil: new Date(0), claim: 'dead', $inc: { fence: 1 } },
      )
      await lever.clearRequests()

      takeOver(under)

      await isIdle(under)
      await lever.clearFaults()
      await eventually('the killed one notices', () => killed.busy() === 0)
      expect((await pagesAsked())[0]?.query['offset']).to.be.a('string')
      expect((await runOf(under)).fence).to.equal(3)
      await expectSameAsLever(under.organization, lever)
    })
  })
})
