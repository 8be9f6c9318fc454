import { expect } from 'chai'
import { got, type Got } from 'got'
import { CookieJar } from 'tough-cookie'
import { eventually } from '../support/eventually.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { addOpportunity, callLever, postingNamed, userId, type CallLever, type Json } from './call-lever.ts'
import { startReceiver } from './webhook-receiver.ts'

describe('pages of the local Lever for jobs, requisitions, interviews, and offers', () => {
  let lever: LeverForTests
  let api: CallLever
  let browser: Got

  beforeEach(async () => {
    lever = await startLever()
    await lever.settings({ rateLimit: { enabled: false } })
    api = callLever(lever)
    browser = got.extend({ prefixUrl: lever.url, cookieJar: new CookieJar(), throwHttpErrors: false, retry: { limit: 0 } })
    await browser.post('sign-in', { form: { email: 'ana@acme.example', next: '/' } })
  })
  afterEach(async () => lever.stop())

  const press = async (path: string, form: Record<string, string> = {}): Promise<number> => (await browser.post(path, { form })).statusCode
  const requisition = async (code: string): Promise<Json> => (await api.get(`/requisitions?requisition_code=${code}`)).body.data[0]
  async function candidate(): Promise<Json> {
    const posting = await postingNamed(api, 'Backend Engineer')
    return (await addOpportunity(api, { name: 'Handled', emails: ['handled@example.test'], postings: [posting.id] })).data
  }

  it('create, close, and delete a requisition', async () => {
    expect((await browser.get('requisitions')).body)
      .to.contain('ENG-7 Backend Engineer')
      .and.contain('1 of unlimited hired')
    const form = { requisitionCode: 'HAND-1', name: 'By Hand', headcountTotal: '3' }
    expect((await browser.post('requisitions', { form })).body)
      .to.contain('HAND-1 By Hand')
      .and.contain('0 of 3 hired')
    const made = await requisition('HAND-1')
    expect(made).to.include({ creator: await userId(api, 'ana'), headcountTotal: 3, status: 'open' })
    expect(await press('requisitions', form), 'the code is taken').to.equal(422)
    expect(await press('requisitions', { ...form, requisitionCode: 'HAND-2', headcountTotal: 'many' })).to.equal(400)
    expect((await browser.get('requisitions')).body, 'the browser names the field and keeps the form').to.include(
      'pattern="unlimited|[0-9]+"',
    )
    await press(`requisitions/${made.id}/status`, { status: 'closed' })
    expect((await requisition('HAND-1')).closedAt).to.be.a('number')
    await press(`requisitions/${made.id}/delete`)
    expect((await api.get(`/requisitions/${made.id}`)).status).to.equal(404)
    expect((await browser.get('requisitions/none')).statusCode).to.equal(404)
  })

  it('switch who may write requisitions', async () => {
    const fields = { requisitionCode: 'MODE-1', name: 'Mode', headcountTotal: 1 }
    const writes = async (): Promise<(number | string)[]> => [
      (await api.send('POST', '/requisitions', { ...fields, requisitionCode: `API-${Math.random()}` })).status,
      (await api.send('PUT', '/requisitions/none', fields)).status,
      (await api.send('DELETE', '/requisitions/none')).status,
      await press('requisitions', { ...fields, requisitionCode: `PAGE-${Math.random()}`, headcountTotal: '1' }),
    ]
    expect(await writes(), 'hybrid').to.deep.equal([201, 404, 404, 200])
    await press('settings/requisitions', { mode: 'lever' })
    expect(await writes(), 'Lever only').to.deep.equal([403, 403, 403, 200])
    await press('settings/requisitions', { mode: 'api' })
    expect(await writes(), 'the API alone').to.deep.equal([201, 404, 404, 403])
    expect((await browser.get('settings/requisitions')).body).to.match(/checked\s[^>]*value="api"|value="api"[^>]*checked/)
    expect(await press('settings/requisitions', { mode: 'nobody' })).to.equal(400)
  })

  it('schedule, move, and cancel an interview, which the API can read but not change', async () => {
    const receiver = await startReceiver()
    for (const event of ['interviewCreated', 'interviewUpdated', 'interviewDeleted']) await lever.addWebhook(event, receiver.url)
    const { id } = await candidate()
    const read = async (): Promise<Json> => (await api.get(`/opportunities/${id}/interviews`)).body.data[0]
    const [ana, bo] = [await userId(api, 'ana'), await userId(api, 'bo')]

    await press(`candidates/${id}/interview`, { subject: 'Coffee', interviewer: bo, date: '2027-01-05T10:00' })
    const made = await read()
    expect(made).to.deep.include({ subject: 'Coffee', user: ana, date: Date.UTC(2027, 0, 5, 10), canceledAt: null })
    await press(`interviews/${made.id}/move`, { date: '2027-01-06T11:30' })
    expect((await read()).date).to.equal(Date.UTC(2027, 0, 6, 11, 30))
    expect((await browser.get('interviews')).body)
      .to.contain('Handled')
      .and.contain('2027-01-06 11:30')
    expect((await api.send('DELETE', `/opportunities/${id}/interviews/${made.id}?perform_as=${ana}`)).status).to.equal(403)
    await press(`interviews/${made.id}/cancel`)
    expect((await read()).canceledAt).to.be.a('number')
    expect((await api.get(`/opportunities/${id}/panels`)).body.data[0].canceledAt).to.equal((await read()).canceledAt)
    expect((await browser.get(`candidates/${id}`)).body).to.contain('canceled')
    const told = await eventually('three deliveries', () => (receiver.bodies.length >= 3 ? receiver.bodies : null))
    expect(told.map(({ event }) => event)).to.have.members(['interviewCreated', 'interviewDeleted', 'interviewUpdated'])
    await receiver.stop()
  })

  it('create an offer, send it, and have it signed, with the anticipated start date', async () => {
    const { id } = await candidate()
    const open = await requisition('ENG-7')
    const read = async (): Promise<Json> => (await api.get(`/opportunities/${id}/offers`)).body.data[0]
    await press(`candidates/${id}/offer`, { requisition: open.id, salary: '150000', startDate: '2027-02-01' })
    const draft = await read()
    expect(draft).to.include({ status: 'draft', approved: null, sentAt: null })
    expect(draft.fields).to.deep.include({
      text: 'Anticipated start date',
      identifier: 'anticipated_start_date',
      value: Date.UTC(2027, 1, 1),
    })
    expect((await requisition('ENG-7')).offerIds).to.include(draft.id)
    for (const step of ['approve', 'send', 'sign', 'deny']) await press(`offers/${draft.id}/${step}`)

    const signed = await read()

    expect(signed).to.include({ status: 'signed', approved: true })
    expect(signed.signedDocument).to.have.keys('fileName', 'uploadedAt', 'downloadUrl')
    expect(signed.signatures.candidate).to.include({ email: 'handled@example.test', signed: true })
    expect((await browser.get('offers')).body)
      .to.contain('Handled')
      .and.contain('starts 2027-02-01')
    expect(await press('offers/none/sign')).to.equal(404)
  })

  it('remove a denied offer from its requisition', async () => {
    const { id } = await candidate()
    const open = await requisition('ENG-7')
    await press(`candidates/${id}/offer`, { requisition: open.id, salary: '1', startDate: '2027-02-01' })
    const [offer] = (await api.get(`/opportunities/${id}/offers`)).body.data
    await press(`offers/${offer.id}/deny`)
    expect((await requisition('ENG-7')).offerIds).not.to.include(offer.id)
    await press(`candidates/${id}/hire`, { requisition: open.id })
    expect((await requisition('ENG-7')).headcountHired).to.equal(open.headcountHired + 1)
    await press(`candidates/${id}/unarchive`)
    expect((await requisition('ENG-7')).headcountHired).to.equal(open.headcountHired)
  })

  it('list the jobs, and delete one, whose id remains in the list of deleted ones', async () => {
    expect((await browser.get('jobs')).body)
      .to.contain('Backend Engineer')
      .and.contain('数据工程师')
    const posting = await postingNamed(api, 'Backend Engineer')
    expect((await browser.get(`jobs/${posting.id}`)).body).to.contain('ENG-7')
    await press(`jobs/${posting.id}/delete`)
    expect((await api.get(`/postings/${posting.id}`)).status).to.equal(404)
    expect((await api.get('/postings/deleted')).body.data[0]).to.have.keys('id', 'deletedAt')
    expect((await requisition('ENG-7')).postings).not.to.include(posting.id)
    expect((await browser.get('candidates')).statusCode, 'those who applied are still shown').to.equal(200)
  })

  it('record in the audit log who created a key', async () => {
    await press('settings/api-credentials/generate', { name: 'Mine', everything: 'true' })
    const [event] = (await api.get('/audit_events?type=key:added')).body.data
    expect(event).to.deep.include({ type: 'key:added', meta: {} })
    expect([event.user.email, event.target.label]).to.deep.equal(['ana@acme.example', 'Mine'])
    expect((await api.get('/audit_events?user_id=nobody')).body.data).to.be.empty
  })
})
