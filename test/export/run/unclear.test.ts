import { expect } from 'chai'
import { restore, stub } from 'sinon'
import { CandidateModel } from '../../../src/candidates/candidate-model.ts'
import { ExportModel } from '../../../src/export/export-model.ts'
import { eventually } from '../../support/eventually.ts'
import type { FaultOrder } from '../../support/lever.ts'
import { letADayPass, untilItRests, untilItRestsUnclear, wakeExport } from '../../support/resting-export.ts'
import { exportAndWait, newPerson, SOURCER, startService, waitForEnd, type Api, type ExportAnswer, type ServiceForTests } from '../../support/service.ts' // prettier-ignore
import { QUICK_TIMES } from '../../support/quick-times.ts'

const CREATE = { method: 'POST', path: '^/opportunities$' }
/** The look-ups of exports: nothing that comes in the background reads the applications as well. */
const LIST = { method: 'GET', path: '^/opportunities$', query: 'expand=' }

describe('export, unclear:', () => {
  let service: ServiceForTests
  let api: Api

  before(async function () {
    this.timeout(60_000)
    service = await startService(QUICK_TIMES)
    await service.lever.settings({ rateLimit: { enabled: false } })
    api = service.api((await service.connected()).apiKey)
  })
  after(() => service.stop())
  afterEach(async () => {
    restore()
    await service.lever.clearFaults()
    await service.lever.settings({ searchLagMs: 0 })
  })

  interface Person {
    id: string
    emails: string[]
    links: string[]
  }
  const candidate = async (fields: Record<string, unknown> = {}): Promise<Person> =>
    (await api.post<Person>('candidates', newPerson(fields))).body
  const withoutMail = async (tag: string): Promise<Person> => candidate({ emails: [], links: [`https://in.example/${tag}`] })
  const read = async (id: string): Promise<ExportAnswer> => (await api.get<ExportAnswer>(`exports/${id}`)).body
  const ask = async (person: Person, fields: Record<string, unknown> = {}): Promise<string> =>
    (await api.post<ExportAnswer>('exports', { candidateId: person.id, requestedBy: SOURCER, ...fields })).body.id
  /** Asks for one that comes out unclear after so many look-ups, and stays so while the faults last. */
  const askUnclear = async (
    person: Person,
    { call = 'resetAfter', lookUps = 1, ...fields }: { call?: FaultOrder['kind']; lookUps?: number; [field: string]: unknown } = {},
  ): Promise<string> => {
    await fault(CREATE, { kind: call })
    await fault(LIST, { kind: 'status', status: 500, after: lookUps, times: 1000 })
    const id = await ask(person, fields)
    await untilItRestsUnclear(id)
    return id
  }
  const fault = async (match: FaultOrder['match'], order: Omit<FaultOrder, 'match'>): Promise<void> =>
    service.lever.fault({ times: 1, ...order, ...(match ? { match } : {}) })
  const inLever = async ({ emails, links }: Person): Promise<string[]> => {
    const all = await service.lever.allOpportunities()
    return all
      .filter((one) => one.emails.some((email) => emails.includes(email)) || one.links.some((link) => links.includes(link)))
      .map(({ id }) => id)
  }

  it('saves the opportunity id even if saving everything else fails, and never posts again', async () => {
    const person = await candidate()
    await service.lever.settings({ searchLagMs: 60_000 })
    stub(CandidateModel, 'bulkWrite').onFirstCall().throws(new Error('a hiccup of the database')).callThrough()

    const done = await exportAndWait(api, { candidateId: person.id })

    expect([done.status, done.attempts.map(({ step }) => step)]).to.deep.equal(['exported', ['save', 'look']])
    expect(await inLever(person)).to.deep.equal([done.opportunityId])
  })

  it('is not sent while it waits for the request budget, and says what it waits for', async () => {
    const person = await candidate()
    await fault({ method: 'GET', path: '^/users$' }, { kind: 'status', status: 503, headers: { 'retry-after': '4' } })
    await api.post('lever/sync', { resources: ['users'] })
    await eventually('Lever asks for a pause', async () => (await service.lever.requests('/users')).some(({ status }) => status === 503))

    const id = await ask(person)
    const waiting = await eventually('it says that it waits', () => ExportModel.findOne({ _id: id, waitingFor: 'budget' }).lean())

    expect(waiting.intent, 'nothing is sent yet').to.equal(null)
    expect((await waitForEnd(api, id)).status).to.equal('exported')
  })

  describe('the possible result of a finished export', () => {
    it('is found before the next export of a candidate without email address, after a cancellation', async () => {
      const person = await withoutMail('canceled')
      await fault(CREATE, { kind: 'resetAfter' })
      await fault(LIST, { kind: 'status', status: 200, body: { data: [], hasNext: false }, times: 3 })
      await fault(LIST, { kind: 'status', status: 500, times: 1000 })
      const id = await ask(person)
      await eventually('it is queued again, after looks that found nothing', async () => {
        const found = await ExportModel.findById(id).lean()
        return found?.status === 'queued' && found.intent !== null
      }, 30_000) // prettier-ignore
      await api.post('connection/pause')
      await eventually('it can be canceled', async () => (await api.post(`exports/${id}/cancel`)).status === 202)
      await service.lever.clearFaults()
      await eventually('the late effect is there', async () => (await inLever(person)).length === 1)
      await api.post('connection/activate')

      const next = await exportAndWait(api, { candidateId: person.id, onDuplicate: 'create' })

      expect(next.status).to.equal('exported')
      expect(await inLever(person)).to.deep.equal([next.opportunityId])
    })

    it('is attributed to the first export, with everything that belongs to it, when an export to another target finds it', async () => {
      const person = await candidate()
      const posting = (await api.get<{ data: { id: string; open: boolean }[] }>('lever/postings?limit=100')).body.data.find(
        ({ open }) => open,
      )
      const first = await askUnclear(person, { note: 'Still to be written.' })
      await letADayPass(first)
      expect((await waitForEnd(api, first)).error?.code).to.equal('outcome_unknown')
      await service.lever.clearFaults()

      const second = await exportAndWait(api, { candidateId: person.id, postingId: posting?.id, onDuplicate: 'create' })
      await eventually('the note of the first is written', async () => (await read(first)).note?.status === 'written')

      const again = await api.post('exports', { candidateId: person.id, requestedBy: SOURCER })
      const { status, opportunityId } = await read(first)
      expect([status, second.status]).to.deep.equal(['exported', 'exported'])
      expect(await inLever(person)).to.have.members([opportunityId, second.opportunityId])
      expect([again.status, again.body['exportId']]).to.deep.equal([409, first])
    })
  })

  it('is not confused, on a retry, with what another export of the person has just created', async () => {
    const [one, two] = [await candidate({ emails: ['two-files@mail.example'] }), await candidate({ emails: ['two-files@mail.example'] })]
    const first = await askUnclear(one, { call: 'resetBefore' })
    await letADayPass(first)
    await waitForEnd(api, first)
    await service.lever.clearFaults()
    const second = await askUnclear(two, { onDuplicate: 'create', lookUps: 2 })

    await api.post(`exports/${first}/retry`)
    await service.lever.clearFaults()
    await wakeExport(second)
    const [retried, made] = [await waitForEnd(api, first, 30_000), await waitForEnd(api, second, 30_000)]

    expect([made.status, retried.status]).to.deep.equal(['exported', 'duplicate'])
    expect(await inLever(one)).to.deep.equal([made.opportunityId])
  }).timeout(60_000)

  it('stops being looked for after a day even if every look-up fails, also after a retry', async () => {
    const person = await candidate()
    await fault(CREATE, { kind: 'resetAfter' })
    await fault(LIST, { kind: 'status', status: 400, after: 1, times: 1000 })
    const id = await ask(person)
    await untilItRestsUnclear(id)
    await letADayPass(id)
    await waitForEnd(api, id)

    await api.post(`exports/${id}/retry`)
    await eventually('the day begins anew', async () => (await ExportModel.findById(id).lean())?.tryingSince)
    await untilItRestsUnclear(id)
    await letADayPass(id)

    expect((await waitForEnd(api, id)).error?.code).to.equal('outcome_unknown')
  })

  it('does not fail an export while Lever cannot be asked for its posting', async () => {
    const person = await candidate()
    const posting = (await api.get<{ data: { id: string; open: boolean }[] }>('lever/postings?limit=100')).body.data.find(
      ({ open }) => open,
    )
    await fault(LIST, { kind: 'status', status: 500, times: 1000 })
    const id = await ask(person, { postingId: posting?.id })
    await untilItRests(id)

    await service.lever.clearFaults()
    await fault({ method: 'GET', path: '^/postings/' }, { kind: 'status', status: 500, times: 4 })
    await ExportModel.db.collection('lever_postings').deleteMany({ leverId: posting?.id ?? '' })
    await wakeExport(id)
    const done = await waitForEnd(api, id, 30_000)

    expect(done.status).to.equal('exported')
  }).timeout(60_000)

  it('the note of a killed process waits before it is looked for, because it may appear late', async () => {
    const person = await candidate()
    await fault({ method: 'POST', path: '/notes$' }, { kind: 'lateEffect', delayMs: 250 })
    const done = await exportAndWait(api, { candidateId: person.id, note: 'Once.' })
    await eventually('it is posted', async () => (await ExportModel.findById(done.id).lean())?.note?.intentAt)

    const taken = { claim: 'of a dead process', leaseUntil: new Date(0), dueAt: new Date(0) }
    await ExportModel.updateOne({ _id: done.id }, { $set: taken, $inc: { fence: 1 } })
    await eventually('the note is written', async () => (await read(done.id)).note?.status === 'written')

    expect(await service.lever.notesOf(done.opportunityId ?? '')).to.have.length(1)
  })
})
