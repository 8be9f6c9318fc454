import { expect } from 'chai'
import { LeverPostingModel } from '../../src/mirror/lever-record-models.ts'
import { eventually } from '../support/eventually.ts'
import {
  exportAndWait,
  newPerson,
  SOURCE,
  SOURCER,
  startService,
  waitForEnd,
  type Api,
  type ExportAnswer,
  type ServiceForTests,
} from '../support/service.ts'
import { ofExports } from './requests-of-exports.ts'

interface Preview {
  allowed: boolean
  problems: { code: string }[]
  duplicates: { opportunityId: string; stage: { id: string } | null; archived: unknown }[]
  duplicatesChecked: string
  request: { method: string; path: string; query: Record<string, string>; body: Record<string, unknown> } | null
}

describe('export:', () => {
  let service: ServiceForTests
  let api: Api
  let organization: { id: string; apiKey: string }

  before(async function () {
    this.timeout(60_000)
    service = await startService({ LEASE_MS: '10000', LEVER_TIMEOUT_MS: '8000' })
    organization = await service.connected()
    api = service.api(organization.apiKey)
  })
  after(() => service.stop())

  async function candidate(fields: Record<string, unknown> = {}): Promise<{ id: string; emails: string[] }> {
    const { body, status } = await api.post<{ id: string; emails: string[] }>('candidates', newPerson(fields))
    expect(status).to.equal(201)
    return body
  }

  async function boInLever(): Promise<string> {
    const { body } = await api.get<{ data: { userEmail: string; leverUserId: string }[] }>('user-mappings')
    return body.data.find(({ userEmail }) => userEmail === SOURCER)?.leverUserId ?? ''
  }

  async function openPosting(): Promise<{ id: string; text: string }> {
    const { body } = await api.get<{ data: { id: string; text: string; open: boolean }[] }>('lever/postings?limit=100')
    const posting = body.data.find(({ open }) => open)
    if (!posting) throw new Error('no open posting')
    return posting
  }

  describe('an export', () => {
    it('creates one general opportunity at New lead, with source, origin, and owner', async () => {
      const { id, emails } = await candidate({
        phones: [{ type: 'mobile', value: '+1 555 0100' }],
        links: ['https://in.example/one'],
        tags: ['Go'],
      })

      const done = await exportAndWait(api, { candidateId: id })

      const all = await service.lever.opportunitiesByEmail(emails[0] ?? '')
      const bo = await boInLever()
      expect(all).to.have.length(1)
      expect(all[0]).to.include({
        id: done.opportunityId,
        stage: 'lead-new',
        origin: 'sourced',
        owner: bo,
        sourcedBy: bo,
        headline: 'Engineer',
      })
      expect(all[0]?.sources).to.deep.equal([SOURCE])
      expect(all[0]?.applications).to.deep.equal([])
      expect(all[0]?.links).to.deep.equal(['https://in.example/one'])
      expect(all[0]?.phones).to.deep.equal([{ type: 'mobile', value: '+1 555 0100' }])
      expect(done).to.include({ status: 'exported', url: all[0]?.urls.show, waitingFor: null })
      expect(done.stage).to.deep.equal({ id: 'lead-new', text: 'New lead' })
    })

    it('shows its result on the candidate', async () => {
      const { id } = await candidate()

      const done = await exportAndWait(api, { candidateId: id })

      const { body } = await api.get<{ export: unknown; lever: { opportunityId: string; stage: unknown } }>(`candidates/${id}`)
      expect(body.export).to.deep.equal({ id: done.id, status: 'exported' })
      expect(body.lever).to.deep.include({ opportunityId: done.opportunityId, stage: { id: 'lead-new', text: 'New lead' } })
    })

    it('goes to the chosen posting', async () => {
      const posting = await openPosting()
      const { id, emails } = await candidate()

      const done = await exportAndWait(api, { candidateId: id, postingId: posting.id })

      const [opportunity] = await service.lever.opportunitiesByEmail(emails[0] ?? '')
      expect(opportunity?.application?.posting).to.equal(posting.id)
      expect(done.target).to.deep.equal({ kind: 'posting', postingId: posting.id, title: posting.text })
      const { body } = await api.get<{ lever: { postings: string[] } }>(`candidates/${id}`)
      expect(body.lever.postings).to.deep.equal([posting.id])
    })

    it('costs one look-up and one create call for a candidate with one email address, and nothing else', async () => {
      const { id } = await candidate()
      await service.lever.clearRequests()

      await exportAndWait(api, { candidateId: id })

      const calls = ofExports(await service.lever.requests()).map(({ method, path }) => `${method} ${path}`)
      expect(calls).to.deep.equal(['GET /opportunities', 'POST /opportunities'])
    })

    it('sends exactly what the preview showed, key by key; the preview writes nothing', async () => {
      const posting = await openPosting()
      const { id } = await candidate({ location: 'Lisboa', tags: ['$where', 'Go'], profileUrl: 'https://tool.example/p/1' })
      const wish = { candidateId: id, requestedBy: SOURCER, postingId: posting.id }
      await service.lever.clearRequests()

      const preview = await api.post<Preview>('exports/preview', wish)
      const writesOfPreview = (await service.lever.requests()).filter(({ method }) => method !== 'GET')
      await exportAndWait(api, wish)

      const sent = (await service.lever.requests('/opportunities')).find(({ method }) => method === 'POST')
      expect(preview.body).to.deep.include({ allowed: true, duplicates: [], duplicatesChecked: 'lever' })
      expect(writesOfPreview).to.deep.equal([])
      expect(preview.body.request?.body).to.deep.equal(sent?.body)
      expect(preview.body.request?.query).to.deep.equal(sent?.query)
      expect(preview.body.request).to.include({ method: 'POST', path: '/v1/opportunities' })
    })

    it('can add the candidate in the same request', async () => {
      const person = newPerson({ externalId: 'tool-77' })

      const done = await exportAndWait(api, { candidate: person })

      expect(done.status).to.equal('exported')
      const known = await api.post<{ name: string }>('candidates', person)
      expect(known.status, 'the candidate is here').to.equal(200)
    })

    it('starts at once when the service is idle', async () => {
      const { id } = await candidate()
      const startedAt = performance.now()

      await exportAndWait(api, { candidateId: id })

      expect(performance.now() - startedAt).to.be.below(5000)
    })

    it('writes its note once, as the same Lever user', async () => {
      const { id } = await candidate()

      const { id: exportId, opportunityId } = await exportAndWait(api, { candidateId: id, note: 'Asked about notice period.' })
      await eventually(
        'the note is written',
        async () => (await api.get<ExportAnswer>(`exports/${exportId}`)).body.note?.status === 'written',
      )

      const notes = await service.lever.notesOf(opportunityId ?? '')
      expect(notes.map(({ entries, user }) => [entries[0]?.value, user])).to.deep.equal([['Asked about notice period.', await boInLever()]])
    })

    it('goes to the configured stage', async () => {
      const { body } = await api.get<{ data: { id: string; text: string }[] }>('lever/stages')
      const stage = body.data.at(4)
      await api.patch('connection/settings', { defaultStageId: stage?.id })
      const { id } = await candidate()

      const done = await exportAndWait(api, { candidateId: id })
      await api.patch('connection/settings', { defaultStageId: null })

      expect(done.stage).to.deep.equal(stage)
    })
  })

  describe('a person who is already in Lever', () => {
    it('stops the export, which names the existing opportunities', async () => {
      const { id, emails } = await candidate()
      const there = await service.lever.addOpportunity({ name: 'Known', emails: [(emails[0] ?? '').toUpperCase()] })

      const done = await exportAndWait(api, { candidateId: id })

      expect(done).to.include({ status: 'duplicate', duplicateOf: there.id, url: there.urls.show, opportunityId: null })
      expect(await service.lever.opportunitiesByEmail(emails[0] ?? '')).to.have.length(1)
    })

    it('is found by any of several email addresses, archived or not; the newest unarchived opportunity is named', async () => {
      const { id, emails } = await candidate({ emails: ['first@mail.example', 'second@mail.example'] })
      const active = await service.lever.addOpportunity({ emails: [emails[1] ?? ''] })
      const archived = await service.lever.addOpportunity({ emails: [emails[1] ?? ''] })
      await service.lever.archive(archived.id, 'Withdrew')

      const preview = await api.post<Preview>('exports/preview', { candidateId: id, requestedBy: SOURCER })
      const done = await exportAndWait(api, { candidateId: id })

      expect(preview.body.duplicates.map(({ opportunityId }) => opportunityId)).to.have.members([active.id, archived.id])
      expect(preview.body.request).to.equal(null)
      expect(done).to.include({ status: 'duplicate', duplicateOf: active.id })
    })

    it('is linked on request: nothing is created, and only the note is written to the existing opportunity', async () => {
      const { id, emails } = await candidate()
      const there = await service.lever.addOpportunity({ emails: [emails[0] ?? ''] })

      const done = await exportAndWait(api, { candidateId: id, onDuplicate: 'link', note: 'Seen again.' })
      await eventually(
        'the note is written',
        async () => (await api.get<ExportAnswer>(`exports/${done.id}`)).body.note?.status === 'written',
      )

      expect(done).to.include({ status: 'exported', opportunityId: there.id, duplicateOf: there.id })
      expect(await service.lever.opportunitiesByEmail(emails[0] ?? '')).to.have.length(1)
      expect((await service.lever.notesOf(there.id)).length).to.equal(1)
    })

    it('gets an additional opportunity on request', async () => {
      const { id, emails } = await candidate()
      await service.lever.addOpportunity({ emails: [emails[0] ?? ''] })

      const done = await exportAndWait(api, { candidateId: id, onDuplicate: 'create' })

      expect(done.status).to.equal('exported')
      expect(await service.lever.opportunitiesByEmail(emails[0] ?? '')).to.have.length(2)
    })

    it('is detected when two candidates with the same email address are exported at once, even if Lever’s search lags', async () => {
      const email = 'shared-box@mail.example'
      const [one, two] = await Promise.all([candidate({ emails: [email] }), candidate({ emails: [email] })])
      await service.lever.settings({ searchLagMs: 1500 })

      const done = await Promise.all([one, two].map(({ id }) => exportAndWait(api, { candidateId: id })))
      await service.lever.settings({ searchLagMs: 0 })

      expect(done.map(({ status }) => status).toSorted()).to.deep.equal(['duplicate', 'exported'])
      expect(await service.lever.opportunitiesByEmail(email)).to.have.length(1)
    })
  })

  describe('an export that is not allowed', () => {
    const refusal = async (wish: Record<string, unknown>): Promise<[number, unknown]> => {
      const { status, body } = await api.post('exports', { requestedBy: SOURCER, ...wish })
      return [status, body['code']]
    }

    it('is refused for a requester who is not mapped, inactive, or unknown', async () => {
      const { id } = await candidate()
      await api.put('users/new@acme.example', { name: 'New', role: 'sourcer' })
      await api.put('users/gone@acme.example', { name: 'Gone', role: 'sourcer', active: false })

      expect(await refusal({ candidateId: id, requestedBy: 'new@acme.example' })).to.deep.equal([403, 'user_not_mapped'])
      expect(await refusal({ candidateId: id, requestedBy: 'gone@acme.example' })).to.deep.equal([403, 'user_inactive'])
      expect(await refusal({ candidateId: id, requestedBy: 'nobody@acme.example' })).to.deep.equal([403, 'user_not_mapped'])
    })

    it('is refused for a person who was removed and added again, because removal deletes the mapping', async () => {
      const { id } = await candidate()
      await api.put('users/chidi@acme.example', { name: 'Chidi', role: 'sourcer' })
      await api.put('user-mappings/chidi@acme.example', { leverEmail: 'chidi@acme.example' })

      await api.delete('users/chidi@acme.example')
      await api.put('users/chidi@acme.example', { name: 'Chidi', role: 'sourcer' })

      expect(await refusal({ candidateId: id, requestedBy: 'chidi@acme.example' })).to.deep.equal([403, 'user_not_mapped'])
    })

    it('is refused while the mapping is inactive', async () => {
      const { id } = await candidate()
      await api.put(`user-mappings/${SOURCER}`, { leverEmail: SOURCER, active: false })

      const refused = await refusal({ candidateId: id })
      await api.put(`user-mappings/${SOURCER}`, { leverEmail: SOURCER, active: true })

      expect(refused).to.deep.equal([403, 'mapping_inactive'])
    })

    it('is refused when its target does not exist or is not open', async () => {
      const { id } = await candidate()
      const postings = await api.get<{ data: { id: string; state: string }[] }>('lever/postings?limit=100')
      const closed = postings.body.data.find(({ state }) => state === 'closed')
      const requisitions = await api.get<{ data: { id: string; postings: string[] }[] }>('lever/requisitions')
      const requisition = requisitions.body.data.find(({ postings: on }) => on.length > 0)
      const other = postings.body.data.find(({ id: posting, state }) => state === 'published' && !requisition?.postings.includes(posting))

      expect(await refusal({ candidateId: 'no-such' })).to.deep.equal([422, 'candidate_not_found'])
      expect(await refusal({ candidateId: id, postingId: 'no-such' })).to.deep.equal([422, 'posting_not_found'])
      expect(await refusal({ candidateId: id, postingId: closed?.id })).to.deep.equal([409, 'posting_closed'])
      expect(await refusal({ candidateId: id, requisitionId: 'no-such' })).to.deep.equal([422, 'requisition_not_found'])
      expect(await refusal({ candidateId: id, postingId: other?.id, requisitionId: requisition?.id })).to.deep.equal([
        422,
        'requisition_not_on_posting',
      ])
    })

    it('uses the only open posting of a requisition, and requires a posting if the requisition has none or several', async () => {
      const requisitions = await api.get<{ data: { id: string; requisitionCode: string; postings: string[] }[] }>('lever/requisitions')
      const two = requisitions.body.data.find(({ postings }) => postings.length === 2)
      const ofTwo = { organization: organization.id, leverId: { $in: two?.postings ?? [] } }
      const mirrored = await LeverPostingModel.find(ofTwo).lean()
      const wish = { candidateId: (await candidate()).id, requisitionId: two?.id }

      await LeverPostingModel.updateMany(ofTwo, { state: 'published' })
      const ofSeveral = await refusal(wish)
      await LeverPostingModel.updateMany(ofTwo, { state: 'closed' })
      const ofNone = await refusal(wish)
      for (const { _id, state } of mirrored) await LeverPostingModel.updateOne({ _id }, { state })
      const { status, body } = await api.post<ExportAnswer & { target: object; requisition: object }>('exports', {
        ...wish,
        requestedBy: SOURCER,
      })

      expect(mirrored.map(({ state }) => state)).to.have.members(['published', 'closed'])
      expect([ofSeveral, ofNone]).to.deep.equal([[422, 'posting_required'], [422, 'posting_required']]) // prettier-ignore
      const open = mirrored.find(({ state }) => state === 'published')
      expect(status).to.equal(202)
      expect(body.target).to.deep.equal({ kind: 'posting', postingId: open?.leverId, title: open?.text })
      expect(body.requisition).to.deep.include({ requisitionId: two?.id, requisitionCode: two?.requisitionCode })
    })

    it('is refused the second time for the same target, even if both requests come at once', async () => {
      const { id } = await candidate()

      const both = await Promise.all(
        [1, 2].map(() => api.post<ExportAnswer & { exportId: string }>('exports', { candidateId: id, requestedBy: SOURCER })),
      )
      const [accepted, refused] = both.toSorted((a, b) => a.status - b.status)
      await waitForEnd(api, accepted?.body.id ?? '')
      const later = await api.post('exports', { candidateId: id, requestedBy: SOURCER, onDuplicate: 'create' })

      expect(both.map(({ status }) => status)).to.have.members([202, 409])
      expect(refused?.body).to.deep.include({ code: 'already_exported', exportId: accepted?.body.id })
      expect(later.body).to.deep.include({ code: 'already_exported', exportId: accepted?.body.id })
    })

    it('fails with the same code if the reason arises after it was accepted', async () => {
      const { id, emails } = await candidate()
      await service.lever.fault({ match: { method: 'GET', path: '^/opportunities$' }, kind: 'status', status: 500, times: 100 })
      const asked = await api.post<ExportAnswer>('exports', { candidateId: id, requestedBy: SOURCER })
      await eventually(
        'it waits for Lever',
        async () => (await api.get<ExportAnswer>(`exports/${asked.body.id}`)).body.waitingFor === 'lever',
      )

      await api.put(`user-mappings/${SOURCER}`, { leverEmail: SOURCER, active: false })
      const done = await waitForEnd(api, asked.body.id)
      await service.lever.clearFaults()
      await api.put(`user-mappings/${SOURCER}`, { leverEmail: SOURCER, active: true })

      expect([done.status, done.error?.code]).to.deep.equal(['failed', 'mapping_inactive'])
      expect(await service.lever.opportunitiesByEmail(emails[0] ?? '')).to.have.length(0)
    })

    it('is never visible to another organization', async () => {
      const { id } = await candidate()
      const done = await exportAndWait(api, { candidateId: id })
      const other = await service.organization()

      const seen = await other.api.get(`exports/${done.id}`)
      const list = await other.api.get<{ data: unknown[] }>('exports')
      const asked = await other.api.post('exports', { candidateId: id, requestedBy: SOURCER })

      expect(seen.status).to.equal(404)
      expect(list.body.data).to.deep.equal([])
      expect(asked.body['code']).to.equal('connection_not_active')
    })
  })
})
