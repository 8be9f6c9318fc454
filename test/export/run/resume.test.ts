import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { ResumeFileModel } from '../../../src/candidates/resume-file-model.ts'
import { ExportModel } from '../../../src/export/export-model.ts'
import { eventually } from '../../support/eventually.ts'
import type { FaultOrder, LeverRequest } from '../../support/lever.ts'
import { untilItRests, wakeExport } from '../../support/resting-export.ts'
import { sampleDocx, samplePdf, type Bytes } from '../../support/sample-resumes.ts'
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
} from '../../support/service.ts'
import { ofExports } from '../requests-of-exports.ts'
import { QUICK_TIMES } from '../../support/quick-times.ts'

const CREATE = { method: 'POST', path: '^/opportunities$' }

interface WithResume extends ExportAnswer {
  resume: { status: string; detail: string | null } | null
  attempts: { step: string; outcome: string; detail: string | null }[]
}
type Fields = Record<string, unknown>

describe('export with a résumé:', () => {
  let service: ServiceForTests
  let api: Api
  let apiKey: string
  let leverKey: string

  before(async function () {
    this.timeout(60_000)
    service = await startService(QUICK_TIMES)
    await service.lever.settings({ rateLimit: { enabled: false }, answers: { formNames: 'all', noResumes: 'emptyList' } })
    apiKey = (await service.connected()).apiKey
    api = service.api(apiKey)
    leverKey = await service.lever.newApiKey()
  })
  after(() => service.stop())
  afterEach(() => service.lever.clearFaults())

  const put = async (id: string, bytes: Bytes, filename: string): Promise<void> => {
    const body = new FormData()
    body.append('file', new Blob([bytes]), filename)
    const headers = { authorization: `Bearer ${apiKey}` }
    const answer = await fetch(`${service.url}/api/v1/candidates/${id}/resume`, { method: 'PUT', body, headers })
    expect(answer.status, await answer.text()).to.equal(200)
  }

  async function candidate(fields: Fields = {}, bytes = samplePdf(), filename = 'cv.pdf'): Promise<{ id: string; email: string }> {
    const { body } = await api.post<{ id: string; emails: string[] }>('candidates', newPerson(fields))
    await put(body.id, bytes, filename)
    return { id: body.id, email: body.emails[0] ?? '' }
  }

  const exported = async (wish: Fields): Promise<WithResume> => (await exportAndWait(api, wish)) as WithResume
  const posts = async (): Promise<LeverRequest[]> =>
    (await service.lever.requests('/opportunities')).filter(({ method, path }) => method === 'POST' && path === '/opportunities')
  /** How each call was made: the body of one that went wrong before its effect is not read. */
  const callsMade = async (): Promise<('form' | 'json' | 'unread')[]> =>
    (await posts()).map(({ body }) => (body === null ? 'unread' : 'emails[]' in (body as Fields) ? 'form' : 'json'))

  async function askLever(path: string): Promise<Response> {
    const headers = { authorization: `Basic ${Buffer.from(`${leverKey}:`).toString('base64')}` }
    return fetch(`${service.lever.apiUrl}/opportunities/${path}`, { headers })
  }

  async function resumesInLever(opportunityId: string | null): Promise<{ name: string; size: number; bytes: Uint8Array }[]> {
    const { data } = (await (await askLever(`${opportunityId}/resumes`)).json()) as {
      data: { id: string; file: { name: string; size: number } }[]
    }
    return Promise.all(
      data.map(async ({ id, file }) => ({
        name: file.name,
        size: file.size,
        bytes: new Uint8Array(await (await askLever(`${opportunityId}/resumes/${id}/download`)).arrayBuffer()),
      })),
    )
  }

  describe('the create call', () => {
    it('carries all fields and the unchanged file in one request', async () => {
      const { body } = await api.get<{ data: { id: string; open: boolean }[] }>('lever/postings?limit=100')
      const postingId = body.data.find(({ open }) => open)?.id
      const fields = {
        name: 'Zoë "李雷" 🎉',
        location: 'Lisboa',
        emails: [`zoe-${Date.now()}@mail.example`, `zoe2-${Date.now()}@mail.example`],
        phones: [{ type: 'mobile', value: '+1 555 0100' }, { value: '+1 555 0101' }],
        links: ['https://in.example/zoe?a=1&b=2'],
        tags: ['$where', '[Go]', 'a, b'],
        profileUrl: 'https://tool.example/p/zoe',
      }
      const { id, email } = await candidate(fields, sampleDocx(), 'Zoë "CV".docx')
      await service.lever.clearRequests()

      const done = await exported({ candidateId: id, postingId })

      const calls = ofExports(await service.lever.requests()).map(({ method, path }) => `${method} ${path}`)
      expect(calls).to.deep.equal(['GET /opportunities', 'GET /opportunities', 'POST /opportunities'])
      expect([done.status, done.resume]).to.deep.equal(['exported', { status: 'sent', detail: null }])
      const [made] = await service.lever.opportunitiesByEmail(email)
      expect(made).to.deep.include({
        id: done.opportunityId,
        name: fields.name,
        headline: 'Engineer',
        location: 'Lisboa',
        stage: 'lead-new',
      })
      expect(made).to.deep.include({ emails: fields.emails, sources: [SOURCE], origin: 'sourced' })
      expect(made?.phones).to.deep.equal([
        { type: 'mobile', value: '+1 555 0100' },
        { type: null, value: '+1 555 0101' },
      ])
      expect(made?.links).to.deep.equal([...fields.links, fields.profileUrl])
      expect(made?.tags).to.include.members(fields.tags)
      expect(made?.application?.posting).to.equal(postingId)
      expect(await resumesInLever(done.opportunityId)).to.deep.equal([
        { name: 'Zoë "CV".docx', size: sampleDocx().length, bytes: sampleDocx() },
      ])
    })

    it('matches the preview field by field, with the file as its name, size, and hash', async () => {
      const bytes = samplePdf('of the preview')
      const { id } = await candidate(
        { tags: ['Go', 'C'], phones: [{ type: 'home', value: '1' }], externalId: 'tool-resume' },
        bytes,
        'Ana López.pdf',
      )
      await service.lever.clearRequests()

      const wish = { requestedBy: SOURCER }
      const preview = await api.post<{ request: { query: Fields; body: Fields } }>('exports/preview', { ...wish, candidateId: id })
      const byItself = await api.post<{ request: unknown }>('exports/preview', { ...wish, candidate: { externalId: 'tool-resume' } })
      await exported({ candidateId: id })

      const [sent] = await posts()
      const { resumeFile, ...fields } = preview.body.request.body
      expect(resumeFile).to.deep.equal({
        filename: 'Ana López.pdf',
        size: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      })
      expect(inLists(fields)).to.deep.equal(inLists(sent?.body as Fields))
      expect(preview.body.request.query).to.deep.equal(sent?.query)
      expect(byItself.body.request).to.deep.equal(preview.body.request)
    })

    it('is JSON again once the résumé is deleted', async () => {
      const { id } = await candidate()
      await api.delete(`candidates/${id}/resume`)
      await service.lever.clearRequests()

      const done = await exported({ candidateId: id })

      expect([done.status, done.resume]).to.deep.equal(['exported', null])
      expect(await callsMade()).to.deep.equal(['json'])
    })

    it('is not made if the candidate is only linked', async () => {
      const { id, email } = await candidate()
      const known = await service.lever.addOpportunity({ emails: [email] })

      const done = await exported({ candidateId: id, onDuplicate: 'link' })

      expect([done.status, done.resume]).to.deep.equal(['exported', null])
      expect(await resumesInLever(known.id)).to.deep.equal([])
    })
  })

  describe('a résumé that Lever refuses', () => {
    for (const status of [400, 413, 415, 422]) {
      it(`with ${status} does not fail the export, which goes without it and says so`, async () => {
        const { id, email } = await candidate()
        await service.lever.fault({ kind: 'status', status, body: { code: 'X', message: 'Not this file.' }, match: CREATE, times: 1 })
        await service.lever.clearRequests()

        const done = await exported({ candidateId: id })

        expect([done.status, done.resume?.status]).to.deep.equal(['exported', 'refused'])
        expect(done.resume?.detail).to.contain('Not this file.')
        expect(done.attempts.map(({ step, outcome }) => `${step} ${outcome}`)).to.deep.equal(['send nothing', 'send done'])
        expect(await callsMade()).to.deep.equal(['unread', 'json'])
        expect((await service.lever.opportunitiesByEmail(email)).map((one) => one.id)).to.deep.equal([done.opportunityId])
        expect(await resumesInLever(done.opportunityId)).to.deep.equal([])
      })
    }

    for (const status of [403, 404, 409]) {
      it(`is not the reason for ${status}: the export fails at once`, async () => {
        const { id } = await candidate()
        await service.lever.fault({ kind: 'status', status, match: CREATE, times: 1 })
        await service.lever.clearRequests()

        const done = await exported({ candidateId: id })

        expect([done.status, done.error?.code, done.resume]).to.deep.equal(['failed', 'lever_rejected', null])
        expect(await posts()).to.have.length(1)
      })
    }

    it('is not to blame if Lever refuses the rest as well: a retry sends both', async () => {
      const { id } = await candidate()
      await service.lever.fault({ kind: 'status', status: 400, match: CREATE, times: 2 })
      const failed = await exported({ candidateId: id })
      await service.lever.clearRequests()

      await api.post(`exports/${failed.id}/retry`)
      const done = (await waitForEnd(api, failed.id)) as WithResume

      expect([failed.status, failed.error?.code, failed.resume]).to.deep.equal(['failed', 'lever_rejected', null])
      expect([done.status, done.resume?.status]).to.deep.equal(['exported', 'sent'])
      expect(await callsMade()).to.deep.equal(['form'])
    })

    it('is not sent again while the call without it has to wait', async () => {
      const { id, email } = await candidate()
      await service.lever.fault({ kind: 'status', status: 422, match: CREATE, times: 1 })
      await service.lever.fault({ kind: 'status', status: 429, match: CREATE, times: 1 })
      await service.lever.clearRequests()

      const done = await exported({ candidateId: id })

      expect([done.status, done.resume?.status]).to.deep.equal(['exported', 'refused'])
      expect(await callsMade()).to.deep.equal(['unread', 'unread', 'json'])
      expect(await service.lever.opportunitiesByEmail(email)).to.have.length(1)
    })

    it('does not prevent finding the result of an unclear call without it', async () => {
      const { id, email } = await candidate()
      await service.lever.fault({ kind: 'status', status: 422, match: CREATE, times: 1 })
      await service.lever.fault({ kind: 'resetAfter', match: CREATE, times: 1 })
      await service.lever.clearRequests()

      const done = await exported({ candidateId: id })

      expect([done.status, done.resume?.status]).to.deep.equal(['exported', 'refused'])
      expect(await posts()).to.have.length(2)
      expect((await service.lever.opportunitiesByEmail(email)).map((one) => one.id)).to.deep.equal([done.opportunityId])
    })
  })

  describe('an unclear call with a résumé', () => {
    const effects: [string, FaultOrder][] = [
      ['a reset after the effect', { kind: 'resetAfter' }],
      ['silence after the effect', { kind: 'hangAfter' }],
      ['500 after the effect', { kind: 'statusAfterEffect', status: 500 }],
      ['408 after the effect', { kind: 'statusAfterEffect', status: 408 }],
      ['a body cut off', { kind: 'truncate' }],
      ['a body without id', { kind: 'noId' }],
    ]
    for (const [name, order] of effects) {
      it(`${name}: creates one opportunity with its résumé, and the export reports it`, async () => {
        const { id, email } = await candidate()
        await service.lever.fault({ ...order, match: CREATE, times: 1 })
        await service.lever.clearRequests()

        const done = await exported({ candidateId: id })

        expect([done.status, done.resume]).to.deep.equal(['exported', { status: 'sent', detail: null }])
        expect(await posts()).to.have.length(1)
        expect((await service.lever.opportunitiesByEmail(email)).map((one) => one.id)).to.deep.equal([done.opportunityId])
        expect(await resumesInLever(done.opportunityId)).to.have.length(1)
      })
    }

    it('without effect once: is sent again with the résumé', async () => {
      const { id, email } = await candidate()
      await service.lever.fault({ kind: 'resetBefore', match: CREATE, times: 1 })
      await service.lever.clearRequests()

      const done = await exported({ candidateId: id })

      expect([done.status, done.resume?.status]).to.deep.equal(['exported', 'sent'])
      expect(await callsMade()).to.deep.equal(['unread', 'form'])
      expect(await service.lever.opportunitiesByEmail(email)).to.have.length(1)
    })

    it('408 ("too slow") without effect: is looked for, then sent without the résumé', async () => {
      const { id, email } = await candidate()
      const body = { code: 'RequestTimeout', message: 'File took too long to upload.' }
      await service.lever.fault({ kind: 'status', status: 408, body, match: CREATE, times: 1 })

      const done = await exported({ candidateId: id })

      expect([done.status, done.resume?.status]).to.deep.equal(['exported', 'refused'])
      expect(done.resume?.detail).to.contain('File took too long to upload.')
      expect(done.attempts.filter(({ outcome }) => outcome === 'not found')).to.have.length(3)
      expect(await service.lever.opportunitiesByEmail(email)).to.have.length(1)
    })

    it('without effect three times: is sent without the résumé', async () => {
      const { id, email } = await candidate()
      await service.lever.fault({ kind: 'status', status: 500, match: CREATE, times: 3 })
      await service.lever.clearRequests()

      const done = await exported({ candidateId: id })

      expect([done.status, done.resume?.status]).to.deep.equal(['exported', 'refused'])
      expect(await callsMade()).to.deep.equal(['unread', 'unread', 'unread', 'json'])
      expect(await service.lever.opportunitiesByEmail(email)).to.have.length(1)
    })

    it('after its process was killed: the opportunity in Lever is adopted with its résumé', async () => {
      const { id, email } = await candidate()
      await service.lever.fault({ kind: 'hangAfter', match: CREATE, times: 1 })
      const { body } = await api.post<WithResume>('exports', { candidateId: id, requestedBy: SOURCER })
      await eventually('it stands in Lever', async () => (await service.lever.opportunitiesByEmail(email)).length > 0)

      const taken = { status: 'sending', claim: 'of a dead process', leaseUntil: new Date(0), dueAt: new Date(0), waitingFor: null }
      await ExportModel.updateOne({ _id: body.id }, { $set: taken, $inc: { fence: 1 } })
      const done = (await waitForEnd(api, body.id)) as WithResume

      expect([done.status, done.resume?.status]).to.deep.equal(['exported', 'sent'])
      expect(await service.lever.opportunitiesByEmail(email)).to.have.length(1)
    })
  })

  describe('a file that no longer exists', () => {
    it('does not fail the export, which goes without it and says so', async () => {
      const { id, email } = await candidate()
      await ResumeFileModel.deleteMany({ 'metadata.candidate': id })

      const done = await exported({ candidateId: id })

      expect([done.status, done.resume?.status]).to.deep.equal(['exported', 'missing'])
      expect(await service.lever.opportunitiesByEmail(email)).to.have.length(1)
    })

    it('is replaced by the new one if it was replaced while the export waited', async () => {
      const { id } = await candidate({}, samplePdf('old'), 'old.pdf')
      await service.lever.fault({ kind: 'status', status: 429, match: CREATE, times: 1000 })
      const { body } = await api.post<WithResume>('exports', { candidateId: id, requestedBy: SOURCER })
      await untilItRests(body.id, 'budget')

      await put(id, samplePdf('new'), 'new.pdf')
      await service.lever.clearFaults()
      await wakeExport(body.id)
      const done = (await waitForEnd(api, body.id)) as WithResume

      expect([done.status, done.resume?.status]).to.deep.equal(['exported', 'sent'])
      expect((await resumesInLever(done.opportunityId)).map(({ name }) => name)).to.deep.equal(['new.pdf'])
    })
  })

  it('is deleted with its candidate', async () => {
    const { id } = await candidate()

    expect((await api.delete(`candidates/${id}`)).status).to.equal(204)

    await eventually('the file is gone', async () => (await ResumeFileModel.countDocuments({ 'metadata.candidate': id })) === 0)
  })
})

/** A field that came once and a list of one are the same in a form. */
function inLists(fields: Fields): Record<string, unknown[]> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value].flat()]))
}
