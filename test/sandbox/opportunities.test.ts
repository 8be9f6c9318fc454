import { expect } from 'chai'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { addOpportunity, callLever, postingNamed, userId, type CallLever, type Json } from './call-lever.ts'

describe('local Lever: opportunities', () => {
  let lever: LeverForTests
  let api: CallLever
  let ana: string

  before(async () => {
    lever = await startLever({ answers: 'likeliest' })
    await lever.settings({ rateLimit: { enabled: false } })
    api = callLever(lever)
    ana = await userId(api, 'ana')
  })
  after(async () => lever.stop())

  it('creates one at New lead: performer as owner and sourcer, origin sourced, posting as tags and application', async () => {
    const posting = await postingNamed(api, 'Backend Engineer')
    const { data, deduped } = await addOpportunity(api, { name: 'Nia', tags: ['mine'], sources: ['headhuntr.io'], postings: [posting.id] })

    expect(deduped).to.equal(false)
    expect(data).to.deep.include({
      stage: 'lead-new',
      origin: 'sourced',
      owner: ana,
      sourcedBy: ana,
      sources: ['headhuntr.io'],
      followers: posting.followers,
    })
    expect(data.tags).to.deep.equal(['mine', 'Backend Engineer', 'Research & Development', 'Engineering', 'San Francisco, CA', 'Full-time'])
    expect(data.stageChanges[0]).to.include({ toStageId: 'lead-new', toStageIndex: 0, userId: ana })
    const application = (await api.get(`/opportunities/${data.id}/applications/${data.applications[0]}`)).body.data
    expect(application).to.include({ type: 'user', posting: posting.id, user: ana })
    expect((await api.get('/sources')).body.data).to.deep.include({ text: 'headhuntr.io', count: 1 })
  })

  it('refuses what Lever refuses', async () => {
    const [closed, open] = [await postingNamed(api, 'Support Lead'), await postingNamed(api, 'Data Scientist')]
    const path = `/opportunities?perform_as=${ana}`
    const refused: [path: string, body: unknown][] = [
      ['/opportunities', {}],
      ['/opportunities?perform_as=nobody', {}],
      [`/opportunities?perform_as=${await userId(api, 'gus')}`, {}],
      [path, { postings: [open.id, closed.id] }],
      [path, { postings: ['none'] }],
      [path, { stage: 'none' }],
      [path, { owner: 'none' }],
      [path, { origin: 'found' }],
      [path, { createdAt: Date.now() + 60_000 }],
      [path, { createdAt: 2000, archived: { reason: (await api.get('/archive_reasons')).body.data[1].id, archivedAt: 1000 } }],
      [path, { archived: { reason: 'none' } }],
      [path, { contact: 'none' }],
      [path, { postings: [open.id], opportunityLocation: 'Atlantis' }],
      [`${path}&perform_as_posting_owner=true`, {}],
      [path, { emails: 'a@b.c' }],
    ]
    const before = (await lever.allOpportunities()).length
    for (const [to, body] of refused) {
      const answer = await api.send('POST', to, body)
      expect(answer.status, JSON.stringify(body)).to.equal(400)
      expect(answer.body.code).to.equal('BadRequestError')
    }
    expect((await lever.allOpportunities()).length).to.equal(before)
  })

  it('adds a second one to a known contact, whose own data take precedence, and fills in missing data', async () => {
    const first = await addOpportunity(api, { name: 'Ivy Doe', headline: 'One', emails: ['ivy@example.test'] })
    const second = await addOpportunity(api, {
      name: 'Other',
      headline: 'Two',
      emails: ['new@example.test', 'IVY@example.test'],
      links: ['https://example.test/ivy'],
    })

    expect(second.deduped).to.equal(true)
    expect(second.data.id).not.to.equal(first.data.id)
    expect(second.data).to.deep.include({
      contact: first.data.contact,
      name: 'Ivy Doe',
      headline: 'One',
      emails: ['ivy@example.test', 'new@example.test'],
      links: ['https://example.test/ivy'],
    })
    await lever.anonymize(first.data.id)
    expect((await addOpportunity(api, { emails: ['ivy@example.test'] })).deduped, 'anonymized contacts are not linked').to.equal(false)
    expect((await api.get(`/contacts/${first.data.contact}`)).body.data).to.deep.include({ isAnonymized: true, name: '', emails: [] })
    expect((await api.send('PUT', `/contacts/${first.data.contact}`, { name: 'X' })).status).to.equal(400)
  })

  it('accepts archived, back-dated, owner, and perform_as_posting_owner', async () => {
    const reason = (await api.get('/archive_reasons?type=non-hired')).body.data[0].id
    const posting = await postingNamed(api, 'Product Designer')
    const { data } = await addOpportunity(api, { createdAt: 1000, archived: { reason, archivedAt: 2000 }, owner: await userId(api, 'bo') })
    expect(data).to.deep.include({ createdAt: 1000, archived: { reason, archivedAt: 2000 }, owner: await userId(api, 'bo') })
    expect((await addOpportunity(api, { archived: { archivedAt: 5 } })).data.archived, 'ignored without a reason').to.equal(null)
    const helene = await userId(api, 'helene')
    const owned = await api.send('POST', `/opportunities?perform_as=${helene}&perform_as_posting_owner=true`, { postings: [posting.id] })
    expect(owned.body.data).to.include({ owner: posting.owner, sourcedBy: helene })
  })

  const spellings: Record<string, [string, string][]> = {
    'repeated names': [
      ['emails', 'm1@example.test'],
      ['emails', 'm2@example.test'],
      ['phones[0][value]', '1'],
      ['phones[0][type]', 'mobile'],
      ['posting', 'P'],
      ['archived[reason]', 'R'],
    ],
    'names with brackets': [
      ['emails[]', 'm1@example.test'],
      ['emails[]', 'm2@example.test'],
      ['phones[]', '{"value":"1","type":"mobile"}'],
      ['postings[]', 'P'],
      ['archived[reason]', 'R'],
    ],
    'indexed names and JSON': [
      ['emails[0]', 'm1@example.test'],
      ['emails[1]', 'm2@example.test'],
      ['phones', '[{"value":"1","type":"mobile"}]'],
      ['postings', '["P"]'],
      ['archived', '{"reason":"R"}'],
    ],
  }
  for (const [name, fields] of Object.entries(spellings)) {
    it(`reads a multipart form with ${name}`, async () => {
      const posting = await postingNamed(api, 'Data Scientist')
      const reason = (await api.get('/archive_reasons?type=non-hired')).body.data[0].id
      const form = new FormData()
      form.set('name', 'María Ñandú')
      for (const [field, value] of fields) form.append(field, value.replace('P', posting.id).replace('R', reason))
      form.set(
        name === 'repeated names' ? 'resume' : 'resumeFile',
        new File(['%PDF-1.4 résumé'], 'résumé.pdf', { type: 'application/pdf' }),
      )
      form.set('files[0]', new File(['letter'], 'letter.txt', { type: 'text/plain' }))

      const { status, body } = await api.send('POST', `/opportunities?perform_as=${ana}`, form)

      expect(status).to.equal(201)
      expect(body.data).to.deep.include({
        name: 'María Ñandú',
        emails: ['m1@example.test', 'm2@example.test'],
        phones: [{ type: 'mobile', value: '1' }],
      })
      expect([body.data.applications.length, body.data.archived.reason]).to.deep.equal([1, reason])
      const [resume] = (await api.get(`/opportunities/${body.data.id}/resumes`)).body.data
      expect(resume.file).to.include({ name: 'résumé.pdf', ext: 'pdf' })
      expect((await api.get(`/opportunities/${body.data.id}/resumes/${resume.id}/download`)).body).to.equal('%PDF-1.4 résumé')
      expect((await api.get(`/opportunities/${body.data.id}/files`)).body.data[0].name).to.equal('letter.txt')
      await lever.anonymize(body.data.id)
    })
  }

  it('accepts, lists, returns, and removes a file', async () => {
    const { data } = await addOpportunity(api, { name: 'Filed' })
    const form = new FormData()
    form.set('file', new File(['content'], 'cv.txt', { type: 'text/plain' }))
    const made = await api.send('POST', `/opportunities/${data.id}/files?perform_as=${ana}`, form)
    expect(made.status).to.equal(201)
    expect(made.body.data).to.include({ name: 'cv.txt', size: 7, status: 'processed' })
    expect((await api.send('POST', `/opportunities/${data.id}/files?perform_as=${ana}`, new FormData())).status).to.equal(400)
    expect((await api.send('DELETE', `/opportunities/${data.id}/files/${made.body.data.id}?perform_as=${ana}`)).status).to.equal(204)
    expect((await api.get(`/opportunities/${data.id}/files`)).body.data).to.be.empty
  })

  it('moves, archives, hires against a requisition, and unarchives', async () => {
    const posting = await postingNamed(api, 'Backend Engineer')
    const { data } = await addOpportunity(api, { name: 'Mover', postings: [posting.id] })
    const path = `/opportunities/${data.id}`
    await api.send('PUT', `${path}/stage?perform_as=${ana}`, { stage: 'lead-reached-out' })
    const moved = (await api.get(path)).body.data
    expect(moved.stage).to.equal('lead-reached-out')
    expect(moved.stageChanges).to.have.length(2)
    expect(moved.updatedAt).to.be.at.least(data.updatedAt)
    expect((await api.send('PUT', `${path}/stage`, { stage: 'none' })).status).to.equal(400)
    const hired = (await api.get('/archive_reasons?type=hired')).body.data[0].id
    const [requisition] = (await api.get('/requisitions?requisition_code=ENG-7')).body.data
    const closed = (await api.get('/requisitions?status=closed')).body.data[0]
    expect((await api.send('PUT', `${path}/archived`, { reason: hired, requisitionId: closed.id })).status).to.equal(400)
    await api.send('PUT', `${path}/archived`, { reason: hired, requisitionId: requisition.id })
    expect((await api.get(`/requisitions/${requisition.id}`)).body.data.headcountHired).to.equal(requisition.headcountHired + 1)
    const application = (await api.get(`${path}/applications`)).body.data[0]
    expect(application).to.deep.include({
      requisitionForHire: { id: requisition.id, requisitionCode: 'ENG-7', hiringManagerOnHire: requisition.hiringManager },
    })
    expect(application.archived.reason).to.equal(hired)
    await api.send('PUT', `${path}/stage`, { stage: 'offer' })
    expect((await api.get(path)).body.data.archived, 'a move does not unarchive').not.to.equal(null)
    await api.send('PUT', `${path}/archived`, { reason: null })
    expect((await api.get(path)).body.data.archived).to.equal(null)
  })

  it('protects notes made by people from changes through the API', async () => {
    const grace = (await api.get('/opportunities?email=grace.hopper@navy.example')).body.data[0]
    const [note] = (await api.get(`/opportunities/${grace.id}/notes`)).body.data
    expect((await api.send('DELETE', `/opportunities/${grace.id}/notes/${note.id}`)).status).to.equal(403)
    expect((await api.send('POST', `/opportunities/${grace.id}/notes`, { value: '' })).status).to.equal(400)
    const reply = await api.send('POST', `/opportunities/${grace.id}/notes?note_id=${note.id}`, { value: 'Six weeks' })
    expect(reply.body.data.fields.map((field: Json) => field.value)).to.deep.equal(['Asked about notice period', 'Six weeks'])
  })

  it("checks a key's permissions before anything else", async () => {
    const reader = callLever(lever, await lever.newApiKey({ permissions: ['List all opportunities'] }))
    expect((await reader.get('/opportunities?limit=1')).status).to.equal(200)
    for (const answer of [
      await reader.get('/users'),
      await reader.get('/opportunities/none'),
      await reader.send('POST', '/opportunities', {}),
    ]) {
      expect([answer.status, answer.body.code]).to.deep.equal([403, 'ForbiddenError'])
    }
    const writer = callLever(lever, await lever.newApiKey({ permissions: ['Create an opportunity note'] }))
    expect((await writer.send('POST', '/opportunities/none/notes', { value: 'x' })).status, 'a probe with an unknown id').to.equal(404)
    const revoked = await lever.newApiKey()
    await lever.revokeApiKey(revoked)
    expect((await callLever(lever, revoked).get('/users')).status).to.equal(401)
  })

  it('changes, deactivates, and reactivates users', async () => {
    const made = await api.send('POST', '/users', { name: 'New Person', email: 'new.person@acme.example' })
    expect(made.body.data).to.include({ username: 'new.person', accessRole: 'interviewer' })
    expect((await api.send('POST', `/users/${made.body.data.id}/deactivate`)).body.data.deactivatedAt).to.be.a('number')
    expect((await api.get('/users?email=new.person@acme.example')).body.data).to.be.empty
    expect((await api.get(`/users/${made.body.data.id}`)).status).to.equal(200)
    expect((await api.send('POST', `/users/${made.body.data.id}/reactivate`)).body.data.deactivatedAt).to.equal(null)
    expect(
      (await api.send('PUT', `/users/${made.body.data.id}`, { name: 'N', email: 'n@acme.example' })).status,
      'accessRole is required',
    ).to.equal(400)
  })

  it('allows bursts of 20 per credential, then answers 429 without a hint', async () => {
    await lever.settings({ rateLimit: { enabled: true, perSecond: 0.001 } })
    const one = callLever(lever, await lever.newApiKey())
    const answers = await Promise.all(Array.from({ length: 25 }, async () => one.get('/stages')))
    expect(answers.filter(({ status }) => status === 200)).to.have.length(20)
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.headers.has('retry-after')).to.equal(false)
    expect((await callLever(lever, await lever.newApiKey()).get('/stages')).status, 'another key has its own').to.equal(200)
    await lever.settings({ rateLimit: { enabled: false } })
  })
})
