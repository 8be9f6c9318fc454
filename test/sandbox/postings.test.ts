import { expect } from 'chai'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { callLever, postingNamed, userId, type CallLever, type Json } from './call-lever.ts'

describe('postings of the local Lever', () => {
  let lever: LeverForTests
  let api: CallLever
  let ana: string

  beforeEach(async () => {
    lever = await startLever({ answers: 'likeliest' })
    await lever.settings({ rateLimit: { enabled: false } })
    api = callLever(lever)
    ana = await userId(api, 'ana')
  })
  afterEach(async () => lever.stop())

  const create = async (body: object): Promise<Json> => (await api.send('POST', `/postings?perform_as=${ana}`, body)).body.data

  it('are created as drafts, with the given fields, and linked to requisitions by code', async () => {
    const made = await create({
      text: 'Platform Engineer',
      categories: { department: 'Research & Development', team: 'Engineering', location: 'Lisboa' },
      content: { descriptionHtml: '<div>Build <b>it</b>.</div>', lists: [{ text: 'You will', content: '<li>Build</li>' }] },
      requisitionCodes: ['ENG-8'],
      salaryRange: { min: 1, max: 2, currency: 'EUR', interval: 'per-year-salary' },
    })

    expect(made).to.deep.include({ state: 'draft', user: ana, owner: ana, urls: null, distributionChannels: null, reqCode: 'ENG-8' })
    const read = (await api.get(`/postings/${made.id}`)).body.data
    expect(read.categories).to.deep.include({ team: 'Engineering', allLocations: ['Lisboa'], level: null })
    expect(read.content).to.deep.include({ description: 'Build it.\n', closing: '' })
    expect(read.salaryRange.currency).to.equal('EUR')
    const requisition = (await api.get('/requisitions?requisition_code=ENG-8')).body.data[0]
    expect(requisition.postings).to.include(made.id)
  })

  it('change in the given fields only', async () => {
    const before = await postingNamed(api, 'Site Reliability Engineer')
    const path = `/postings/${before.id}?perform_as=${ana}`
    const answer = await api.send('POST', path, { text: 'SRE', categories: { level: 'Senior' }, requisitionCodes: ['ENG-9'] })
    expect(answer.status).to.equal(200)

    const after = await postingNamed(api, 'SRE')

    expect(after).to.deep.include({ id: before.id, state: 'published', content: before.content, requisitionCodes: ['ENG-9'] })
    expect(after.categories).to.deep.equal({ ...before.categories, level: 'Senior' })
    expect(after.updatedAt).to.be.above(before.updatedAt)
    const unlinked = (await api.get('/requisitions?requisition_code=ENG-8')).body.data[0]
    expect(unlinked.postings).not.to.include(before.id)
    await api.send('PUT', path, { state: 'closed' })
    expect((await postingNamed(api, 'SRE')).urls, 'not on the job site any more').to.equal(null)
  })

  it('are refused if Lever refuses them', async () => {
    const refused: [path: string, body: object][] = [
      ['/postings', { text: 'x' }],
      [`/postings?perform_as=${ana}`, {}],
      [`/postings?perform_as=${ana}`, { text: 'x', state: 'lost' }],
      [`/postings?perform_as=${ana}`, { text: 'x', owner: 'nobody' }],
      [`/postings?perform_as=${ana}`, { text: 'x', categories: { team: 'Engineering' } }],
      [`/postings?perform_as=${ana}`, { text: 'x', confidentiality: 'confidential' }],
      [`/postings?perform_as=${ana}`, { text: 'x', workplaceType: 'moon' }],
    ]
    for (const [path, body] of refused) expect((await api.send('POST', path, body)).status, JSON.stringify(body)).to.equal(400)
    const hidden = await postingNamed(api, 'Head of Finance')
    expect((await api.send('POST', `/postings/${hidden.id}?perform_as=${ana}`, { text: 'x' })).status).to.equal(403)
  })

  describe('applications to postings', () => {
    const personal = (fields: Record<string, string>): Json =>
      Object.entries({ fullName: 'Ada Applicant', email: 'ada@example.test', ...fields }).map(([name, value]) => ({ name, value }))
    const found = async (): Promise<Json> => (await api.get('/opportunities?email=ada@example.test&expand=applications')).body.data[0]

    it('create an opportunity at New applicant, with answers and the uploaded résumé', async () => {
      const posting = await postingNamed(api, 'Backend Engineer')
      const questions = (await api.get(`/postings/${posting.id}/apply`)).body.data.customQuestions
      const form = new FormData()
      form.set('file', new File(['%PDF-1.4 ada'], 'ada.pdf', { type: 'application/pdf' }))
      const upload = (await api.send('POST', '/uploads', form)).body.data

      const { status, body } = await api.send('POST', `/postings/${posting.id}/apply`, {
        personalInformation: personal({ phone: '555', currentCompany: 'Analytical', resume: upload.uri }),
        urls: [{ name: 'LinkedIn', value: 'https://example.test/ada' }],
        customQuestions: questions.map(({ id }: Json) => ({ id, fields: [{ value: 'Doctorate degree' }, { value: null }] })),
        eeoResponses: { gender: 'Decline to self-identify' },
        ipAddress: '127.0.0.9',
      })

      expect(status).to.equal(201)
      const opportunity = await found()
      expect(opportunity).to.deep.include({ stage: 'applicant-new', origin: 'applied', sources: ['Job site'], owner: posting.owner })
      expect([opportunity.sourcedBy, 'userId' in opportunity.stageChanges[0]]).to.deep.equal([null, false])
      expect(opportunity.applications[0]).to.deep.include({
        id: body.data.applicationId,
        type: 'posting',
        name: 'Ada Applicant',
        company: 'Analytical',
        phone: { type: null, value: '555' },
        links: ['https://example.test/ada'],
        ipAddress: '127.0.0.9',
      })
      expect(opportunity.applications[0].customQuestions[0].fields[0].value).to.equal('Doctorate degree')
      expect((await api.get(`/opportunities/${opportunity.id}/resumes`)).body.data[0].file.name).to.equal('ada.pdf')
      expect((await api.get('/eeo/responses')).body.data[0].gender).to.equal('Decline to self-identify')
      expect((await api.get('/eeo/responses/pii')).body.data[0].applicationId).to.equal(body.data.applicationId)
    })

    it('have the origin internal if the posting is unlisted', async () => {
      const posting = await postingNamed(api, 'Chief of Staff')
      await api.send('POST', `/postings/${posting.id}/apply`, { personalInformation: personal({}) })
      expect((await found()).origin).to.equal('internal')
    })

    it('are refused if they are incomplete, or if the posting accepts none', async () => {
      const open = await postingNamed(api, 'Backend Engineer')
      const closed = await postingNamed(api, 'Support Lead')
      const refused: [id: string, body: object][] = [
        [open.id, {}],
        [open.id, { personalInformation: [{ name: 'fullName', value: 'Ada' }] }],
        [open.id, { personalInformation: personal({ email: 'nonsense' }) }],
        [open.id, { personalInformation: personal({ resume: 'https://example.test/uploads/none' }) }],
        [closed.id, { personalInformation: personal({}) }],
      ]
      for (const [id, body] of refused)
        expect((await api.send('POST', `/postings/${id}/apply`, body)).status, JSON.stringify(body)).to.equal(400)
      expect(await found()).to.equal(undefined)
    })
  })
})
