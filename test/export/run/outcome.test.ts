import { expect } from 'chai'
import { AuditEventModel } from '../../../src/audit/audit-event-model.ts'
import { ExportModel } from '../../../src/export/export-model.ts'
import { eventually } from '../../support/eventually.ts'
import type { FaultOrder } from '../../support/lever.ts'
import { letADayPass, untilItRestsUnclear } from '../../support/resting-export.ts'
import {
  exportAndWait,
  newPerson,
  SOURCER,
  startService,
  waitForEnd,
  type Api,
  type ExportAnswer,
  type ServiceForTests,
} from '../../support/service.ts'
import { QUICK_TIMES } from '../../support/quick-times.ts'

const CREATE = { method: 'POST', path: '^/opportunities$' }
/** The look-ups of exports: nothing that comes in the background reads the applications as well. */
const LIST = { method: 'GET', path: '^/opportunities$', query: 'expand=' }
const NOTHING_YET = { kind: 'status', status: 200, body: { data: [], hasNext: false }, match: LIST } as const

describe('export, outcomes:', () => {
  let service: ServiceForTests
  let api: Api

  before(async function () {
    this.timeout(60_000)
    service = await startService(QUICK_TIMES)
    await service.lever.settings({ rateLimit: { enabled: false } })
    api = service.api((await service.connected()).apiKey)
  })
  after(() => service.stop())
  afterEach(() => service.lever.clearFaults())

  async function candidate(fields: Record<string, unknown> = {}): Promise<{ id: string; emails: string[]; links: string[] }> {
    return (await api.post<{ id: string; emails: string[]; links: string[] }>('candidates', newPerson(fields))).body
  }

  /** How many opportunities there really are, by email, or by link for one without. */
  async function standingInLever({ emails, links }: { emails: string[]; links: string[] }): Promise<string[]> {
    const [email] = emails
    if (email) return (await service.lever.opportunitiesByEmail(email)).map(({ id }) => id)
    return (await service.lever.allOpportunities()).filter((one) => one.links.some((link) => links.includes(link))).map(({ id }) => id)
  }

  describe('any response of Lever to the create call', () => {
    const unclear: [string, FaultOrder][] = [
      ['a reset before the effect', { kind: 'resetBefore' }],
      ['a reset after the effect', { kind: 'resetAfter' }],
      ['silence before the effect', { kind: 'hangBefore' }],
      ['silence after the effect', { kind: 'hangAfter' }],
      ['500 without effect', { kind: 'status', status: 500 }],
      ['500 after the effect', { kind: 'statusAfterEffect', status: 500 }],
      ['503 after the effect', { kind: 'statusAfterEffect', status: 503 }],
      ['408 after the effect', { kind: 'statusAfterEffect', status: 408 }],
      ['a redirect', { kind: 'redirect' }],
      ['an effect after the time-out', { kind: 'lateEffect', hang: true, delayMs: Number(QUICK_TIMES.LEVER_TIMEOUT_MS) + 200 }],
      ['an effect after a reset and the settle time', { kind: 'lateEffect', delayMs: 2 * Number(QUICK_TIMES.SETTLE_MS) }],
    ]
    for (const [name, order] of unclear) {
      it(`${name}: creates one opportunity, and the export reports it`, async () => {
        const person = await candidate()
        await service.lever.fault({ ...order, match: CREATE, times: 1 })

        const done = await exportAndWait(api, { candidateId: person.id })

        expect(done.status).to.equal('exported')
        expect(await standingInLever(person)).to.deep.equal([done.opportunityId])
      })
    }

    const done: [string, FaultOrder][] = [
      ['a body cut off', { kind: 'truncate' }],
      ['an empty body', { kind: 'empty' }],
      ['an HTML page', { kind: 'html' }],
      ['no id', { kind: 'noId' }],
    ]
    for (const [name, order] of done) {
      it(`2xx with ${name}: looks for the opportunity, and never posts again`, async () => {
        const person = await candidate()
        await service.lever.fault({ ...order, match: CREATE, times: 1 })
        await service.lever.clearRequests()

        const ended = await exportAndWait(api, { candidateId: person.id })

        const posts = (await service.lever.requests('/opportunities')).filter(({ method }) => method === 'POST')
        expect([ended.status, posts.length]).to.deep.equal(['exported', 1])
        expect(await standingInLever(person)).to.deep.equal([ended.opportunityId])
      })
    }

    it('2xx for a look-up whose body is cut off: is tried again', async () => {
      const person = await candidate()
      // the client itself repeats reads
      await service.lever.fault({ kind: 'truncate', match: { ...LIST, query: 'email=' }, times: 4 })

      const ended = await exportAndWait(api, { candidateId: person.id })
      await service.lever.clearFaults()

      expect([ended.status, ended.attempts[0]?.outcome]).to.deep.equal(['exported', 'failed'])
      expect(await standingInLever(person)).to.deep.equal([ended.opportunityId])
    })

    for (const status of [400, 403, 404, 422, 409]) {
      it(`${status}: fails at once with Lever's message, and repeats nothing`, async () => {
        const person = await candidate()
        const body = { code: 'BadRequestError', message: 'Not like this.' }
        await service.lever.fault({ kind: 'status', status, body, match: CREATE, times: 1 })
        await service.lever.clearRequests()

        const ended = await exportAndWait(api, { candidateId: person.id })

        expect([ended.status, ended.error?.code]).to.deep.equal(['failed', 'lever_rejected'])
        expect(ended.error?.detail).to.contain('Not like this.')
        expect((await service.lever.requests('/opportunities')).filter(({ method }) => method === 'POST')).to.have.length(1)
      })
    }

    for (const [status, ofTheFirst] of [
      [429, 'budget'],
      [503, 'lever'],
    ] as const)
      // prettier-ignore
      it(`${status} for a look-up: the export and those queued behind it say what they wait for`, async () => {
        await service.lever.fault({ kind: 'status', status, headers: { 'retry-after': '6' }, match: LIST, times: 1 }) // prettier-ignore
        const askAndWait = async (waitingFor: string): Promise<string> => {
          const { id } = (await api.post<ExportAnswer>('exports', { candidateId: (await candidate()).id, requestedBy: SOURCER })).body
          await eventually('it waits', async () => (await api.get<ExportAnswer>(`exports/${id}`)).body.waitingFor === waitingFor)
          return id
        }
        const [first, second] = [await askAndWait(ofTheFirst), await askAndWait('budget')]
        const ended = await Promise.all([first, second].map(async (id) => waitForEnd(api, id)))

        expect(ended.map((one) => [one.status, one.waitingFor])).to.deep.equal([['exported', null], ['exported', null]]) // prettier-ignore
      })

    it('429: waits for the request budget, then continues', async () => {
      const person = await candidate()
      await service.lever.fault({ kind: 'status', status: 429, match: CREATE, times: 1 })

      const ended = await exportAndWait(api, { candidateId: person.id })

      expect(ended.status).to.equal('exported')
      expect(ended.attempts.map(({ outcome }) => outcome)).to.include('nothing')
      expect(await standingInLever(person)).to.have.length(1)
    })

    it('waits before it looks for its result, and shows that it is waiting', async () => {
      const person = await candidate()
      await service.lever.fault({ kind: 'noId', match: CREATE, times: 1 })
      await service.lever.fault({ ...NOTHING_YET, after: 1, times: 1000 })
      const { body } = await api.post<ExportAnswer>('exports', { candidateId: person.id, requestedBy: SOURCER })

      const resting = await eventually('it rests', async () => {
        const seen = await api.get<ExportAnswer>(`exports/${body.id}`)
        return seen.body.waitingFor === 'settling' ? seen.body : null
      })

      expect(resting.status).to.equal('running')
      await service.lever.clearFaults()
      expect((await waitForEnd(api, body.id)).status).to.equal('exported')
    })

    it("finds an opportunity that Lever's search shows late", async () => {
      const person = await candidate()
      await service.lever.fault({ ...NOTHING_YET, after: 1, times: 1 })
      await service.lever.fault({ kind: 'resetAfter', match: CREATE, times: 1 })

      const ended = await exportAndWait(api, { candidateId: person.id })

      expect(ended.attempts.map(({ outcome }) => outcome)).to.include('not found')
      expect(await standingInLever(person)).to.deep.equal([ended.opportunityId])
    })

    it('finds a candidate without email address by source, time, and link', async () => {
      const person = await candidate({ emails: [], links: ['https://in.example/without-mail'] })
      await service.lever.fault({ kind: 'resetAfter', match: CREATE, times: 1 })

      const ended = await exportAndWait(api, { candidateId: person.id })

      expect(ended.status).to.equal('exported')
      expect(await standingInLever(person)).to.deep.equal([ended.opportunityId])
    })

    it('never adopts an opportunity that existed before, or one that another export created', async () => {
      const person = await candidate()
      const before = await service.lever.addOpportunity({ emails: [person.emails[0] ?? ''], sources: ['headhuntr.io'], by: SOURCER })
      await service.lever.fault({ kind: 'resetBefore', match: CREATE, times: 1 })

      const ended = await exportAndWait(api, { candidateId: person.id, onDuplicate: 'create' })

      expect(ended.opportunityId).not.to.equal(before.id)
      expect(await standingInLever(person)).to.have.members([before.id, ended.opportunityId])
    })
  })

  describe('an export that a killed process left behind', () => {
    it('during sending: adopts the opportunity in Lever, even if it appears late', async () => {
      const person = await candidate()
      await service.lever.fault({ kind: 'hangAfter', match: CREATE, times: 1 })
      const { body } = await api.post<ExportAnswer>('exports', { candidateId: person.id, requestedBy: SOURCER })
      await eventually('it stands in Lever', async () => (await standingInLever(person)).length > 0)
      await service.lever.fault({ ...NOTHING_YET, times: 1 })

      const taken = { status: 'sending', claim: 'of a dead process', leaseUntil: new Date(0), dueAt: new Date(0), waitingFor: null }
      await ExportModel.updateOne({ _id: body.id }, { $set: taken, $inc: { fence: 1 } })
      const ended = await waitForEnd(api, body.id)

      expect([ended.status, ended.attempts.map(({ outcome }) => outcome)]).to.deep.equal(['exported', ['unclear', 'not found', 'found']])
      expect(await standingInLever(person)).to.deep.equal([ended.opportunityId])
    })
  })

  const recordOnly = async (validator: object) => AuditEventModel.db.db?.command({ collMod: 'audit_events', validator })
  const EXPORTED = 'export.exported'

  it('after landing: counts as exported once the audit trail records it, and is recorded once', async () => {
    const person = await candidate()
    await recordOnly({ action: { $ne: EXPORTED } })
    const { body } = await api.post<ExportAnswer>('exports', { candidateId: person.id, requestedBy: SOURCER })
    await eventually('saving it has failed', async () =>
      (await api.get<ExportAnswer>(`exports/${body.id}`)).body.attempts.some(({ step }) => step === 'save'),
    )
    const unrecorded = (await api.get<ExportAnswer>(`exports/${body.id}`)).body.status
    await recordOnly({})
    const ended = await waitForEnd(api, body.id)

    expect([unrecorded, ended.status]).to.deep.equal(['running', 'exported'])
    expect(await standingInLever(person)).to.deep.equal([ended.opportunityId])
    expect(await AuditEventModel.countDocuments({ subject: `export:${body.id}`, action: EXPORTED })).to.equal(1)
  })

  describe('an export that was given up as unclear', () => {
    afterEach(() => recordOnly({}))

    async function givenUp(person: { id: string }): Promise<string> {
      await service.lever.fault({ kind: 'resetAfter', match: CREATE, times: 1 })
      await service.lever.fault({ kind: 'status', status: 500, match: LIST, after: 1, times: 1000 })
      const { body } = await api.post<ExportAnswer>('exports', { candidateId: person.id, requestedBy: SOURCER })
      await untilItRestsUnclear(body.id)
      await letADayPass(body.id)
      const ended = await waitForEnd(api, body.id)
      await service.lever.clearFaults()
      expect([ended.status, ended.error?.code]).to.deep.equal(['failed', 'outcome_unknown'])
      return body.id
    }

    it('is looked for before the next export of the candidate sends anything', async () => {
      const person = await candidate()
      await givenUp(person)

      const next = await exportAndWait(api, { candidateId: person.id })

      expect(next.status).to.equal('exported')
      expect(await standingInLever(person)).to.deep.equal([next.opportunityId])
    })

    it('is looked for by its own retry', async () => {
      const person = await candidate()
      const id = await givenUp(person)

      const retried = await api.post(`exports/${id}/retry`)
      const ended = await waitForEnd(api, id)

      expect(retried.status).to.equal(202)
      expect(ended.status).to.equal('exported')
      expect(await standingInLever(person)).to.deep.equal([ended.opportunityId])
    })

    it('does not fail the next export if it is found but the result cannot be stored at first', async () => {
      const person = await candidate()
      const older = await givenUp(person)
      const [posting] = (await api.get<{ data: { id: string }[] }>('lever/postings?state=published')).body.data
      await recordOnly({ action: { $ne: EXPORTED } })

      const wish = { candidateId: person.id, postingId: posting?.id, onDuplicate: 'create', requestedBy: SOURCER }
      const { body } = await api.post<ExportAnswer>('exports', wish)
      const seen = await eventually('it is tried', async () => {
        const { body: next } = await api.get<ExportAnswer>(`exports/${body.id}`)
        return next.attempts.length > 0 && next.status === 'queued' ? next : null
      })
      await recordOnly({})
      const ended = await waitForEnd(api, body.id)

      expect(seen.error).to.equal(null)
      expect([ended.status, (await api.get<ExportAnswer>(`exports/${older}`)).body.status]).to.deep.equal(['exported', 'exported'])
      expect(await standingInLever(person)).to.have.length(2)
    })
  })

  describe('a note', () => {
    for (const [name, status] of [
      ['limits the rate', 429],
      ['refuses', 403],
    ] as const) {
      it(`is written once if its POST had no answer and Lever then ${name} the look-up`, async () => {
        const person = await candidate()
        await service.lever.fault({ kind: 'resetAfter', match: { method: 'POST', path: '/notes$' }, times: 1 })
        await service.lever.fault({
          kind: 'status',
          status,
          headers: { 'retry-after': '1' },
          match: { method: 'GET', path: '/notes$' },
          times: status === 403 ? 1 : 4,
        })

        const { id, opportunityId } = await exportAndWait(api, { candidateId: person.id, note: 'Only once.' })
        const noteOf = async () => (await api.get<ExportAnswer>(`exports/${id}`)).body.note
        const ended = await eventually('the note ends', async () => {
          const note = await noteOf()
          return note?.status === 'queued' ? null : note
        })
        if (status === 403) {
          expect([ended?.status, ended?.error?.code]).to.deep.equal(['failed', 'outcome_unknown'])
          await api.post(`exports/${id}/retry`, {})
          await eventually('the note is found', async () => (await noteOf())?.status === 'written')
        }
        await service.lever.clearFaults()

        expect((await noteOf())?.status).to.equal('written')
        expect(await service.lever.notesOf(opportunityId ?? '')).to.have.length(1)
      })
    }

    for (const kind of ['truncate', 'html', 'noId'] as const) {
      it(`is written, and not looked for, after a 2xx without its id (${kind})`, async () => {
        const person = await candidate()
        await service.lever.fault({ kind, match: { method: 'POST', path: '/notes$' }, times: 1 })
        await service.lever.fault({ kind: 'status', status: 500, match: { method: 'GET', path: '/notes$' }, times: 1000 })

        const { id, opportunityId } = await exportAndWait(api, { candidateId: person.id, note: 'Only once.' })
        await eventually('the note is written', async () => {
          return (await api.get<ExportAnswer>(`exports/${id}`)).body.note?.status === 'written'
        })
        await service.lever.clearFaults()

        expect(await service.lever.notesOf(opportunityId ?? '')).to.have.length(1)
      })
    }

    it('is found after an unclear POST even if the person may no longer write in Lever', async () => {
      const person = await candidate()
      await service.lever.fault({ kind: 'resetAfter', match: { method: 'POST', path: '/notes$' }, times: 1 })
      const { id } = await exportAndWait(api, { candidateId: person.id, note: 'Only once.' })
      await eventually('it is posted', async () => (await ExportModel.findById(id).lean())?.note?.intentAt)

      await api.delete(`user-mappings/${SOURCER}`)
      const ended = await eventually('the note ends', async () => {
        const { note } = (await api.get<ExportAnswer>(`exports/${id}`)).body
        return note?.status === 'queued' ? null : note
      })
      await api.put(`user-mappings/${SOURCER}`, { leverEmail: SOURCER })

      expect(ended?.status).to.equal('written')
    })

    it('is looked for no longer than a day after a retry', async () => {
      const person = await candidate()
      await service.lever.fault({ kind: 'resetAfter', match: { method: 'POST', path: '/notes$' }, times: 1 })
      await service.lever.fault({ kind: 'status', status: 403, match: { method: 'GET', path: '/notes$' }, times: 1 })
      const { id } = await exportAndWait(api, { candidateId: person.id, note: 'Only once.' })
      const noteOf = async () => (await api.get<ExportAnswer>(`exports/${id}`)).body.note
      await eventually('it fails', async () => (await noteOf())?.status === 'failed')
      await service.lever.fault({ kind: 'status', status: 500, match: { method: 'GET', path: '/notes$' }, times: 1000 })

      await api.post(`exports/${id}/retry`, {})
      await eventually('a look-up has failed', async () => ((await ExportModel.findById(id).lean())?.note?.tries ?? 0) > 0)
      const since = (await ExportModel.findById(id).lean())?.tryingSince
      await ExportModel.updateOne({ _id: id }, { $set: { tryingSince: new Date(Date.now() - 25 * 3_600_000) } })
      const ended = await eventually('it gives up', async () => {
        const note = await noteOf()
        return note?.status === 'failed' ? note : null
      })
      await service.lever.clearFaults()

      expect([since instanceof Date, ended.error?.code]).to.deep.equal([true, 'outcome_unknown'])
    })

    it('leaves the export exported if Lever refuses the note, which is retried separately', async () => {
      const person = await candidate()
      await service.lever.fault({ kind: 'status', status: 403, match: { method: 'POST', path: '/notes$' }, times: 1 })
      const done = await exportAndWait(api, { candidateId: person.id, note: 'Hello.' })
      await eventually(
        'the note has failed',
        async () => (await api.get<ExportAnswer>(`exports/${done.id}`)).body.note?.status === 'failed',
      )

      const retried = await api.post<ExportAnswer>(`exports/${done.id}/retry`)
      await eventually(
        'the note is written',
        async () => (await api.get<ExportAnswer>(`exports/${done.id}`)).body.note?.status === 'written',
      )

      expect([retried.status, retried.body.status]).to.deep.equal([202, 'exported'])
      expect(await standingInLever(person)).to.have.length(1)
      expect(await service.lever.notesOf(done.opportunityId ?? '')).to.have.length(1)
    })

    it('is not written twice if the response is lost', async () => {
      const person = await candidate()
      await service.lever.fault({ kind: 'resetAfter', match: { method: 'POST', path: '/notes$' }, times: 1 })

      const done = await exportAndWait(api, { candidateId: person.id, note: 'Once.' })
      await eventually(
        'the note is written',
        async () => (await api.get<ExportAnswer>(`exports/${done.id}`)).body.note?.status === 'written',
      )

      expect(await service.lever.notesOf(done.opportunityId ?? '')).to.have.length(1)
    })
  })

  describe('a database that stores no intents', () => {
    const takeOnly = async (validator: object) => ExportModel.db.db?.command({ collMod: 'exports', validator })
    afterEach(() => takeOnly({}))

    it('is not mistaken for a refusal by Lever: the export, then its note, wait and go out once the database recovers', async () => {
      const person = await candidate()
      await takeOnly({ status: { $ne: 'sending' } })
      const { body } = await api.post<ExportAnswer>('exports', { candidateId: person.id, requestedBy: SOURCER, note: 'Hello.' })
      const look = async (): Promise<ExportAnswer> => (await api.get<ExportAnswer>(`exports/${body.id}`)).body
      const tried = (step: string, status: string): Promise<ExportAnswer> =>
        eventually(`${step} is tried, and it is ${status}`, async () => {
          const seen = await look()
          return seen.status === status && seen.attempts.some((one) => one.step === step) ? seen : null
        })

      const waiting = await tried('send', 'queued')
      await takeOnly({ 'note.intentAt': null })
      const withoutNote = await tried('note', 'exported')
      await takeOnly({})
      const ended = await eventually('the note is written', async () => ((await look()).note?.status === 'written' ? look() : null), 30_000)

      expect([waiting.error, withoutNote.note?.status]).to.deep.equal([null, 'queued'])
      expect(await standingInLever(person)).to.deep.equal([ended.opportunityId])
      expect(await service.lever.notesOf(ended.opportunityId ?? '')).to.have.length(1)
    })
  })

  describe('cancel, retry, pause, revoke', () => {
    it('queued exports wait while the connection is paused, and can be canceled', async () => {
      const [first, second] = [await candidate(), await candidate()]
      await service.lever.fault({ kind: 'status', status: 500, match: LIST, times: 1000 })
      const one = await api.post<ExportAnswer>('exports', { candidateId: first.id, requestedBy: SOURCER })
      const two = await api.post<ExportAnswer>('exports', { candidateId: second.id, requestedBy: SOURCER })
      await eventually('both wait', async () => {
        const seen = await Promise.all([one, two].map(({ body }) => api.get<ExportAnswer>(`exports/${body.id}`)))
        return seen.every(({ body }) => body.waitingFor === 'lever')
      }, 15_000) // prettier-ignore

      await api.post('connection/pause')
      await eventually('both are held, though one may be looked at as the pause begins', async () => {
        const seen = await Promise.all([one, two].map(({ body }) => api.get<ExportAnswer>(`exports/${body.id}`)))
        return seen.every(({ body }) => body.waitingFor === 'paused')
      })
      await service.lever.clearFaults()
      const canceled = await api.post<ExportAnswer>(`exports/${two.body.id}/cancel`)
      const refused = await api.post('exports', { candidateId: second.id, requestedBy: SOURCER })
      await api.post('connection/activate')
      const ended = await waitForEnd(api, one.body.id)

      expect([canceled.status, canceled.body.status]).to.deep.equal([202, 'canceled'])
      expect(refused.body['code']).to.equal('connection_not_active')
      expect(ended.status).to.equal('exported')
      expect(await standingInLever(second)).to.deep.equal([])
      const again = await api.post<ExportAnswer>(`exports/${two.body.id}/retry`)
      expect([again.status, (await waitForEnd(api, two.body.id)).status]).to.deep.equal([202, 'exported'])
    })

    it('finished exports cannot be canceled, and successful ones cannot be retried', async () => {
      const person = await candidate()
      const done = await exportAndWait(api, { candidateId: person.id })

      const canceled = await api.post(`exports/${done.id}/cancel`)
      const retried = await api.post(`exports/${done.id}/retry`)

      expect([canceled.status, canceled.body['code']]).to.deep.equal([409, 'not_cancelable'])
      expect([retried.status, retried.body['code']]).to.deep.equal([409, 'not_retryable'])
    })
  })
})
