import { expect } from 'chai'
import { LeverPostingModel, LeverRequisitionModel } from '../../src/mirror/lever-record-models.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'
import { mirrorOf, type MirrorUnderTest } from './mirror-under-test.ts'

describe("lists of Lever's data", () => {
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

  async function titles(filters: { q?: string; state?: string; open?: boolean }): Promise<string[]> {
    const { data } = await under.mirror.listPostings(under.organization, filters, 'all', { limit: 100 })
    return data.map(({ text }) => text)
  }

  it('return stages in the order of the pipeline', async () => {
    const { data } = await under.mirror.listStages(under.organization, { limit: 100 })

    expect(data.map(({ text }) => text).slice(0, 5)).to.deep.equal(['New lead', 'Reached out', 'Responded', 'New applicant', 'HM Review'])
    expect(data[0]).to.deep.equal({ id: 'lead-new', text: 'New lead' })
  })

  it('find postings by words of title, location, team, and requisition code, ignoring case and accents', async () => {
    expect(await titles({ q: 'INGENIEUR' })).to.deep.equal(['Ingénieur·e systèmes'])
    expect(await titles({ q: 'krakow' })).to.deep.equal(['Support Lead'])
    expect(await titles({ q: 'engineer berlin' })).to.deep.equal([])
    expect(await titles({ q: 'lisboa  engineer' })).to.deep.equal(['Site Reliability Engineer'])
    expect(await titles({ q: 'eng-7' })).to.deep.equal(['Backend Engineer', 'Frontend Engineer'])
    expect(await titles({ q: '数据' })).to.deep.equal(['数据工程师'])
  })

  it('do not find postings by the code of a confidential requisition, for a sourcer', async () => {
    const { mirror, organization } = under
    const found = async (q: string): Promise<string[]> =>
      (await mirror.listPostings(organization, { q }, 'nonConfidential', { limit: 100 })).data.map(({ text }) => text)
    const ofCode = { organization, requisitionCode: 'ENG-7' }
    expect(await found('eng-7')).to.deep.equal(['Backend Engineer', 'Frontend Engineer'])
    await LeverRequisitionModel.updateMany(ofCode, { $set: { confidentiality: 'confidential' } })

    for (const q of ['eng-7', 'ENG-7', 'backend eng-7', '-7']) expect(await found(q), q).to.deep.equal([])
    expect(await found('Backend')).to.deep.equal(['Backend Engineer'])
    expect(await found(' ')).to.include('Backend Engineer')
    expect(await titles({ q: 'eng-7' })).to.have.length(2)
    await LeverRequisitionModel.updateMany(ofCode, { $set: { confidentiality: 'non-confidential' } })
  })

  it('take a search literally', async () => {
    expect(await titles({ q: '.*' })).to.deep.equal([])
    expect(await titles({ q: '(' })).to.deep.equal([])
    expect(await titles({ q: ' ' })).to.have.length(11)
  })

  it('filter postings by state, and by whether they are open', async () => {
    expect(await titles({ state: 'internal' })).to.deep.equal(['Chief of Staff'])
    expect(await titles({ open: true })).to.have.length(6)
    expect(await titles({ open: false, q: 'engineering' })).to.deep.equal(['Frontend Engineer', 'Ingénieur·e systèmes'])
  })

  it('go page by page, with each record once, while records are added and removed', async () => {
    const { mirror, organization } = under
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await mirror.listPostings(organization, {}, 'all', { limit: 3, cursor })
      seen.push(...page.data.map(({ text }) => text))
      expect((page.nextCursor ?? '').length).to.be.at.most(200)
      if (!cursor) await LeverPostingModel.create({ organization, leverId: 'early', text: 'AAA', sortKey: 'aaa', seenAt: new Date() })
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    await LeverPostingModel.deleteOne({ organization, leverId: 'early' })

    expect(seen).to.have.length(11)
    expect(new Set(seen).size).to.equal(11)
    expect(seen[0]).to.equal('Account Executive, EMEA')
  })

  it('refuse a cursor that is not ours', async () => {
    for (const cursor of ['x', '[]', Buffer.from('["a",{"$gt":""}]').toString('base64url'), Buffer.from('null').toString('base64url')]) {
      expect(await rejection(under.mirror.listStages(under.organization, { limit: 3, cursor }))).to.include({ code: 'invalid_request' })
    }
  })

  it('show a posting and a requisition in full', async () => {
    const { mirror, organization } = under
    const [backend] = (await mirror.listPostings(organization, { q: 'Backend' }, 'all', { limit: 1 })).data
    const requisition = (await mirror.listRequisitions(organization, 'all', { limit: 100 })).data.find((one) =>
      one.postings.includes(backend?.id ?? ''),
    )

    expect(await mirror.findPosting(organization, backend?.id ?? '', 'all')).to.deep.equal(backend)
    expect(backend).to.deep.include({
      state: 'published',
      open: true,
      location: 'San Francisco, CA',
      team: 'Engineering',
      requisitionCodes: ['ENG-7'],
    })
    expect(await mirror.findRequisition(organization, requisition?.id ?? '', 'all')).to.include({ requisitionCode: 'ENG-7' })
    expect(await mirror.findStage(organization, 'offer')).to.deep.equal({ id: 'offer', text: 'Offer' })
  })

  it('ask Lever for an unknown posting or stage', async () => {
    const other = await mirrorOf(lever)
    const [backend] = (await under.mirror.listPostings(under.organization, { q: 'Backend' }, 'all', { limit: 1 })).data

    expect(await other.mirror.lookUpPosting(other.organization, backend?.id ?? '', 'all')).to.deep.equal(backend)
    expect(await other.mirror.findPosting(other.organization, backend?.id ?? '', 'all')).to.deep.equal(backend)
    expect(await other.mirror.lookUpPosting(other.organization, 'no-such-posting', 'all')).to.equal(null)
    expect(await other.mirror.lookUpStage(other.organization, 'lead-new')).to.deep.equal({ id: 'lead-new', text: 'New lead' })
    expect(await other.mirror.lookUpStage(other.organization, 'no-such-stage')).to.equal(null)
  })
})
