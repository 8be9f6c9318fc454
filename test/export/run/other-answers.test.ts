import { expect } from 'chai'
import { answersOf } from '../../../src/sandbox/answers.ts'
import { untilItRestsUnclear, wakeExport } from '../../support/resting-export.ts'
import { eventually } from '../../support/eventually.ts'
import { QUICK_TIMES } from '../../support/quick-times.ts'
import { samplePdf } from '../../support/sample-resumes.ts'
import type { LeverOpportunity } from '../../support/lever.ts'
import { LEVER_ADMIN } from '../../support/lever.ts'
import { exportAndWait, newPerson, SOURCE, SOURCER, startService, waitForEnd, type Api, type ExportAnswer, type ServiceForTests } from '../../support/service.ts' // prettier-ignore

const CREATE = { method: 'POST', path: '^/opportunities$' }
const BY_EMAIL = { method: 'GET', path: '^/opportunities$', query: 'email=' }
const INVALID = { kind: 'status', status: 400, times: 1000 } as const

interface Person {
  id: string
  name: string
  emails: string[]
}
interface Told extends ExportAnswer {
  resume: { status: string; detail: string | null } | null
  attempts: { step: string; outcome: string; detail: string | null }[]
}

describe('exports to a Lever that responds differently', () => {
  let service: ServiceForTests
  let api: Api

  before(async function () {
    this.timeout(60_000)
    service = await startService(QUICK_TIMES)
    await service.lever.settings({ rateLimit: { enabled: false } })
    ;({ api } = await service.connected())
  })
  after(() => service.stop())
  afterEach(async () => {
    await service.lever.clearFaults()
    await service.lever.settings({ answers: answersOf('likeliest') })
  })

  const candidate = async (fields: Record<string, unknown> = {}, by = api): Promise<Person> =>
    (await by.post<Person>('candidates', newPerson(fields))).body
  const named = async (name: string): Promise<LeverOpportunity[]> =>
    (await service.lever.allOpportunities()).filter((one) => one.name === name)
  const posts = async (): Promise<number> =>
    (await service.lever.requests('/opportunities')).filter(({ method, path }) => method === 'POST' && path === '/opportunities').length
  async function openPosting(by = api): Promise<string> {
    const { body } = await by.get<{ data: { id: string; state: string }[] }>('lever/postings?state=published')
    return body.data[0]?.id ?? ''
  }

  describe('an email address that Lever considers invalid', () => {
    beforeEach(() => service.lever.fault({ match: BY_EMAIL, ...INVALID }))

    it('matches nobody, so that previews and exports continue', async () => {
      const person = await candidate()

      const preview = await api.post<{ allowed: boolean; duplicatesChecked: string }>('exports/preview', {
        candidateId: person.id,
        requestedBy: SOURCER,
      })
      const done = await exportAndWait(api, { candidateId: person.id })

      expect(preview.body).to.include({ allowed: true, duplicatesChecked: 'lever' })
      expect(done.status).to.equal('exported')
    })

    it('does not prevent finding the result of an unclear call, and matches no other opportunity', async () => {
      const other = await candidate()
      await exportAndWait(api, { candidateId: other.id })
      const person = await candidate()
      await service.lever.fault({ match: CREATE, kind: 'resetAfter' })

      const done = await exportAndWait(api, { candidateId: person.id })

      expect(done.status).to.equal('exported')
      expect((await named(person.name)).map(({ id }) => id)).to.deep.equal([done.opportunityId])
    })
  })

  describe('a requester whom Lever no longer accepts', () => {
    afterEach(async () => {
      await service.lever.reactivateUser(SOURCER)
      await api.post('lever/sync', { resources: ['users'] })
      await eventually('the user is active again', async () => (await mapping()) === 'mapped')
    })
    const mapping = async (): Promise<string | undefined> => {
      const { body } = await api.get<{ data: { userEmail: string; status: string }[] }>('user-mappings')
      return body.data.find(({ userEmail }) => userEmail === SOURCER)?.status
    }

    for (const performAsRefusal of [400, 403, 404] as const)
      for (const deactivatedUser of ['shown', 404] as const)
        it(`ends as lever_user_deactivated after ${performAsRefusal}, if the user looked up by id is ${deactivatedUser}, and is refused immediately from then on`, async () => {
          await service.lever.settings({ answers: { performAsRefusal, deactivatedUser } })
          const [first, second] = [await candidate(), await candidate()]
          await service.lever.deactivateUser(SOURCER)

          const done = await exportAndWait(api, { candidateId: first.id })
          const next = await api.post('exports', { candidateId: second.id, requestedBy: SOURCER })

          expect([done.status, done.error?.code]).to.deep.equal(['failed', 'lever_user_deactivated'])
          expect([next.status, next.body['code']]).to.deep.equal([403, 'lever_user_deactivated'])
          expect(await mapping()).to.equal('lever_user_deactivated')
          expect(await named(first.name)).to.deep.equal([])
        })
  })

  for (const status of [400, 403, 404])
    it(`treats ${status} as a refusal of the request if the requester is active in Lever`, async () => {
      const person = await candidate()
      await service.lever.fault({ match: CREATE, kind: 'status', status })

      expect((await exportAndWait(api, { candidateId: person.id })).error?.code).to.equal('lever_rejected')
    })

  it('exports to a posting and finds duplicates when Lever refuses expand', async () => {
    await service.lever.settings({ answers: { expand: 403 } })
    const postingId = await openPosting()
    const person = await candidate()

    const done = await exportAndWait(api, { candidateId: person.id, postingId })
    const again = await exportAndWait(api, { candidateId: person.id, onDuplicate: 'stop' })

    expect([done.status, again.status]).to.deep.equal(['exported', 'duplicate'])
    expect((await named(person.name))[0]?.application?.posting).to.equal(postingId)
  })

  it('finds the result of an unclear call under a different spelling of the source', async () => {
    await api.patch('connection/settings', { sourceName: 'Sourcing Tool' })
    await service.lever.addOpportunity({ sources: ['SOURCING TOOL '], emails: ['spelling@mail.example'] })
    await service.lever.settings({ answers: { sourceSpelling: 'known' } })
    const person = await candidate({ emails: [], links: ['https://people.example/spelling'] })
    await service.lever.fault({ match: CREATE, kind: 'resetAfter' })

    const done = await exportAndWait(api, { candidateId: person.id })
    await api.patch('connection/settings', { sourceName: SOURCE })

    expect(done.status).to.equal('exported')
    const there = await named(person.name)
    expect(there.map(({ id, sources }) => [id, sources])).to.deep.equal([[done.opportunityId, ['SOURCING TOOL ']]])
  })

  it('reads opportunities whose timestamps are strings', async () => {
    await service.lever.settings({ answers: { values: 'texts', hasNext: 'missing' } })
    const person = await candidate()

    const done = await exportAndWait(api, { candidateId: person.id })
    const again = await exportAndWait(api, { candidateId: person.id, postingId: await openPosting() })

    expect([done.status, again.status]).to.deep.equal(['exported', 'duplicate'])
  })

  describe('form field names that Lever ignores', () => {
    beforeEach(() => service.lever.settings({ answers: { formNames: 'documented' } }))

    /** Of its own, since a connection learns. An API key may change contacts and add files; an authorization may not. */
    async function byKey(): Promise<{ api: Api; apiKey: string }> {
      const made = await service.organization()
      const key = await service.lever.newApiKey()
      await made.api.put('connection/api-key', { apiKey: key, userEmail: LEVER_ADMIN })
      await made.api.put(`user-mappings/${encodeURIComponent(SOURCER)}`, { leverEmail: SOURCER })
      expect((await made.api.post('connection/activate')).status).to.equal(200)
      return made
    }

    async function withResume(by: { api: Api; apiKey: string }): Promise<Person> {
      const person = await candidate({ phones: [{ value: '+34 600 000 001' }], links: ['https://people.example/form'] }, by.api)
      const body = new FormData()
      body.append('file', new Blob([samplePdf()]), 'cv.pdf')
      const headers = { authorization: `Bearer ${by.apiKey}` }
      const put = await fetch(`${service.url}/api/v1/candidates/${person.id}/resume`, { method: 'PUT', body, headers })
      expect(put.status).to.equal(200)
      return person
    }
    const filesOf = async (id: string | null): Promise<{ name: string; kind: string }[]> => {
      const state = await fetch(`${service.lever.url}/control/state?opportunity=${id}`)
      return ((await state.json()) as { files: { name: string; kind: string }[] }).files
    }

    it('create one opportunity, which is completed; later exports use a JSON call and a separate file upload', async () => {
      const by = await byKey()
      const [first, second] = [await withResume(by), await withResume(by)]

      const done = (await exportAndWait(by.api, { candidateId: first.id })) as Told
      const next = (await exportAndWait(by.api, { candidateId: second.id })) as Told

      for (const [person, told, kind] of [
        [first, done, 'resume'],
        [second, next, 'file'],
      ] as const) {
        // prettier-ignore
        const [made, ...more] = await named(person.name)
        expect(made, person.name).to.deep.include({ id: told.opportunityId, emails: person.emails, sources: [SOURCE] })
        expect(made?.phones).to.have.length(1)
        expect(made?.links).to.include('https://people.example/form')
        expect(more).to.deep.equal([])
        expect(told.resume?.status).to.equal('sent')
        expect((await filesOf(told.opportunityId)).map((file) => [file.kind, file.name])).to.deep.equal([[kind, 'cv.pdf']])
      }
      expect(done.attempts.map(({ step, outcome }) => `${step} ${outcome}`)).to.include('complete done')
    })

    it('create one opportunity even if the response is lost', async () => {
      const by = await byKey()
      const person = await withResume(by)
      await service.lever.fault({ match: CREATE, kind: 'resetAfter' })

      const done = await exportAndWait(by.api, { candidateId: person.id })

      expect(done.status).to.equal('exported')
      expect((await named(person.name)).map(({ id, emails }) => [id, emails])).to.deep.equal([[done.opportunityId, person.emails]])
    })

    it('are reported if Lever does not allow adding the missing data; the export stays exported', async () => {
      const by = await service.connected()
      const person = await withResume(by)
      const before = await posts()

      const done = (await exportAndWait(by.api, {
        candidateId: person.id,
        postingId: await openPosting(by.api),
      })) as Told

      expect([done.status, await posts()]).to.deep.equal(['exported', before + 1])
      const told = done.attempts.find(({ step }) => step === 'complete')
      expect(told).to.include({ outcome: 'incomplete' })
      expect(told?.detail).to.include('email addresses and phones').and.include('job')
    })

    it('do not duplicate the file if the process ends after it was added', async () => {
      const by = await byKey()
      await exportAndWait(by.api, { candidateId: (await withResume(by)).id })
      const person = await withResume(by)
      await service.lever.fault({ match: { method: 'POST', path: '/files$' }, kind: 'resetAfter' })
      const asked = await by.api.post<ExportAnswer>('exports', { candidateId: person.id, requestedBy: SOURCER })
      await untilItRestsUnclear(asked.body.id)

      await wakeExport(asked.body.id)
      const done = await waitForEnd(by.api, asked.body.id)

      expect(await filesOf(done.opportunityId)).to.have.length(1)
    })

    for (const [what, method, times] of [
      ['the file', 'POST', 1],
      ['the list of files', 'GET', 4], // the client itself repeats reads
    ] as const) {
      it(`add the file once if Lever's answer about ${what} is cut off`, async () => {
        const by = await byKey()
        await exportAndWait(by.api, { candidateId: (await withResume(by)).id })
        const person = await withResume(by)
        await service.lever.fault({ match: { method, path: '/files$' }, kind: 'truncate', times })

        const done = (await exportAndWait(by.api, { candidateId: person.id })) as Told

        expect([done.status, done.resume?.status]).to.deep.equal(['exported', 'sent'])
        expect(await filesOf(done.opportunityId)).to.have.length(1)
      })
    }

    it('leave out the file if Lever does not allow listing files; the next export also finishes and says so', async () => {
      const by = await service.connected()
      await exportAndWait(by.api, { candidateId: (await withResume(by)).id })

      const next = (await exportAndWait(by.api, { candidateId: (await withResume(by)).id })) as Told

      expect([next.status, next.resume?.status]).to.deep.equal(['exported', 'refused'])
      expect(await filesOf(next.opportunityId)).to.deep.equal([])
    })
  })
})
