import { expect } from 'chai'
import mongoose from 'mongoose'
import { CandidateImportModel } from '../../src/candidates/candidate-import-model.ts'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import { ImportRejectionModel } from '../../src/candidates/import-rejection-model.ts'
import { ExportModel } from '../../src/export/export-model.ts'
import { NEVER } from '../../src/work/work-fields.ts'
import { eventually } from '../support/eventually.ts'
import { QUICK_TIMES } from '../support/quick-times.ts'
import { letADayPass, letCallBeOver, untilItRests, untilItRestsUnclear, wakeExport } from '../support/resting-export.ts'
import { exportAndWait, startService, waitForEnd, type Api, type ServiceForTests } from '../support/service.ts'
import { addPerson, askForExport, CREATE, fault, hashesInMirror, LIST, readExport, receiptComes, receiptOf, tracesOf, type PersonInTest, sendResume } from './erasure-world.ts' // prettier-ignore

describe('deleting a candidate', () => {
  let service: ServiceForTests
  let organization: { id: string; apiKey: string }
  let api: Api

  before(async function () {
    this.timeout(60_000)
    service = await startService({ ...QUICK_TIMES, LEVER_TIMEOUT_MS: '8000' })
    await service.lever.settings({ rateLimit: { enabled: false } })
    organization = await service.connected()
    api = service.api(organization.apiKey)
    await api.post('connection/webhooks/provision')
  })
  after(() => service.stop())
  afterEach(async () => {
    await service.lever.clearFaults()
    await api.post('connection/activate')
  })

  async function openPosting(): Promise<string> {
    const { body } = await api.get<{ data: { id: string; open: boolean }[] }>('lever/postings?limit=100')
    return body.data.find(({ open }) => open)?.id ?? ''
  }

  /** Creates an unclear export, which stays unclear while Lever answers no look-up. */
  async function unclearExport(person: PersonInTest, call: 'resetBefore' | 'resetAfter', by = api): Promise<string> {
    await fault(service, CREATE, { kind: call })
    await fault(service, LIST, { kind: 'status', status: 500, after: 1, times: 1000 })
    const id = await askForExport(by, person)
    await untilItRestsUnclear(id)
    await letCallBeOver(id)
    return id
  }

  /** Creates an unclear export that was given up: its intent remains stored. */
  async function exportUnknown(person: PersonInTest): Promise<void> {
    const id = await unclearExport(person, 'resetBefore')
    await letADayPass(id)
    expect((await waitForEnd(api, id)).error?.code).to.equal('outcome_unknown')
    await service.lever.clearFaults()
  }

  it('leaves nothing of the person in any collection or file, and a receipt without personal data', async () => {
    const person = await addPerson(api, { 'Idempotency-Key': 'the-person' })
    const other = await addPerson(api)
    expect(await sendResume(service, organization.apiKey, person)).to.be.oneOf([200, 201, 204])
    await exportUnknown(person)
    await fault(service, { method: 'POST', path: '/notes$' }, { kind: 'status', status: 403, body: { message: `Not on ${person.email}.` } })
    const done = await exportAndWait(api, { candidateId: person.id, note: `${person.name} likes tea.`, onDuplicate: 'create' })
    await fault(service, CREATE, { kind: 'status', status: 400, body: { message: `${person.email} is not nice.` } })
    await exportAndWait(api, { candidateId: person.id, postingId: await openPosting(), onDuplicate: 'create' })
    await eventually('the note is refused', async () => (await readExport(api, done.id)).note?.status === 'failed')
    const data = { opportunityId: done.opportunityId, candidateId: done.opportunityId, contact: { email: person.email, name: person.name } }
    await service.lever.deliver('candidateStageChange', data)
    const kept = { organization: organization.id, import: new mongoose.Types.ObjectId(), expiresAt: NEVER }
    await ImportRejectionModel.create([
      { ...kept, line: 7, message: 'emails is not nice.', cells: ['x', person.email.toUpperCase()] },
      { ...kept, line: 8, message: 'name is empty.', cells: ['', 'other@mail.example'] },
    ])
    await eventually('the delivery is there', async () => (await tracesOf(person)).includes('deliveries'))
    await eventually('what Lever told is processed', async () => {
      const { body } = await api.get<{ data: { status: string }[] }>('webhook-deliveries?limit=100')
      return body.data.every(({ status }) => status !== 'received')
    }) // prettier-ignore
    expect(await tracesOf(person)).to.include.members(['candidate_import_rejections', 'candidates', 'deliveries', 'exports'])
    expect((await tracesOf(person)).filter((name) => name.endsWith('.chunks'))).to.have.length(1)
    expect(await hashesInMirror(done.opportunityId)).to.be.greaterThan(0)

    const deleted = await api.delete(`candidates/${person.id}`)

    expect(deleted.status).to.equal(204)
    expect(await tracesOf(person)).to.deep.equal([])
    expect(await hashesInMirror(done.opportunityId)).to.equal(0)
    const receipt = await receiptOf(api, person)
    expect(receipt).to.include({ subject: `candidate:${person.id}`, cause: 'candidate_deleted' })
    expect(Object.keys(receipt ?? {})).to.have.members(['id', 'subject', 'cause', 'erasedAt', 'removed'])
    expect(receipt?.removed).to.include({ candidates: 1, resumes: 1, exports: 3, candidate_import_rejections: 1, idempotency_keys: 1 })
    expect(receipt?.removed).to.include.keys('deliveries', 'lever_opportunities')
    expect((await api.get(`candidates/${person.id}`)).status).to.equal(404)
    expect(await readExport(api, done.id)).to.deep.include({ status: 'exported', opportunityId: done.opportunityId })
    expect(await tracesOf(other), 'others stay').to.deep.equal(['candidates'])
    const { body } = await api.get<{ data: { action: string; subject: string; actor: string }[] }>('audit-events?limit=100')
    expect(body.data.find(({ action }) => action === 'candidate.erased')?.subject).to.equal(`candidate:${person.id}`)
  }).timeout(60_000)

  it('removes rejected rows of imports that name a former email address or profile of the person', async () => {
    const person = await addPerson(api)
    const now = { emails: [`new.${person.id}@quixley.example`], links: [] }
    await api.patch(`candidates/${person.id}`, now)
    const kept = { organization: organization.id, import: new mongoose.Types.ObjectId(), expiresAt: NEVER }
    await ImportRejectionModel.create([
      { ...kept, line: 7, message: 'name is empty.', cells: ['', person.email.toUpperCase()] },
      { ...kept, line: 8, message: 'name is empty.', cells: ['', person.link] },
      { ...kept, line: 9, message: 'name is empty.', cells: ['', `someone${person.email}`] },
    ])

    await api.delete(`candidates/${person.id}`)

    const left = await ImportRejectionModel.find({ import: kept.import }).lean()
    expect(left.map(({ line }) => line)).to.deep.equal([9])
  })

  it('cancels queued exports', async () => {
    const person = await addPerson(api)
    await fault(service, LIST, { kind: 'status', status: 503, headers: { 'retry-after': '0' }, times: 1000 })
    const id = await askForExport(api, person, { note: `${person.name} likes tea.` })
    await untilItRests(id)

    await api.delete(`candidates/${person.id}`)

    await receiptComes(api, person)
    expect((await readExport(api, id)).status).to.equal('canceled')
    expect(await tracesOf(person)).to.deep.equal([])
    await service.lever.clearFaults()
    expect(await service.lever.opportunitiesByEmail(person.email)).to.deep.equal([])
  })

  it('lets an unclear export be looked for, but never sends it again', async () => {
    const person = await addPerson(api)
    const id = await unclearExport(person, 'resetBefore')

    await api.delete(`candidates/${person.id}`)
    await service.lever.clearFaults()
    await wakeExport(id)
    const ended = await waitForEnd(api, id)

    expect(ended.status).to.be.oneOf(['canceled', 'failed'])
    expect(ended.attempts.map(({ step }) => step)).to.include('look')
    await receiptComes(api, person)
    expect(await service.lever.opportunitiesByEmail(person.email)).to.deep.equal([])
    expect(await tracesOf(person)).to.deep.equal([])
  }).timeout(40_000)

  it('adopts the opportunity that an unclear export created', async () => {
    const person = await addPerson(api)
    const id = await unclearExport(person, 'resetAfter')

    await api.delete(`candidates/${person.id}`)
    await service.lever.clearFaults()
    await wakeExport(id)
    const ended = await waitForEnd(api, id)

    const made = await service.lever.opportunitiesByEmail(person.email)
    expect([ended.status, made.map((one) => one.id)]).to.deep.equal(['exported', [ended.opportunityId]])
    await receiptComes(api, person)
    expect(await tracesOf(person)).to.deep.equal([])
  }).timeout(40_000)

  it('does not wait for an unclear export that nobody may look for any more', async () => {
    const second = await service.connected()
    const revoked = service.api(second.apiKey)
    const person = await addPerson(revoked)
    const id = await unclearExport(person, 'resetAfter', revoked)
    await mongoose.connection
      .collection('connections')
      .updateOne({ organization: new mongoose.Types.ObjectId(second.id) }, { $set: { status: 'revoked' } })
    await wakeExport(id)
    await eventually('it is held', async () => (await readExport(revoked, id)).waitingFor === 'authorization')

    await revoked.delete(`candidates/${person.id}`)

    await receiptComes(revoked, person)
    expect((await readExport(revoked, id)).error?.code).to.equal('outcome_unknown')
    expect(await tracesOf(person)).to.deep.equal([])
  }).timeout(60_000)

  it('cancels an unwritten note', async () => {
    const person = await addPerson(api)
    await fault(service, { method: 'POST', path: '/notes$' }, { kind: 'status', status: 503, headers: { 'retry-after': '0' }, times: 1000 })
    const { id, opportunityId } = await exportAndWait(api, { candidateId: person.id, note: `${person.name} likes tea.` })
    await eventually('it was tried', async () => ((await ExportModel.findById(id).lean())?.note?.tries ?? 0) > 0)

    await api.delete(`candidates/${person.id}`)

    await receiptComes(api, person)
    expect((await readExport(api, id)).note).to.deep.include({ status: 'failed' })
    expect(await tracesOf(person)).to.deep.equal([])
    await service.lever.clearFaults()
    expect(await service.lever.notesOf(opportunityId ?? '')).to.deep.equal([])
  })

  it('leaves nothing in an export that was accepted at the same moment, after the others were processed', async () => {
    const person = await addPerson(api)
    await fault(service, LIST, { kind: 'status', status: 503, times: 1000 })
    const id = await askForExport(api, person, { note: `${person.name} likes tea.` })
    await untilItRests(id)

    await CandidateModel.deleteOne({ _id: person.id })
    await service.lever.clearFaults()
    await wakeExport(id)

    expect((await waitForEnd(api, id)).error?.code).to.equal('candidate_not_found')
    expect(await tracesOf(person)).to.deep.equal([])
  })

  it('waits for a file that is being imported, which may contain the person', async () => {
    const person = await addPerson(api)
    const running = await CandidateImportModel.create({
      organization: organization.id, status: 'running', file: new mongoose.Types.ObjectId(), dueAt: NEVER, expiresAt: NEVER,
    }) // prettier-ignore
    const kept = { organization: organization.id, import: running._id, expiresAt: NEVER }
    await ImportRejectionModel.create({ ...kept, line: 7, message: 'emails is not nice.', cells: [person.name] })

    await api.delete(`candidates/${person.id}`)
    const early = await receiptOf(api, person)
    await CandidateImportModel.updateOne({ _id: running._id }, { $set: { status: 'finished' } })

    expect(early).to.equal(null)
    await receiptComes(api, person)
    expect(await tracesOf(person)).to.deep.equal([])
  })

  it('is one erasure however often and however many at once request it', async () => {
    const person = await addPerson(api)

    const answers = await Promise.all(Array.from({ length: 5 }, () => api.delete(`candidates/${person.id}`)))

    expect(answers.map(({ status }) => status)).to.satisfy(
      (all: number[]) => all.includes(204) && all.every((one) => [204, 404].includes(one)),
    )
    const { body } = await api.get<{ data: { subject: string }[] }>('erasures?limit=100')
    expect(body.data.filter(({ subject }) => subject === `candidate:${person.id}`)).to.have.length(1)
  })

  it('is refused to another organization, which neither erases nor sees a receipt', async () => {
    const person = await addPerson(api)
    const stranger = (await service.organization()).api

    const tried = await stranger.delete(`candidates/${person.id}`)
    await api.delete(`candidates/${person.id}`)

    expect(tried.status).to.equal(404)
    expect((await stranger.get<{ data: unknown[] }>('erasures')).body.data).to.deep.equal([])
    const welcome = await stranger.post('candidates', { name: person.name, emails: [person.email] })
    expect(welcome.status, 'known there as anybody').to.equal(201)
  })
})
