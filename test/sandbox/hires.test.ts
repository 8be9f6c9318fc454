import { expect } from 'chai'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { addOpportunity, callLever, postingNamed, userId, type Answer, type CallLever, type Json } from './call-lever.ts'

describe('hires in the local Lever', () => {
  let lever: LeverForTests
  let api: CallLever
  let hired: string
  let timing: string

  beforeEach(async () => {
    lever = await startLever()
    await lever.settings({ rateLimit: { enabled: false } })
    api = callLever(lever)
    const reasons = (await api.get('/archive_reasons')).body.data
    hired = reasons.find(({ text }: Json) => text === 'Hired').id
    timing = reasons.find(({ text }: Json) => text === 'Timing').id
  })
  afterEach(async () => lever.stop())

  const archive = async (id: string, body: object): Promise<Answer> => api.send('PUT', `/opportunities/${id}/archived`, body)
  const requisition = async (code: string): Promise<Json> => (await api.get(`/requisitions?requisition_code=${code}`)).body.data[0]
  const application = async (id: string): Promise<Json> => (await api.get(`/opportunities/${id}/applications`)).body.data[0]
  async function candidate(name: string): Promise<string> {
    const posting = await postingNamed(api, 'Backend Engineer')
    return (await addOpportunity(api, { name, postings: [posting.id] })).data.id
  }

  it('release the headcount when they are undone, by unarchiving or by another reason', async () => {
    const id = await candidate('Hired and Not')
    const before = await requisition('ENG-7')
    for (const undo of [null, timing]) {
      await archive(id, { reason: hired, requisitionId: before.id })
      expect((await requisition('ENG-7')).headcountHired).to.equal(before.headcountHired + 1)
      await archive(id, { reason: undo })
      expect((await requisition('ENG-7')).headcountHired, String(undo)).to.equal(before.headcountHired)
      expect((await application(id)).requisitionForHire).to.equal(null)
    }
    expect((await requisition('ENG-7')).updatedAt, 'the count does not move it').to.equal(before.updatedAt)
  })

  it('count once, on the requisition named last', async () => {
    const id = await candidate('Hired Twice')
    const [first, second] = [await requisition('ENG-7'), await requisition('ENG-8')]
    await archive(id, { reason: hired, requisitionId: first.id })
    await archive(id, { reason: hired, requisitionId: first.id })
    await archive(id, { reason: hired, requisitionId: second.id })
    expect([(await requisition('ENG-7')).headcountHired, (await requisition('ENG-8')).headcountHired]).to.deep.equal([
      first.headcountHired,
      second.headcountHired + 1,
    ])
    expect((await application(id)).requisitionForHire.requisitionCode).to.equal('ENG-8')
  })

  it('against a requisition require a hired reason and an application', async () => {
    const { id: requisitionId } = await requisition('ENG-7')
    const { data } = await addOpportunity(api, { name: 'General' })
    expect((await archive(data.id, { reason: hired, requisitionId })).status).to.equal(400)
    expect((await archive(await candidate('Archived'), { reason: timing, requisitionId })).status).to.equal(400)
    expect((await archive(data.id, { reason: hired, requisitionId: 'none' })).status).to.equal(400)
  })

  it('require a signed offer of a linked posting if an offer exists, and remove it from the requisition', async () => {
    const offers = new Map<string, Json>()
    for (const { id } of await lever.allOpportunities()) {
      const offer = (await api.get(`/opportunities/${id}/offers?expand=creator`)).body.data[0]
      if (offer && offer.status !== 'denied') offers.set(id, offer)
    }
    const results = new Set<string>()
    for (const [id, offer] of offers) {
      const linked = (await api.get('/requisitions')).body.data.find((one: Json) => one.offerIds.includes(offer.id))
      const target = linked ?? (await requisition('DES-1'))
      const requisitions: Json[] = (await api.get('/requisitions')).body.data
      const other = requisitions.find((one) => one.status !== 'closed' && !one.postings.includes(offer.posting))
      expect((await archive(id, { reason: hired, requisitionId: other.id })).status, 'of another posting').to.equal(400)
      const { status } = await archive(id, { reason: hired, requisitionId: target.id })
      expect(status, `${offer.status}, ${linked ? 'linked' : 'not linked'}`).to.equal(offer.status === 'signed' && linked ? 200 : 400)
      if (status === 200) expect((await api.get(`/requisitions/${target.id}`)).body.data.offerIds).not.to.include(offer.id)
      results.add(String(status))
      expect(offer.fields.map(({ identifier }: Json) => identifier)).to.include('anticipated_start_date')
      expect(offer.creator).to.have.property('email')
    }
    expect(results, 'both happened').to.have.keys('200', '400')
  })

  it('provide offers as PDF once they are sent or signed', async () => {
    for (const { id } of await lever.allOpportunities()) {
      for (const offer of (await api.get(`/opportunities/${id}/offers`)).body.data) {
        const path = `/opportunities/${id}/offers/${offer.id}/download`
        for (const status of ['sent', 'signed']) {
          const answer = await api.get(`${path}?status=${status}`)
          expect(answer.status).to.equal(offer[`${status}Document`] ? 200 : 404)
          if (answer.status === 200) expect(answer.headers.get('content-type')).to.equal('application/pdf')
          if (answer.status === 200)
            expect(answer.body)
              .to.match(/^%PDF-1\.4/)
              .and.contain('Anticipated start date')
        }
        expect((await api.get(`${path}?status=lost`)).status).to.equal(400)
      }
    }
  })

  it('remove future interviews, and only those', async () => {
    const ana = await userId(api, 'ana')
    const id = await candidate('Interviewed')
    const interview = { duration: 30, interviewers: [{ id: ana }] }
    const interviews = [
      { ...interview, date: Date.now() - 86_400_000 },
      { ...interview, date: Date.now() + 86_400_000 },
    ]
    await api.send('POST', `/opportunities/${id}/panels?perform_as=${ana}`, { timezone: 'UTC', interviews })
    const left = async (): Promise<number> => (await api.get(`/opportunities/${id}/interviews`)).body.data.length

    await archive(id, { reason: timing })
    expect(await left()).to.equal(2)
    await archive(id, { reason: timing, cleanInterviews: true })
    expect(await left()).to.equal(1)
  })
})
