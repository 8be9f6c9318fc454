import { expect } from 'chai'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { LeverOpportunityModel } from '../../src/mirror/lever-opportunity-model.ts'
import { OpportunitySyncModel } from '../../src/mirror/opportunity-sync-model.ts'
import { SyncRunModel } from '../../src/mirror/sync-run-model.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { expectSameAsLever } from './same-as-lever.ts'
import { mirrorOf, type MirrorUnderTest } from './mirror-under-test.ts'

describe('sweep of opportunities', () => {
  let lever: LeverForTests
  let under: MirrorUnderTest

  before(async () => {
    await connectEmptyDatabase()
    lever = await startLever()
    await lever.settings({ rateLimit: { enabled: false } })
  })
  after(async () => {
    await lever.stop()
    await leaveDatabase()
  })
  beforeEach(async () => {
    under = await mirrorOf(lever)
    under.mirror.startWorker()
    await under.synced()
    await under.readOpportunities()
    under.effects.read.length = 0
    await lever.clearRequests()
  })
  afterEach(async () => {
    await under.mirror.startWorker().stop(1000)
    await under.mirror.startOpportunityWorker().stop(1000)
    await OpportunitySyncModel.deleteMany({})
    await LeverOpportunityModel.deleteMany({})
    await lever.clearFaults()
    await lever.settings({ answers: { deletedList: lever.answers.deletedList } })
  })

  const missed = async () => {
    const webhooks = (await ConnectionModel.findOne({ organization: under.organization }).orFail().lean()).webhooks as unknown as
      | Record<string, { missed?: { total: number } }>
      | undefined
    return Object.fromEntries(Object.entries(webhooks ?? {}).map(([event, { missed: count }]) => [event, count?.total]))
  }
  const moveOn = async (count: number) => {
    const ones = (await lever.allOpportunities())
      .filter(
        ({ stage, archived, ...one }) =>
          stage !== 'offer' && !archived && !('confidentiality' in one && one.confidentiality === 'confidential'),
      )
      .slice(0, count)
    for (const { id } of ones) await lever.moveStage(id, 'offer')
    return ones
  }
  const deletionsRefused = async () => (await under.opportunityProgress())?.deletionsRefused ?? false
  const runOf = () => OpportunitySyncModel.findOne({ organization: under.organization }).orFail().lean()
  const dueInMs = async () => (await runOf()).dueAt.getTime() - (await runOf()).sweptAt!.getTime()

  it('finds deletions in ranges of thirty days if Lever accepts no longer ones', async () => {
    await lever.settings({ answers: { deletedList: 'thirtyDays' } })
    const [deleted] = await moveOn(1)
    await lever.deleteOpportunity(deleted!.id)

    await under.readOpportunities()

    expect(under.effects.deleted).to.include(deleted!.id)
    expect(await deletionsRefused()).to.equal(false)
  })

  it('continues without deletions if Lever does not list them, and says so until it does', async () => {
    const [deleted, moved] = await moveOn(2)
    await lever.deleteOpportunity(deleted!.id)
    await lever.settings({ answers: { deletedList: 403 } })

    await under.readOpportunities()

    expect(await LeverOpportunityModel.findOne({ leverId: moved!.id }).lean()).to.have.property('stageId', 'offer')
    expect(under.effects.deleted).to.not.include(deleted!.id)
    expect(await deletionsRefused()).to.equal(true)
    await lever.settings({ answers: { deletedList: lever.answers.deletedList } })
    await under.readOpportunities()
    expect(await deletionsRefused()).to.equal(false)
  })

  it('finds changes that no webhook reported, makes the mirror equal to Lever, and counts them per event', async () => {
    const [moved, archived, hired, deleted] = await moveOn(4)
    await lever.archive(archived!.id)
    await lever.hire(hired!.id)
    await lever.deleteOpportunity(deleted!.id)
    const [posting] = (await lever.allOpportunities()).flatMap(({ application }) => application?.posting ?? [])
    await lever.addOpportunity({ name: 'New One', emails: ['new-one@mail.example'], postingId: posting! })
    await lever.addOpportunity({ name: 'General One', emails: ['general-one@mail.example'] })

    await under.readOpportunities()

    await expectSameAsLever(under.organization, lever)
    expect(await missed()).to.deep.equal({
      candidateStageChange: 3,
      candidateArchiveChange: 2,
      candidateHired: 1,
      candidateDeleted: 1,
      applicationCreated: 1,
    })
    expect(under.effects.deleted).to.deep.equal([deleted!.id])
    expect(await LeverOpportunityModel.exists({ leverId: moved!.id, stageId: 'offer' })).not.to.equal(null)
  })

  it('asks for changes since the last one with an overlap, with two calls when nothing happened', async () => {
    const { sweptAt } = await runOf()

    await under.readOpportunities()

    const [changed, gone] = await lever.requests('/opportunities')
    expect(await lever.requests('/opportunities')).to.have.length(2)
    expect(sweptAt!.getTime() - Number(changed?.query['updated_at_start'])).to.equal(30_000)
    expect(gone).to.include({ path: '/opportunities/deleted' })
    expect(gone?.query['deleted_at_start']).to.equal(changed?.query['updated_at_start'])
    expect(await missed()).to.deep.equal({})
  })

  it('looks back to the last thorough one, plus five minutes, when that was ten minutes ago', async () => {
    const [thorough, tenMinutesAgo] = [await runOf(), new Date(Date.now() - 600_000)]
    expect(thorough.thoroughAt).to.deep.equal(thorough.sweptAt)
    await under.readOpportunities()
    const brief = await runOf()
    await OpportunitySyncModel.updateOne({ organization: under.organization }, { thoroughAt: tenMinutesAgo })
    await lever.clearRequests()

    await under.readOpportunities()

    expect(brief).to.deep.include({ thoroughAt: thorough.thoroughAt })
    expect(brief.sweptAt).not.to.deep.equal(brief.thoroughAt)
    const [changed] = await lever.requests('/opportunities')
    expect(tenMinutesAgo.getTime() - Number(changed?.query['updated_at_start'])).to.equal(300_000)
    const after = await runOf()
    expect(after.thoroughAt).to.deep.equal(after.sweptAt)
  })

  it('does not count changes twice that the overlap shows again or that a webhook reported', async () => {
    const [one] = await moveOn(1)
    await under.readOpportunities()
    const [other] = await moveOn(1)
    const told = (await lever.allOpportunities()).find(({ id }) => id === other!.id)!
    await LeverOpportunityModel.updateOne({ leverId: told.id }, { stageId: told.stage, leverUpdatedAt: new Date(told.updatedAt!) })

    await under.readOpportunities()

    expect(one!.id).not.to.equal(other!.id)
    expect(await missed()).to.deep.equal({ candidateStageChange: 1 })
  })

  it('reports changes of our candidates, and deletions only of opportunities known here', async () => {
    const [ours, other, unknown] = await moveOn(3)
    under.effects.ours.add(ours!.id)
    await LeverOpportunityModel.deleteOne({ leverId: unknown!.id })
    for (const { id } of [other!, unknown!]) await lever.deleteOpportunity(id)

    await under.readOpportunities()

    expect(under.effects.read).to.deep.equal([ours!.id])
    expect(under.effects.deleted).to.deep.equal([other!.id])
  })

  it('does not treat opportunities that another account does not show as deleted', async () => {
    await lever.addOpportunity({ name: 'Only Here', emails: ['only-here@mail.example'] })
    const { records } = await under.readOpportunities()
    const other = await startLever()
    try {
      under.swap(other)

      await under.readOpportunities()

      expect(under.effects.deleted).to.deep.equal([])
      expect(await LeverOpportunityModel.countDocuments({ organization: under.organization })).to.equal(records)
    } finally {
      await other.stop()
    }
  })

  it('looks for deletions from before the first reading, to unlink candidates who were linked then', async () => {
    const [gone] = await moveOn(1)
    await lever.deleteOpportunity(gone!.id)
    const again = await mirrorOf(lever)
    again.effects.ours.add(gone!.id)
    try {
      await again.readOpportunities()

      expect(again.effects.deleted).to.deep.equal([gone!.id])
    } finally {
      await again.mirror.startOpportunityWorker().stop(1000)
    }
  })

  it('keeps its data and its position when Lever is down', async () => {
    const { sweptAt } = await runOf()
    await lever.fault({ match: { path: '/opportunities/deleted' }, kind: 'status', status: 503, times: 99 })
    await moveOn(1)

    const shown = await under.readOpportunities()

    expect(shown).to.include({ state: 'failed', complete: true })
    expect((await runOf()).sweptAt).to.deep.equal(sweptAt)
    expect(await under.mirror.standingOf(under.organization)).to.include({ stands: true })
  })

  it('runs every ten minutes, and every forty seconds while many exports wait', async () => {
    expect(await dueInMs()).to.be.within(600_000, 610_000)
    under.effects.burst = true
    await under.readOpportunities()
    expect(await dueInMs()).to.equal(40_000)
  })

  it('runs earlier for waiting exports, unless one has just run', async () => {
    const { organization, mirror } = under
    const set = (fields: object) => OpportunitySyncModel.updateOne({ organization }, fields)
    await mirror.startOpportunityWorker().stop(1000)
    await mirror.hastenSweep(organization)
    expect(await dueInMs()).to.be.above(500_000)

    await set({ sweptAt: new Date(Date.now() - 41_000), failures: 1 })
    await mirror.hastenSweep(organization)
    expect((await runOf()).dueAt.getTime()).to.be.above(Date.now() + 500_000)

    await set({ failures: 0 })
    await mirror.hastenSweep(organization)
    expect((await runOf()).dueAt.getTime()).to.be.at.most(Date.now() + 1000)
  })

  it('ends the long interval of lists if it finds a change', async () => {
    const { organization } = under
    const [quarterMs, ended] = [900_000, new Date()]
    const later = new Date(ended.getTime() + 8 * quarterMs)
    await SyncRunModel.updateOne({ organization }, { quietRuns: 3, allEndedAt: ended, allDueAt: later, dueAt: later })
    await moveOn(1)

    await under.readOpportunities()

    const { quietRuns, dueAt } = await SyncRunModel.findOne({ organization }).orFail().lean()
    expect([quietRuns, dueAt.getTime() - ended.getTime()]).to.deep.equal([0, quarterMs])
  })

  it('counts as fresh for a minute after its start', async () => {
    const { organization, mirror } = under
    const standing = async (age: number) => {
      await OpportunitySyncModel.updateOne({ organization }, { sweptAt: new Date(Date.now() - age) })
      return mirror.standingOf(organization)
    }

    expect(await standing(50_000)).to.deep.equal({ stands: true, isFresh: true })
    expect(await standing(61_000)).to.deep.equal({ stands: true, isFresh: false })
    await OpportunitySyncModel.updateOne({ organization }, { 'full.finishedAt': null })
    expect(await standing(1000)).to.deep.equal({ stands: false, isFresh: false })
    expect(await mirror.standingOf('0123456789abcdef01234567')).to.deep.equal({ stands: false, isFresh: false })
  })

  it('reads records again whose hashes an erasure removed, and is not fresh until then', async () => {
    const { organization, mirror } = under
    const person = { emails: ['both@shared.example'], links: [] }
    const hers = await lever.addOpportunity({ name: 'Ann', emails: ['ann@own.example', ...person.emails] })
    const his = await lever.addOpportunity({ name: 'Ben', emails: ['ben@own.example'], links: ['https://github.com/ben-own'] })
    const hidden = await lever.addOpportunity({ name: 'Hidden', emails: ['hidden@own.example'] })
    await under.readOpportunities()
    const hashes = async ({ id }: { id: string }) => {
      const { emailHashes, linkHashes } = await LeverOpportunityModel.findOne({ organization, leverId: id }).orFail().lean()
      return [emailHashes.length, linkHashes.length]
    }

    await mirror.forgetPerson(organization, { ...person, opportunityIds: [his.id, hidden.id] })
    const removed = [await hashes(hers), await hashes(his), (await mirror.standingOf(organization)).isFresh]
    await lever.fault({ match: { path: `/opportunities/${hidden.id}` }, kind: 'status', status: 404, times: 99 })
    await under.readOpportunities()

    expect(removed).to.deep.equal([[1, 0], [0, 0], false])
    expect([await hashes(hers), await hashes(his)]).to.deep.equal([
      [2, 0],
      [1, 1],
    ])
    expect(await mirror.standingOf(organization)).to.deep.equal({ stands: true, isFresh: true })
  })

  it('reads such records again if a process of an earlier version removed the hashes', async () => {
    const { organization, mirror } = under
    const { leverId } = await LeverOpportunityModel.findOne({ organization }).orFail().lean()
    await LeverOpportunityModel.updateOne({ organization, leverId }, { emailHashes: [], hashesRemoved: true }) // counts no removal

    await under.readOpportunities()

    expect(await mirror.standingOf(organization)).to.deep.equal({ stands: true, isFresh: true })
  })

  it('reads such records again when nothing else has changed, once', async () => {
    await lever.settings({ clockOffsetMs: -3_600_000 })
    const { id } = await lever.addOpportunity({ name: 'Cy', emails: ['cy@own.example'] })
    await lever.settings({ clockOffsetMs: 0 })
    const again = await mirrorOf(lever)
    const reads = async () => (await lever.requests('/opportunities')).filter(({ path }) => path === `/opportunities/${id}`).length
    try {
      await again.readOpportunities()
      await again.mirror.forgetPerson(again.organization, { emails: [], links: [], opportunityIds: [id] })
      const removed = await again.mirror.lacksHashes(again.organization)

      await again.readOpportunities()
      await again.readOpportunities()

      expect([removed, await again.mirror.lacksHashes(again.organization), await reads()]).to.deep.equal([true, false, 1])
    } finally {
      await again.mirror.startOpportunityWorker().stop(1000)
    }
  })
})
