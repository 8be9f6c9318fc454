import { expect } from 'chai'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { addOpportunity, callLever, postingNamed, userId, type CallLever, type Json } from './call-lever.ts'
import { expectShape } from './expect-shape.ts'
import { RECORDED } from './recorded-shapes.ts'

describe('shapes of the local Lever', () => {
  let lever: LeverForTests
  let api: CallLever
  let opportunity: Json
  let ana: string

  before(async () => {
    lever = await startLever({ answers: 'likeliest' })
    await lever.settings({ rateLimit: { enabled: false } })
    api = callLever(lever)
    ana = await userId(api, 'ana')
    const posting = await postingNamed(api, 'Backend Engineer')
    const made = await addOpportunity(api, {
      name: 'Shape Sample',
      headline: 'Engineer',
      emails: ['shape@example.test'],
      phones: [{ value: '1', type: 'mobile' }],
      links: ['https://example.test/shape'],
      sources: ['LinkedIn'],
      postings: [posting.id],
    })
    expectShape(made, { deduped: false, data: RECORDED.writtenOpportunity })
    opportunity = made.data
  })
  after(async () => lever.stop())

  const lists: [path: string, shape: unknown][] = [
    ['/users?includeDeactivated=true', RECORDED.user],
    ['/stages', RECORDED.stage],
    ['/archive_reasons', RECORDED.archiveReason],
    ['/sources', RECORDED.source],
    ['/tags', RECORDED.source],
    ['/postings?confidentiality=all', RECORDED.posting],
    ['/requisitions?requisition_code=ENG-7&requisition_code=OPS-2', RECORDED.requisition],
  ]
  for (const [path, shape] of lists) {
    it(`answer GET ${path} field by field as recorded`, async () => {
      const { status, body } = await api.get(path)

      expect(status).to.equal(200)
      expect(body.data).not.to.be.empty
      expectShape(body, { data: [shape], hasNext: false })
    })
  }

  it('list opportunities, contacts, applications, and the undocumented disposition stages as recorded', async () => {
    const list = await api.get('/opportunities?limit=100')
    expectShape(
      { ...list.body, data: list.body.data.filter((one: Json) => one.applications.length > 0) },
      { data: [RECORDED.opportunity], hasNext: true, next: 'n' },
    )
    expectShape((await api.get(`/opportunities/${opportunity.id}`)).body, { data: RECORDED.opportunity })
    expectShape((await api.get(`/opportunities/${opportunity.id}/applications`)).body, { data: [RECORDED.application], hasNext: false })
    expectShape((await api.get(`/contacts/${opportunity.contact}`)).body, { data: RECORDED.contact })
    expectShape((await api.send('PUT', `/contacts/${opportunity.contact}`, { headline: 'Staff' })).body, { data: RECORDED.writtenContact })
    expectShape((await api.get('/disposition_stages')).body, { data: RECORDED.dispositionStages })
  })

  it('provide opportunities by their deprecated name too, on which a Singer tap relies', async () => {
    expectShape((await api.get('/candidates?limit=2')).body, { data: [RECORDED.opportunity], hasNext: true, next: 'n' })
    expect((await api.get(`/candidates/${opportunity.id}/applications`)).body.data).to.have.length(1)
    expect((await api.get(`/candidates/${opportunity.id}/resumes`)).body, 'without any').to.deep.equal({ data: [], hasNext: false })
    expect((await api.send('POST', `/candidates?perform_as=${ana}`, {})).status).to.equal(405)
  })

  it('omit the contact from the responses to stage, archived, tags, and sources, and only from those', async () => {
    const reason = (await api.get('/archive_reasons?type=non-hired')).body.data[0].id
    const writes: [method: 'POST' | 'PUT', path: string, body: unknown][] = [
      ['PUT', `stage?perform_as=${ana}`, { stage: 'lead-reached-out' }],
      ['PUT', 'archived', { reason }],
      ['PUT', 'archived', { reason: null }],
      ['POST', 'addTags', { tags: ['x'] }],
      ['POST', 'removeTags', { tags: ['x'] }],
      ['POST', 'addSources', { sources: ['x'] }],
      ['POST', 'removeSources', { sources: ['x'] }],
    ]
    for (const [method, path, body] of writes) {
      const answer = await api.send(method, `/opportunities/${opportunity.id}/${path}`, body)

      expect(answer.status, path).to.equal(200)
      expect(answer.body.data, path).to.include({ name: '', headline: '' })
      expect([answer.body.data.phones, answer.body.data.emails, answer.body.data.links], path).to.deep.equal([[], [], []])
      expect(Object.keys(answer.body.data), path).to.have.members(Object.keys(RECORDED.writtenOpportunity))
    }
    const links = await api.send('POST', `/opportunities/${opportunity.id}/addLinks`, { links: ['https://example.test/more'] })
    expectShape(links.body, { data: RECORDED.writtenOpportunity })
    expect(links.body.data.name).to.equal('Shape Sample')
  })

  it('return notes with the whole note, and with noteId when one is created', async () => {
    const made = await api.send('POST', `/opportunities/${opportunity.id}/notes?perform_as=${ana}`, { value: 'Asked\nabout notice' })
    expect(made.status).to.equal(201)
    expectShape(made.body, { data: RECORDED.createdNote })
    expectShape((await api.get(`/opportunities/${opportunity.id}/notes`)).body, { data: [RECORDED.note], hasNext: false })
    const path = `/opportunities/${opportunity.id}/notes/${made.body.data.noteId}`
    expect((await api.send('PUT', path, { values: [{ value: 'Changed' }] })).body).to.deep.equal({ data: { noteId: made.body.data.id } })
    expect((await api.get(path)).body.data.fields[0].value).to.equal('Changed')
    expect((await api.send('DELETE', path)).status).to.equal(204)
    expect((await api.get(path)).status).to.equal(404)
  })

  it('return panels and interviews as recorded', async () => {
    const base = `/opportunities/${opportunity.id}`
    const interview = {
      date: 1_783_260_000_000,
      duration: 60,
      interviewers: [{ id: ana }],
      subject: 'Technical Interview',
      note: 'First round',
    }
    const panel = await api.send('POST', `${base}/panels?perform_as=${ana}`, { timezone: 'America/Los_Angeles', interviews: [interview] })
    expect(panel.status).to.equal(201)
    expectShape(panel.body, { data: RECORDED.panel })
    expect(panel.body.data.end - panel.body.data.start).to.equal(3_600_000)
    const more = await api.send('POST', `${base}/interviews?perform_as=${ana}`, { ...interview, panel: panel.body.data.id })
    expectShape(more.body, { data: RECORDED.interview })
    expect((await api.get(`${base}/interviews`)).body.data).to.have.length(2)
    for (const { id } of (await api.get(`${base}/interviews`)).body.data)
      await api.send('DELETE', `${base}/interviews/${id}?perform_as=${ana}`)
    expect((await api.get(`${base}/panels`)).body.data, 'a panel without interviews is gone').to.be.empty
  })

  it('show the signature token of a webhook once, in the response that creates it', async () => {
    const made = await api.send('POST', '/webhooks', { url: 'https://app.example.test/hooks', event: 'candidateHired' })
    expect(made.status).to.equal(201)
    expectShape(made.body, { data: RECORDED.createdWebhook })
    expect(made.body.data.configuration.signatureToken).to.match(/^[0-9a-f]{48}$/)
    expect(made.body.data.configuration.conditions.origins).to.have.length(6)
    expectShape((await api.get('/webhooks')).body, { data: [RECORDED.webhook] })
    expect((await api.send('DELETE', `/webhooks/${made.body.data.id}`)).status).to.equal(204)
    expect((await api.get('/webhooks')).body).to.deep.equal({ data: [] })
    const narrow = { url: 'https://app.example.test/hooks', event: 'candidateHired', configuration: { origins: ['applied'] } }
    const { configuration } = (await api.send('POST', '/webhooks', narrow)).body.data
    expect(configuration.conditions.origins, "as in Lever's Postman collection").to.deep.equal(['applied'])
  })

  it('have the headers and error bodies of Lever', async () => {
    const missing = await api.get('/stages/none')
    expect(missing.status).to.equal(404)
    expect(missing.body).to.deep.equal({ code: 'ResourceNotFound', message: 'stages none was not found' })
    expect((await api.get('/openapi.json')).body.message).to.equal('/v1/openapi.json does not exist')
    const wrong = await api.send('DELETE', '/stages')
    expect([wrong.status, wrong.body.code]).to.deep.equal([405, 'MethodNotAllowed'])
    expect(missing.headers.get('server')).to.equal('lever-data-api')
    expect(missing.headers.get('content-type')).to.equal('application/json; charset=utf-8')
    const nobody = await callLever(lever, 'wrong').get('/users')
    expect(nobody.status).to.equal(401)
    expect(nobody.body).to.deep.equal({ code: 'UnauthorizedError', message: 'The request requires authentication.' })
  })
})
