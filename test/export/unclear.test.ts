import { expect } from 'chai'
import { restore, stub } from 'sinon'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import { ExportModel } from '../../src/export/export-model.ts'
import { eventually } from '../support/eventually.ts'
import type { FaultOrder } from '../support/lever.ts'
import { exportAndWait, newPerson, SOURCER, startService, waitForEnd, type Api, type ExportAnswer, type ServiceForTests } from '../support/service.ts' // prettier-ignore

const CREATE = { method: 'POST', path: '^/opportunities$' }
const LIST = { method: 'GET', path: '^/opportunities$' }
const LONG_AGO = new Date(Date.now() - 25 * 3_600_000)

describe('export, unclear:', () => {
  let service: ServiceForTests
  let api: Api

  before(async function () {
    this.timeout(60_000)
    service = await startService()
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
  const fault = async (match: FaultOrder['match'], order: Omit<FaultOrder, 'match'>): Promise<void> =>
    service.lever.fault({ times: 1, ...order, ...(match ? { match } : {}) })
  const inLever = async ({ emails, links }: Person): Promise<string[]> => {
    const all = await service.lever.allOpportunities()
    return all
      .filter((one) => one.emails.some((email) => emails.includes(email)) || one.links.some((link) => links.includes(link)))
      .map(({ id }) => id)
  }

  it('saves which opportunity it is even when saving all else fails, and never posts again', async () => {
    const person = await candidate()
    await service.lever.settings({ searchLagMs: 60_000 })
    stub(CandidateModel, 'updateOne').onFirstCall().callThrough().onSecondCall().throws(new Error('a hiccup of the database')).callThrough()

    const done = await exportAndWait(api, { candidateId: person.id })

    expect([done.status, done.attempts.map(({ step }) => step)]).to.deep.equal(['exported', ['save', 'look']])
    expect(await inLever(person)).to.deep.equal([done.opportunityId])
  })

  it('is not sent while it waits for the budget, and says what it waits for', async () => {
    const person = await candidate()
    await fault({ method: 'GET', path: '^/users$' }, { kind: 'status', status: 503, headers: { 'retry-after': '3' } })
    await api.post('lever/sync', { resources: ['users'] })
    await new Promise((resolve) => setTimeout(resolve, 300))

    const id = await ask(person)
    await eventually('it is on its way', async () => ['running', 'exported'].includes((await read(id)).status))

    expect((await ExportModel.findById(id).lean())?.intent, 'nothing is sent yet').to.equal(null)
    expect((await waitForEnd(api, id)).status).to.equal('exported')
  })

  describe('what an ended export may have made', () => {
    it('is found before the next export of somebody without e-mail, after a cancellation', async () => {
      const person = await withoutMail('canceled')
      await fault(CREATE, { kind: 'hangAfter' })
      await fault(LIST, { kind: 'status', status: 200, body: { data: [], hasNext: false }, times: 3 })
      await fault(LIST, { kind: 'status', status: 500, times: 1000 })
      const id = await ask(person)
      await eventually('it is queued again, after looks that found nothing', async () => {
        const found = await ExportModel.findById(id).lean()
        return found?.status === 'queued' && found.intent !== null
      }, 15_000) // prettier-ignore
      await api.post('connection/pause')
      await eventually('it can be canceled', async () => (await api.post(`exports/${id}/cancel`)).status === 202, 10_000)
      await service.lever.clearFaults()
      await eventually('the late effect is there', async () => (await inLever(person)).length === 1, 10_000)
      await api.post('connection/activate')

      const next = await exportAndWait(api, { candidateId: person.id, onDuplicate: 'create' })

      expect(next.status).to.equal('exported')
      expect(await inLever(person)).to.deep.equal([next.opportunityId])
    })

    it('becomes its own when found by an export to another target, with all that belongs to it', async () => {
      const person = await candidate()
      const posting = (await api.get<{ data: { id: string; open: boolean }[] }>('lever/postings?limit=100')).body.data.find(
        ({ open }) => open,
      )
      await fault(CREATE, { kind: 'hangAfter' })
      await fault(LIST, { kind: 'status', status: 500, after: 1, times: 1000 })
      const first = await ask(person, { note: 'Still to be written.' })
      await eventually('it is unclear', async () => (await read(first)).waitingFor === 'settling')
      await ExportModel.updateOne({ _id: first }, { $set: { tryingSince: LONG_AGO } })
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

  it('a retried one does not take for its own what another export of the person has just made', async () => {
    const [one, two] = [await candidate({ emails: ['two-files@mail.example'] }), await candidate({ emails: ['two-files@mail.example'] })]
    await fault(CREATE, { kind: 'resetBefore' })
    await fault(LIST, { kind: 'status', status: 500, after: 1, times: 1000 })
    const first = await ask(one)
    await eventually('it is unclear', async () => (await read(first)).waitingFor === 'settling')
    await ExportModel.updateOne({ _id: first }, { $set: { tryingSince: LONG_AGO } })
    await waitForEnd(api, first)
    await service.lever.clearFaults()
    await fault(CREATE, { kind: 'hangAfter' })
    const second = await ask(two, { onDuplicate: 'create' })
    await eventually('the second is unclear', async () => (await read(second)).waitingFor === 'settling')

    await api.post(`exports/${first}/retry`)
    const [retried, made] = [await waitForEnd(api, first, 30_000), await waitForEnd(api, second, 30_000)]

    expect([made.status, retried.status]).to.deep.equal(['exported', 'duplicate'])
    expect(await inLever(one)).to.deep.equal([made.opportunityId])
  }).timeout(60_000)

  it('ends after a day even when every look fails, also after a retry', async () => {
    const person = await candidate()
    await fault(CREATE, { kind: 'hangAfter' })
    await fault(LIST, { kind: 'status', status: 400, after: 1, times: 1000 })
    const id = await ask(person)
    await eventually('it is unclear', async () => (await read(id)).waitingFor === 'settling')
    await ExportModel.updateOne({ _id: id }, { $set: { tryingSince: LONG_AGO } })
    await waitForEnd(api, id)

    await api.post(`exports/${id}/retry`)
    await eventually('the day begins anew', async () => (await ExportModel.findById(id).lean())?.tryingSince, 10_000)
    await ExportModel.updateOne({ _id: id }, { $set: { tryingSince: LONG_AGO } })

    expect((await waitForEnd(api, id)).error?.code).to.equal('outcome_unknown')
  })

  it('a posting that Lever cannot be asked for now is no reason to fail', async () => {
    const person = await candidate()
    const posting = (await api.get<{ data: { id: string; open: boolean }[] }>('lever/postings?limit=100')).body.data.find(
      ({ open }) => open,
    )
    await fault(LIST, { kind: 'status', status: 500, times: 4 })
    const id = await ask(person, { postingId: posting?.id })
    await eventually('it waits', async () => (await read(id)).waitingFor === 'lever', 15_000)

    await fault({ method: 'GET', path: '^/postings/' }, { kind: 'status', status: 500, times: 4 })
    await ExportModel.db.collection('lever_postings').deleteMany({ leverId: posting?.id ?? '' })
    const done = await waitForEnd(api, id, 30_000)

    expect(done.status).to.equal('exported')
  }).timeout(60_000)

  it('the note of a killed process rests before it is looked for: its effect may be late', async () => {
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
