import { expect } from 'chai'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { addOpportunity, callLever, userId, type CallLever, type Json } from './call-lever.ts'

describe('forms and feedback of the local Lever', () => {
  let lever: LeverForTests
  let api: CallLever
  let ana: string
  let opportunity: string

  before(async () => {
    lever = await startLever({ answers: 'likeliest' })
    await lever.settings({ rateLimit: { enabled: false } })
    api = callLever(lever)
    ana = await userId(api, 'ana')
    opportunity = (await addOpportunity(api, { name: 'Assessed' })).data.id
  })
  after(async () => lever.stop())

  const RATING = { type: 'score-system', text: 'Rating', required: true }
  const TEMPLATE = { text: 'Screen', fields: [RATING, { type: 'textarea', text: 'Comments' }] }
  const make = async (path: string, body: object): Promise<Json> => {
    const answer = await api.send('POST', path, body)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    return answer.body.data
  }
  const feedbackPath = (id = ''): string => `/opportunities/${opportunity}/feedback${id && `/${id}`}?perform_as=${ana}`

  it('give the overall rating its options, and every updated template new fields', async () => {
    const made = await make('/feedback_templates', TEMPLATE)
    expect(made.fields[0].options.map(({ text }: Json) => text)).to.deep.equal([
      '4 - Strong Hire',
      '3 - Hire',
      '2 - No Hire',
      '1 - Strong No Hire',
    ])
    const changed = (await api.send('PUT', `/feedback_templates/${made.id}`, { ...TEMPLATE, text: 'Renamed' })).body.data
    expect(changed.text).to.equal('Renamed')
    expect(changed.fields[0].id).not.to.equal(made.fields[0].id)
  })

  it('refuse templates without exactly one rating or of unknown types or groups, and refuse to delete templates made by people', async () => {
    const refused = [
      { ...TEMPLATE, fields: [{ type: 'text', text: 'x' }] },
      { ...TEMPLATE, fields: [RATING, RATING] },
      { ...TEMPLATE, fields: [RATING, { type: 'song', text: 'x' }] },
      { ...TEMPLATE, fields: [] },
      { ...TEMPLATE, group: 'none' },
    ]
    for (const body of refused) expect((await api.send('POST', '/feedback_templates', body)).status, JSON.stringify(body)).to.equal(400)
    const [theirs] = (await api.get('/feedback_templates')).body.data
    expect((await api.send('DELETE', `/feedback_templates/${theirs.id}`)).status).to.equal(403)
    expect((await make('/feedback_templates', { ...TEMPLATE, group: theirs.group.id })).group).to.deep.equal(theirs.group)
  })

  it('store feedback with values, change it, and still read deleted feedback', async () => {
    const template = await make('/feedback_templates', TEMPLATE)
    const [rating, comments] = template.fields
    const made = await make(feedbackPath(), { baseTemplateId: template.id, fieldValues: [{ id: rating.id, value: '3 - Hire' }] })
    expect(made.fields.map(({ value }: Json) => value)).to.deep.equal(['3 - Hire', null])
    expect([made.updatedAt, made.completedAt]).to.deep.equal([null, made.createdAt])

    await api.send('PUT', feedbackPath(made.id), { fieldValues: [{ id: comments.id, value: 'Kind' }] })
    await api.send('DELETE', feedbackPath(made.id))

    const read = (await api.get(feedbackPath(made.id))).body.data
    expect(read.fields.map(({ value }: Json) => value)).to.deep.equal(['3 - Hire', 'Kind'])
    expect(read.deletedAt).to.be.a('number')
    expect((await api.send('PUT', feedbackPath(made.id), {})).status, 'it is gone').to.equal(400)
  })

  it('refuse feedback without a user or template, with invalid values, or with only one of panel and interview', async () => {
    const template = await make('/feedback_templates', TEMPLATE)
    const [rating] = template.fields
    const refused: [path: string, body: object][] = [
      [`/opportunities/${opportunity}/feedback`, { baseTemplateId: template.id }],
      [feedbackPath(), {}],
      [feedbackPath(), { baseTemplateId: 'none' }],
      [feedbackPath(), { baseTemplateId: template.id, fieldValues: [{ id: 'none', value: 1 }] }],
      [feedbackPath(), { baseTemplateId: template.id, fieldValues: [{ id: rating.id, value: '5 - Marry' }] }],
      [feedbackPath(), { baseTemplateId: template.id, panel: 'p' }],
      [feedbackPath(), { baseTemplateId: template.id, panel: 'p', interview: 'i' }],
    ]
    for (const [path, body] of refused) expect((await api.send('POST', path, body)).status, JSON.stringify(body)).to.equal(400)
    const half = await api.send('POST', feedbackPath(), { baseTemplateId: template.id, interview: 'i' })
    expect(half.body.message).to.contain('together')
  })

  it('show the feedback of an interview with it', async () => {
    const template = await make('/feedback_templates', TEMPLATE)
    const interview = { date: 1, duration: 1, interviewers: [{ id: ana }] }
    const panel = await make(`/opportunities/${opportunity}/panels?perform_as=${ana}`, { timezone: 'UTC', interviews: [interview] })
    const [{ id }] = panel.interviews
    const feedback = await make(feedbackPath(), { baseTemplateId: template.id, panel: panel.id, interview: id })
    expect((await api.get(`/opportunities/${opportunity}/interviews/${id}`)).body.data.feedbackForms).to.deep.equal([feedback.id])
  })

  it('fill in profile forms, which are secret if their template says so', async () => {
    const [, information] = (await api.get('/form_templates')).body.data
    const [start] = information.fields
    const body = { baseTemplateId: information.id, fieldValues: [{ id: start.id, value: 1_800_000_000_000 }] }
    const form = await make(`/opportunities/${opportunity}/forms`, body)
    expect(form).to.deep.include({ type: 'form', secret: true, user: null, stage: 'lead-new' })
    expect((await make(`/opportunities/${opportunity}/forms?perform_as=${ana}`, { ...body, secret: false })).secret).to.equal(false)
    expect((await api.send('POST', `/opportunities/${opportunity}/forms`, { baseTemplateId: 'none' })).status).to.equal(400)
  })

  it('are deleted with an anonymized person, except the interviews', async () => {
    const offers = await Promise.all(
      (await lever.allOpportunities()).map(async ({ id }) => ({ id, data: (await api.get(`/opportunities/${id}/offers`)).body.data })),
    )
    const [assessed, offered] = [opportunity, offers.find(({ data }) => data.length > 0)?.id ?? '']
    await lever.anonymize(assessed)
    await lever.anonymize(offered)
    for (const path of ['feedback', 'forms', 'notes', 'files', 'file_actions'])
      expect((await api.get(`/opportunities/${assessed}/${path}`)).body.data, path).to.be.empty
    expect((await api.get(`/opportunities/${offered}/offers`)).body.data).to.be.empty
    expect((await api.get(`/opportunities/${assessed}/panels`)).body.data).not.to.be.empty
  })
})
