import { expect } from 'chai'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { callLever, postingNamed, userId, type CallLever, type Json } from './call-lever.ts'

describe('requisitions of the local Lever', () => {
  let lever: LeverForTests
  let api: CallLever

  beforeEach(async () => {
    lever = await startLever({ answers: 'likeliest' })
    await lever.settings({ rateLimit: { enabled: false } })
    api = callLever(lever)
  })
  afterEach(async () => lever.stop())

  const read = async (id: string): Promise<Json> => (await api.get(`/requisitions/${id}`)).body.data
  const create = async (fields: object): Promise<string> => {
    const answer = await api.send('POST', '/requisitions', fields)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    return answer.body.data.id
  }
  const BASE = { requisitionCode: 'NEW-1', name: 'New Role', headcountTotal: 2 }

  it('are created and linked to postings at both ends', async () => {
    const posting = await postingNamed(api, 'Data Scientist')
    const bo = await userId(api, 'bo')

    const id = await create({ ...BASE, owner: bo, postingIds: [posting.id], compensationBand: BAND, customFields: { cost_center: 'CC-1' } })

    expect(await read(id)).to.deep.include({
      requisitionCode: 'NEW-1',
      status: 'open',
      headcountInfinite: false,
      owner: bo,
      creator: null,
      compensationBand: BAND,
      customFields: { cost_center: 'CC-1' },
      postings: [posting.id],
      internalNotes: '',
      approval: { steps: [] },
    })
    expect((await postingNamed(api, 'Data Scientist')).requisitionCodes).to.deep.equal(['NEW-1'])
    expect((await postingNamed(api, 'Data Scientist')).reqCode).to.equal('NEW-1')
  })

  it('are returned from writes as the raw record, as recorded', async () => {
    const { body } = await api.send('POST', '/requisitions', { ...BASE, name: 'Final Role Save', employmentStatus: 'full-time' })
    expect(Object.keys(body.data)).to.have.members([...RAW, 'employmentStatus'])
    expect(body.data.search.nameCodeTokens).to.include.members(['final role', 'final role save', 'new', 'new-1'])
    expect(body.data.stateHistory[0]).to.have.keys('beginAt', 'status', 'attribution')
    const replaced = await api.send('PUT', `/requisitions/${body.data.id}`, { ...BASE, headcountTotal: 'unlimited' })
    expect([replaced.status, replaced.body.data.headcountInfinite]).to.deep.equal([200, true])
    expect(Object.keys(replaced.body.data)).to.have.members(RAW)
  })

  it('lose the fields that a PUT omits, but not their postings, whose codes follow a change of theirs', async () => {
    const posting = await postingNamed(api, 'Data Scientist')
    const id = await create({ ...BASE, team: 'Data', internalNotes: 'quietly', compensationBand: BAND, postingIds: [posting.id] })

    await api.send('PUT', `/requisitions/${id}`, { ...BASE, requisitionCode: 'NEW-2', status: 'closed' })

    const closed = await read(id)
    expect(closed).to.deep.include({ team: null, internalNotes: '', compensationBand: null, status: 'closed', postings: [posting.id] })
    expect(closed.closedAt).to.be.a('number')
    expect((await postingNamed(api, 'Data Scientist')).requisitionCodes).to.deep.equal(['NEW-2'])
    await api.send('PUT', `/requisitions/${id}`, { ...BASE, postingIds: [] })
    expect(await read(id)).to.deep.include({ postings: [], closedAt: null, requisitionCode: 'NEW-1' })
    expect((await postingNamed(api, 'Data Scientist')).requisitionCodes).to.deep.equal([])
  })

  it('can be deleted, which removes their code from the postings', async () => {
    const posting = await postingNamed(api, 'Data Scientist')
    const id = await create({ ...BASE, postingIds: [posting.id] })
    expect((await api.send('DELETE', `/requisitions/${id}`)).status).to.equal(204)
    expect((await api.get(`/requisitions/${id}`)).status).to.equal(404)
    expect((await postingNamed(api, 'Data Scientist')).requisitionCodes).to.deep.equal([])
  })

  it('are refused if Lever refuses them', async () => {
    await api.send('POST', '/requisition_fields', { id: 'must', text: 'Must', type: 'number', isRequired: true })
    const good = { ...BASE, customFields: { must: 1 } }
    const refused: object[] = [
      { ...good, requisitionCode: 'ENG-7' },
      { ...good, headcountTotal: 'some' },
      { ...good, headcountTotal: 1.5 },
      { ...good, name: undefined },
      { ...good, status: 'pending' },
      { ...good, owner: 'none' },
      { ...good, hiringManager: await userId(api, 'gus') },
      { ...good, postingIds: ['none'] },
      { ...good, createdAt: Date.now() + 60_000 },
      { ...good, customFields: { must: 1, unknown: 1 } },
      { ...good, customFields: { must: 'one' } },
      { ...good, customFields: {} },
    ]
    for (const body of refused) {
      const answer = await api.send('POST', '/requisitions', body)
      expect([answer.status, answer.body.code], JSON.stringify(body)).to.deep.equal([400, 'BadRequestError'])
    }
    expect((await api.send('POST', '/requisitions', good)).status).to.equal(201)
    expect((await api.send('PUT', '/requisitions/none', good)).status).to.equal(404)
    expect((await api.send('PUT', '/requisitions', good)).status, 'no such method').to.equal(405)
  })

  it('keep custom fields of every type, and the options of dropdowns', async () => {
    const make = async (body: object): Promise<Json> => (await api.send('POST', '/requisition_fields', body)).body.data
    await make({ id: 'site', text: 'Site', type: 'object', subfields: [{ id: 'city', text: 'City', type: 'text' }] })
    const cities = await make({ id: 'cities', text: 'Cities', type: 'dropdown', options: [{ text: 'Toronto' }, { text: 'Halifax' }] })
    const options = '/requisition_fields/cities/options'
    const more = await api.send('POST', options, { values: [{ text: 'Iqaluit' }] })
    expect([more.status, more.body.data.options.length]).to.deep.equal([200, 3])
    const [toronto, halifax] = cities.options
    await api.send('PUT', options, { values: [{ id: halifax.id, text: 'Sudbury' }] })
    expect((await api.send('DELETE', options, { values: [toronto.id] })).status).to.equal(204)

    const field = (await api.get('/requisition_fields/cities')).body.data

    expect(field.options.map(({ text }: Json) => text)).to.deep.equal(['Sudbury', 'Iqaluit'])
    expect(field.options[0].id).to.equal(halifax.id)
    const id = await create({ ...BASE, customFields: { cities: 'Iqaluit', site: { city: 'Halifax' }, target_hire_date: 1 } })
    for (const customFields of [{ cities: 'Toronto' }, { site: { street: 'x' } }, { site: 'Halifax' }])
      expect((await api.send('PUT', `/requisitions/${id}`, { ...BASE, customFields })).status, JSON.stringify(customFields)).to.equal(400)
    expect((await api.send('DELETE', '/requisition_fields/cities')).status).to.equal(204)
    expect((await read(id)).customFields).to.deep.equal({ site: { city: 'Halifax' }, target_hire_date: 1 })
  })

  it('refuse invalid custom fields, and answer unknown ones with a specific 404 message', async () => {
    const text = { id: 'x', text: 'X', type: 'text' }
    const refused: object[] = [
      { ...text, id: 'Not Snake' },
      { ...text, id: 'a'.repeat(51) },
      { ...text, type: 'object' },
      { ...text, options: [{ text: 'a' }] },
      { ...text, id: 'cost_center' },
      { ...text, type: 'colour' },
    ]
    for (const body of refused) expect((await api.send('POST', '/requisition_fields', body)).status, JSON.stringify(body)).to.equal(400)
    expect((await api.send('POST', '/requisition_fields/cost_center/options', { values: [{ text: 'a' }] })).status).to.equal(400)
    const changed = { id: 'cost_center', text: 'Cost Center', type: 'number' }
    expect((await api.send('PUT', '/requisition_fields/cost_center', changed)).status).to.equal(400)
    const unknown = await api.get('/requisition_fields/none')
    expect([unknown.status, unknown.body]).to.deep.equal([
      404,
      { code: 'NotFoundError', message: "That requisition field doesn't exist on your account" },
    ])
  })
})

const BAND = { currency: 'USD', interval: 'per-year-salary', min: 1, max: 2 }
/** Fields of every recorded answer to a write. */
const RAW = [
  'accountId',
  'backfill',
  'createdAt',
  'creatorUserId',
  'hasConfidentialPosting',
  'internalNotes',
  'name',
  'ownerUserId',
  'postingIds',
  'requisitionCode',
  'reservedOfferIds',
  'status',
  'stateHistory',
  'updatedAt',
  'headcountInfinite',
  'headcountTotal',
  'headcountHired',
  'customFields',
  'id',
  'search',
]
