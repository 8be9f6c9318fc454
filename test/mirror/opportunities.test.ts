import { expect } from 'chai'
import { Types } from 'mongoose'
import { getOpportunity, type LeverOpportunity } from '../../src/lever/opportunities.ts'
import { LeverOpportunityModel } from '../../src/mirror/lever-opportunity-model.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { clientOf, mirrorOf, type MirrorUnderTest } from './mirror-under-test.ts'

describe('opportunities in the mirror', () => {
  let lever: LeverForTests
  let under: MirrorUnderTest

  before(async () => {
    await connectEmptyDatabase()
    lever = await startLever()
    await lever.settings({ rateLimit: { enabled: false } })
    under = await mirrorOf(lever)
    await under.synced()
  })
  after(async () => {
    await under.mirror.startWorker().stop(1000)
    await lever.stop()
    await leaveDatabase()
  })
  afterEach(async () => {
    await LeverOpportunityModel.deleteMany({})
  })

  async function opportunity(changes: Partial<LeverOpportunity> = {}, emails = ['ada@example.com']): Promise<LeverOpportunity> {
    const made = await lever.addOpportunity({ name: 'Ada Lovelace', emails, links: ['https://github.com/ada-x'] })
    return { ...(await read(made.id)), ...changes }
  }
  const read = (id: string) => getOpportunity(clientOf(lever), id, { expand: ['applications', 'stage'] })
  const stored = (leverId: string) => LeverOpportunityModel.findOne({ organization: under.organization, leverId }).orFail().lean()
  const at = (ms: number) => new Date(Date.UTC(2026, 5, 1) + ms)

  it('store no name, address, or link of the person', async () => {
    const one = await opportunity()

    await under.mirror.recordOpportunity(under.organization, one, new Date())

    const text = JSON.stringify(await LeverOpportunityModel.find({}).lean())
    expect(text).not.to.match(/lovelace|ada@|example\.com|x\.example/i)
    expect(await stored(one.id)).to.deep.include({ stageId: 'lead-new', archived: false })
    expect((await stored(one.id)).emailHashes).to.have.length(1)
  })

  it('hash with the key of the organization', async () => {
    const other = await mirrorOf(lever)
    const one = await opportunity()

    await under.mirror.recordOpportunity(under.organization, one, new Date())
    await other.mirror.recordOpportunity(other.organization, one, new Date())

    const [first, second] = await LeverOpportunityModel.find({ leverId: one.id }).lean()
    expect(first?.emailHashes).not.to.deep.equal(second?.emailHashes)
  })

  it('are found for each of several people who ask at the same time, also beside a record without hashes', async () => {
    const { mirror, organization } = under
    const [ada, bob] = [await opportunity(), await opportunity({}, ['bob@example.com'])]
    for (const one of [ada, { ...bob, links: [] }]) await mirror.recordOpportunity(organization, one, new Date())
    const odd = { organization: new Types.ObjectId(organization), leverId: 'odd', contactId: 'odd', postingIds: [], sources: [] }
    await LeverOpportunityModel.collection.insertOne(odd)
    const found = await Promise.all([
      mirror.opportunitiesOf(organization, { emails: ['bob@example.com'], links: [] }),
      mirror.opportunitiesOf(organization, { emails: [], links: [], contactId: 'odd' }),
      mirror.opportunitiesOf(organization, { emails: ['ada@example.com'], links: [], by: 'address' }),
      mirror.opportunitiesOf(organization, { emails: ['nobody@example.com'], links: [] }),
    ])

    expect(found.map((some) => some.map(({ id }) => id))).to.deep.equal([[bob.id], ['odd'], [ada.id], []])
  })

  it('never replace a newer update from Lever with an older one, in whatever order readings arrive', async () => {
    const { mirror, organization } = under
    const one = await opportunity({ updatedAt: at(2000), stage: 'offer' })
    const older = { ...one, updatedAt: at(1000), stage: 'lead-new' }

    expect(await mirror.recordOpportunity(organization, one, at(0))).to.equal('applied')
    expect(await mirror.recordOpportunity(organization, older, at(5000))).to.equal('stale')

    expect(await stored(one.id)).to.include({ stageId: 'offer' })
  })

  it('use the time of reading if Lever gives none, or the same one', async () => {
    const { mirror, organization } = under
    const one = await opportunity({ updatedAt: null, stage: 'offer' })
    const record = (changes: Partial<LeverOpportunity>, readAt: Date) =>
      mirror.recordOpportunity(organization, { ...one, ...changes }, readAt)

    expect(await record({}, at(1000))).to.equal('applied')
    expect(await record({ stage: 'lead-new' }, at(500))).to.equal('stale')
    expect(await record({ updatedAt: at(0) }, at(500))).to.equal('stale')
    expect(await record({ updatedAt: at(0) }, at(2000))).to.equal('applied')
    expect(await record({ updatedAt: at(0), stage: 'lead-new' }, at(1999))).to.equal('stale')
    expect(await record({ updatedAt: at(0), stage: 'lead-responded' }, at(2001))).to.equal('applied')
    expect(await record({ updatedAt: null }, at(1999))).to.equal('stale')
  })

  it('keep the newer of two first readings that arrive at once', async () => {
    const { mirror, organization } = under
    const one = await opportunity()
    const record = (id: string, ms: number) =>
      mirror.recordOpportunity(organization, { ...one, id, updatedAt: at(ms), stage: `stage-${ms}` }, at(0))
    const ids = Array.from({ length: 50 }, (_, index) => `opportunity-${index}`)

    for (const id of ids) await Promise.all([record(id, 1), record(id, 2)])

    const stages = await LeverOpportunityModel.distinct('stageId', { organization })
    expect(stages).to.deep.equal(['stage-2'])
    expect(await LeverOpportunityModel.countDocuments({ organization })).to.equal(50)
  })

  it('lose the hashes of a person who was anonymized', async () => {
    const one = await opportunity()
    await under.mirror.recordOpportunity(under.organization, one, new Date())
    const anonymized = { ...one, isAnonymized: true, updatedAt: new Date(Date.now() + 1000) }

    await under.mirror.recordOpportunity(under.organization, anonymized, new Date())

    expect(await stored(one.id)).to.deep.include({ emailHashes: [], linkHashes: [], isAnonymized: true })
  })

  it('keep the known posting when a reading names only the application', async () => {
    const { mirror, organization } = under
    const one = await opportunity({ applicationIds: ['app'], postingIds: ['posting'], updatedAt: at(0) })
    await mirror.recordOpportunity(organization, one, at(0))

    await mirror.recordOpportunity(organization, { ...one, postingIds: [], updatedAt: at(1) }, at(1))
    expect((await stored(one.id)).postingIds).to.deep.equal(['posting'])

    await mirror.recordOpportunity(organization, { ...one, postingIds: [], applicationIds: [], updatedAt: at(2) }, at(2))
    expect((await stored(one.id)).postingIds).to.deep.equal([])
  })

  it('are listed by stage, posting, archive state, and person', async () => {
    const { mirror, organization } = under
    const ada = await opportunity({ stage: 'offer', postingIds: ['p1'], contact: 'c1' })
    const again = await opportunity({ archived: { reason: 'r', archivedAt: null }, emails: [], links: [], contact: 'c1' })
    const grace = await opportunity({ contact: 'c2', links: [] }, ['grace@example.com'])
    for (const one of [ada, again, grace]) await mirror.recordOpportunity(organization, one, new Date())
    const ids = async (filters: Parameters<typeof mirror.listOpportunities>[1]) =>
      (await mirror.listOpportunities(organization, filters, 'all', { limit: 100 })).data.map(({ id }) => id)

    expect(await ids({})).to.deep.equal([grace.id, again.id, ada.id])
    expect(await ids({ stageId: 'offer' })).to.deep.equal([ada.id])
    expect(await ids({ postingId: 'p1' })).to.deep.equal([ada.id])
    expect(await ids({ archived: true })).to.deep.equal([again.id])
    expect(await ids({ archived: false })).to.deep.equal([grace.id, ada.id])
    expect(await ids({ person: { emails: [' ADA@example.com'], links: [] } })).to.deep.equal([ada.id])
    expect(await ids({ person: { emails: [], links: [], opportunityId: grace.id } })).to.deep.equal([grace.id])
    expect(await ids({ person: { emails: [], links: [] } })).to.deep.equal([])
    const ofContact = await mirror.opportunitiesOf(organization, { emails: [], links: ['http://GitHub.com/Ada-X?tab=stars'] })
    expect(ofContact.map(({ id }) => id)).to.have.members([ada.id, again.id])
  })

  it('show the names of stage and archive reason', async () => {
    const { mirror, organization } = under
    const made = await lever.addOpportunity({ name: 'Ada', emails: ['ada@example.com'] })
    await lever.moveStage(made.id, 'HM Review')
    await lever.archive(made.id, 'Withdrew')

    const state = await mirror.opportunityState(organization, await read(made.id))

    expect(state).to.include({ opportunityId: made.id, contactId: made.contact, url: made.urls.show })
    expect(state.stage.text).to.equal('HM Review')
    expect(state.archived).to.include({ reasonText: 'Withdrew' })
  })

  it('fall back on what the opportunity itself contains, and on ids', async () => {
    const { mirror, organization } = under
    const one = await opportunity({ stage: 'new-stage', stageText: 'Brand new', archived: { reason: 'new-reason', archivedAt: null } })

    expect(await mirror.opportunityState(organization, one)).to.deep.include({
      stage: { id: 'new-stage', text: 'Brand new' },
      archived: { reason: 'new-reason', reasonText: 'new-reason', archivedAt: null },
    })
    expect((await mirror.opportunityState(organization, { ...one, stageText: null })).stage.text).to.equal('new-stage')
  })
})
