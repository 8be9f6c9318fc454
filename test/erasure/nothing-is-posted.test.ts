import { expect } from 'chai'
import mongoose from 'mongoose'
import { stub } from 'sinon'
import { ConversationModel } from '../../src/conversations/conversation-model.ts'
import { ErasureModel } from '../../src/erasure/erasure-model.ts'
import { ExportModel, type ExportDocument } from '../../src/export/export-model.ts'
import { forgetCandidate } from '../../src/export/forget-candidate.ts'
import { NEVER } from '../../src/work/work-fields.ts'
import { endQuietTime, newConversation, notedAtOnce, send, WITH_CONVERSATIONS } from '../conversations/conversation-world.ts'
import { eventually } from '../support/eventually.ts'
import type { FaultOrder } from '../support/lever.ts'
import { QUICK_TIMES } from '../support/quick-times.ts'
import { letCallBeOver, untilItRests, untilItRestsUnclear, wakeExport } from '../support/resting-export.ts'
import { exportAndWait, startService, waitForEnd, type Api, type ServiceForTests } from '../support/service.ts'
import { addPerson, askForExport, CREATE, fault, hashesInMirror, LIST, readExport, receiptComes, receiptOf, sendResume, tracesOf, type PersonInTest } from './erasure-world.ts' // prettier-ignore

const NOTES = '/notes$'
/** Lever answers when the faults are cleared. */
const HELD_MS = 600_000
const TIMEOUT_MS = 40_000

describe('once a person is erased', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let api: Api
  let apiKey: string

  before(async () => {
    // no test here may depend on a lapsed lease or on a timeout
    service = await startService({ ...QUICK_TIMES, LEVER_TIMEOUT_MS: String(TIMEOUT_MS), LEASE_MS: '45000' })
    await service.lever.settings({ rateLimit: { enabled: false } })
    ;({ api, apiKey } = await service.connected(WITH_CONVERSATIONS))
  })
  after(() => service.stop())
  afterEach(async () => {
    await service.lever.clearFaults()
    await service.lever.settings({ answers: { formNames: 'all' } })
    await api.patch('connection/settings', { noteMode: 'perPause' })
  })

  const exportOf = (person: PersonInTest) => ExportModel.findOne({ candidate: person.id }).lean<ExportDocument>()
  const inLever = async ({ email }: PersonInTest) => (await service.lever.opportunitiesByEmail(email)).map(({ id }) => id)
  const hold = (match: FaultOrder['match'], status: number) => fault(service, match, { kind: 'status', status, delayMs: HELD_MS })
  /** Takes longer than a worker that was just released needs for its next step. */
  const anotherIsExported = async () => exportAndWait(api, { candidateId: (await addPerson(api)).id })
  const isGoneThroughOnce = ({ id }: PersonInTest) =>
    eventually('the first pass is over', async () => (await ErasureModel.exists({ candidate: id, passes: { $gt: 0 } })) !== null)
  const calls = async (method: string, path: string) =>
    (await service.lever.requests('/opportunities')).filter((call) => call.method === method && new RegExp(path).test(call.path)).length

  /** Starts the request to erase. Resolves once it is accepted. */
  async function beginToErase(person: PersonInTest): Promise<{ isAnswered: () => boolean; answer: Promise<number> }> {
    let answered = false
    const answer = api.delete(`candidates/${person.id}`).then(({ status }) => {
      answered = true
      return status
    })
    const isMarked = async (): Promise<boolean> =>
      (await ExportModel.exists({ candidate: person.id, erasedAt: null })) === null &&
      (await ConversationModel.exists({ candidate: person.id, erasedAt: null })) === null
    await eventually('the erasure is accepted', isMarked)
    return { isAnswered: () => answered, answer }
  }

  async function expectForgotten(person: PersonInTest): Promise<void> {
    await receiptComes(api, person, 20_000)
    expect(await tracesOf(person)).to.deep.equal([])
  }

  /** Repeats look-ups without the waiting times between them. */
  async function expectForgottenOnceLookedFor(person: PersonInTest, id: string): Promise<void> {
    await eventually('the receipt', async () => {
      await letCallBeOver(id)
      await wakeExport(id)
      return receiptOf(api, person)
    })
    await expectForgotten(person)
  }

  it('a person whom a worker held during the duplicate search is not created, and the receipt does not wait for that worker', async () => {
    const person = await addPerson(api)
    await fault(service, LIST, { kind: 'slow', delayMs: HELD_MS })
    const id = await askForExport(api, person)
    await eventually('it is being checked', async () => (await exportOf(person))?.status === 'checking')

    await api.delete(`candidates/${person.id}`)
    await expectForgotten(person)
    await service.lever.clearFaults()
    await anotherIsExported()

    expect(await inLever(person)).to.deep.equal([])
    expect((await readExport(api, id)).status).to.equal('canceled')
  })

  it('a create that was looked for without result is not sent again by a worker that is about to send it', async () => {
    const person = await addPerson(api)
    await fault(service, CREATE, { kind: 'resetBefore' })
    await fault(service, LIST, { kind: 'status', status: 500, after: 1, times: 1000 })
    const id = await askForExport(api, person)
    await untilItRestsUnclear(id)
    await ExportModel.updateOne({ _id: id }, { $set: { 'intent.looks': 2 } })
    await service.lever.clearFaults()
    await fault(service, LIST, { kind: 'slow', delayMs: HELD_MS, after: 1 })
    await wakeExport(id)
    const isCheckedAgain = async () => {
      const found = await exportOf(person)
      return found?.status === 'checking' && found.intent !== null
    }
    await eventually('it is checked before it is sent again', isCheckedAgain)

    await api.delete(`candidates/${person.id}`)
    await expectForgotten(person)
    await service.lever.clearFaults()
    await anotherIsExported()

    expect(await inLever(person)).to.deep.equal([])
    expect((await readExport(api, id)).status).to.equal('canceled')
  })

  for (const [what, status, withResume] of [
    ['after a 401', 401, false],
    ['without the résumé that Lever refused', 422, true],
    ['because Lever asked for a pause', 429, false],
  ] as const) {
    it(`a create is not sent again ${what}, if the first call ends after the erasure`, async () => {
      const person = await addPerson(api)
      if (withResume) expect(await sendResume(service, apiKey, person)).to.be.oneOf([200, 201])
      await service.lever.clearRequests()
      await hold(CREATE, status)
      const id = await askForExport(api, person)
      await eventually('it is being sent', async () => (await calls('POST', CREATE.path)) === 1)

      const { isAnswered, answer } = await beginToErase(person)
      const early = isAnswered()
      await service.lever.clearFaults()
      await anotherIsExported()
      await letCallBeOver(id)

      expect([early, await answer], 'answered once the call has ended').to.deep.equal([false, 204])
      // the first call, and the call for the other person
      expect([await calls('POST', CREATE.path), await inLever(person)]).to.deep.equal([2, []])
      await expectForgottenOnceLookedFor(person, id)
      expect((await readExport(api, id)).status).to.be.oneOf(['canceled', 'failed'])
      expect(await receiptOf(api, person)).not.to.have.property('madeInLever')
    })
  }

  it('a create that is being sent ends before the answer, and the receipt names the opportunity', async () => {
    const person = await addPerson(api)
    await fault(service, CREATE, { kind: 'slow', delayMs: HELD_MS })
    const id = await askForExport(api, person)
    await eventually('it is being sent', async () => (await exportOf(person))?.status === 'sending')

    const { isAnswered, answer } = await beginToErase(person)
    await isGoneThroughOnce(person)
    const early = [isAnswered(), await receiptOf(api, person)]
    await service.lever.clearFaults()
    expect(await answer).to.equal(204)
    const made = await inLever(person)
    const ended = await waitForEnd(api, id)

    expect(early, 'neither answer nor receipt').to.deep.equal([false, null])
    expect([ended.status, made]).to.deep.equal(['exported', [ended.opportunityId]])
    await expectForgotten(person)
    expect(await receiptOf(api, person))
      .to.have.property('madeInLever')
      .that.deep.equals(made)
    expect(await hashesInMirror(ended.opportunityId)).to.equal(0)
  })

  it('an opportunity that Lever created without parts of the form is not completed, if a part is being added', async () => {
    const person = await addPerson(api)
    expect(await sendResume(service, apiKey, person)).to.be.oneOf([200, 201])
    await service.lever.settings({ answers: { formNames: 'documented' } })
    await service.lever.clearRequests()
    await hold({ method: 'POST', path: '/addSources$' }, 422)
    const id = await askForExport(api, person)
    await eventually('a part is being added', async () => (await calls('POST', '/addSources$')) === 1)

    const { isAnswered, answer } = await beginToErase(person)
    await isGoneThroughOnce(person)
    const early = isAnswered()
    await service.lever.clearFaults()
    await letCallBeOver(id)
    const status = await answer
    await anotherIsExported()

    expect([early, status]).to.deep.equal([false, 204])
    expect([await calls('POST', '/addLinks$'), await calls('POST', '/files$')]).to.deep.equal([0, 0])
    expect((await service.lever.requests('/contacts')).filter(({ method }) => method === 'PUT')).to.be.empty
    await expectForgottenOnceLookedFor(person, id)
  })

  it('a person who is created after the connection broke is in Lever before the answer, and is found', async () => {
    const person = await addPerson(api)
    await fault(service, CREATE, { kind: 'lateEffect', delayMs: 3000 })
    await fault(service, LIST, { kind: 'status', status: 500, after: 1, times: 1000 })
    const id = await askForExport(api, person)
    await eventually('it is unclear', async () => (await exportOf(person))?.status === 'unclear')
    // the call may be in transit for five more seconds
    await ExportModel.updateOne({ _id: id }, { $set: { 'intent.at': new Date(Date.now() - TIMEOUT_MS + 4000) } })

    const { status } = await api.delete(`candidates/${person.id}`)
    const made = await inLever(person)

    expect([status, made.length]).to.deep.equal([204, 1])
    await service.lever.clearFaults()
    await wakeExport(id)
    await expectForgotten(person)
    expect(await receiptOf(api, person))
      .to.have.property('madeInLever')
      .that.deep.equals(made)
    expect((await readExport(api, id)).status).to.equal('exported')
  })

  it('a repeated request is answered no sooner', async () => {
    const person = await addPerson(api)
    await fault(service, CREATE, { kind: 'slow', delayMs: HELD_MS })
    await askForExport(api, person)
    await eventually('it is being sent', async () => (await exportOf(person))?.status === 'sending')
    const { answer } = await beginToErase(person)
    await eventually('the candidate is gone', async () => (await api.get(`candidates/${person.id}`)).status === 404)

    const again = await beginToErase(person)
    await isGoneThroughOnce(person)
    const early = again.isAnswered()
    await service.lever.clearFaults()

    expect([early, await answer, await again.answer]).to.deep.equal([false, 204, 404])
    await expectForgotten(person)
  })

  it("an export's note is not written by a worker whose first call ends after the erasure", async () => {
    const person = await addPerson(api)
    await hold({ method: 'POST', path: NOTES }, 401)
    const { opportunityId } = await exportAndWait(api, { candidateId: person.id, note: `${person.name} likes tea.` })
    const notes = `^/opportunities/${opportunityId}/notes$`
    await eventually('it is being written', async () => (await calls('POST', notes)) === 1)

    const { answer } = await beginToErase(person)
    await service.lever.clearFaults()
    await anotherIsExported()

    expect([await answer, await calls('POST', notes)]).to.deep.equal([204, 1])
    expect(await service.lever.notesOf(opportunityId ?? '')).to.deep.equal([])
    await expectForgotten(person)
  })

  it("an export's note with an unclear outcome is dropped at once, even while a worker looks for it", async () => {
    const person = await addPerson(api)
    await fault(service, { method: 'POST', path: NOTES }, { kind: 'resetBefore' })
    await fault(service, { method: 'GET', path: NOTES }, { kind: 'slow', delayMs: HELD_MS })
    const { id, opportunityId } = await exportAndWait(api, { candidateId: person.id, note: `${person.name} likes tea.` })
    const look = `^/opportunities/${opportunityId}/notes$`
    await eventually('its answer was lost', async () => ((await exportOf(person))?.note?.tries ?? 0) > 0)
    await eventually('it is looked for', async () => {
      await letCallBeOver(id)
      await wakeExport(id)
      return (await calls('GET', look)) === 1
    })

    await api.delete(`candidates/${person.id}`)
    await expectForgotten(person)
    await service.lever.clearFaults()
    await anotherIsExported()

    expect(await service.lever.notesOf(opportunityId ?? '')).to.deep.equal([])
  })

  it('an export that lands while its traces are removed is cleaned in the next pass', async () => {
    const [organization, candidate] = [new mongoose.Types.ObjectId(), new mongoose.Types.ObjectId()]
    const fields = { organization, candidate, requestedBy: 'a@b.example', onDuplicate: 'create' as const }
    await ExportModel.create({ ...fields, status: 'unclear', dueAt: NEVER, note: { status: 'queued', text: 'likes tea' } })
    const forget = async () => forgetCandidate(String(organization), String(candidate), TIMEOUT_MS)
    const exists = ExportModel.exists.bind(ExportModel)
    const landing = stub(ExportModel, 'exists').callsFake((filter) => {
      landing.restore()
      const landed = ExportModel.updateOne({ organization, candidate }, { $set: { status: 'exported' } })
      return landed.then(() => exists(filter)) as unknown as ReturnType<typeof exists>
    })

    const first = await forget()
    const second = await forget()

    expect([first.underWay, second.underWay]).to.deep.equal([true, false])
    expect((await ExportModel.findOne({ candidate }).lean<ExportDocument>())?.note).not.to.have.property('text')
  })

  it('an export that waits for Lever is canceled and never sent', async () => {
    const person = await addPerson(api)
    await fault(service, LIST, { kind: 'status', status: 503, headers: { 'retry-after': '0' }, times: 1000 })
    const id = await askForExport(api, person)
    await untilItRests(id)

    await api.delete(`candidates/${person.id}`)
    await service.lever.clearFaults()
    await wakeExport(id)
    await anotherIsExported()

    expect(await inLever(person)).to.deep.equal([])
    await expectForgotten(person)
  })

  async function talkOf(person: PersonInTest): Promise<{ talk: string; notes: string; opportunityId: string }> {
    const { opportunityId } = await exportAndWait(api, { candidateId: person.id })
    const talk = newConversation()
    await send(api, talk, { candidateId: person.id, body: `to ${person.name}` })
    return { talk, opportunityId: opportunityId ?? '', notes: `^/opportunities/${opportunityId}/notes` }
  }

  it('a note of a conversation is not written by a worker whose first call ends after the erasure', async () => {
    const person = await addPerson(api)
    const { talk, notes, opportunityId } = await talkOf(person)
    await hold({ method: 'POST', path: notes }, 401)
    await endQuietTime(talk)
    await eventually('it is being written', async () => (await calls('POST', notes)) === 1)

    const { isAnswered, answer } = await beginToErase(person)
    const early = isAnswered()
    await service.lever.clearFaults()
    await anotherIsExported()

    expect([early, await calls('POST', notes), await service.lever.notesOf(opportunityId)]).to.deep.equal([false, 1, []])
    await expectForgotten(person)
    expect(await answer).to.equal(204)
  })

  it('a note of a conversation is not replaced by a worker whose first call ends after the erasure', async () => {
    await api.patch('connection/settings', { noteMode: 'perConversation' })
    const person = await addPerson(api)
    const { talk, notes, opportunityId } = await talkOf(person)
    await notedAtOnce(api, talk)
    await send(api, talk, { candidateId: person.id, body: `more to ${person.name}` })
    await hold({ method: 'PUT', path: notes }, 401)
    await endQuietTime(talk)
    await eventually('it is being replaced', async () => (await calls('PUT', notes)) === 1)

    const { isAnswered, answer } = await beginToErase(person)
    const early = isAnswered()
    await service.lever.clearFaults()
    await anotherIsExported()

    const texts = JSON.stringify(await service.lever.notesOf(opportunityId))
    expect([early, await calls('PUT', notes), texts.includes('more to')]).to.deep.equal([false, 1, false])
    await expectForgotten(person)
    expect(await answer).to.equal(204)
  })

  it('a conversation whose note has an unclear outcome is dropped at once, even while a worker looks for it', async () => {
    const person = await addPerson(api)
    const { talk, notes, opportunityId } = await talkOf(person)
    await fault(service, { method: 'POST', path: notes }, { kind: 'resetBefore' })
    await fault(service, { method: 'GET', path: notes }, { kind: 'slow', delayMs: HELD_MS })
    await endQuietTime(talk)
    await eventually('its answer was lost', async () => (await calls('POST', notes)) === 1)
    const past = new Date(Date.now() - 3_600_000)
    await eventually('it is looked for', async () => {
      await ConversationModel.updateOne(
        { externalId: talk, waitingFor: 'settling' },
        { $set: { 'pending.intentAt': past, 'pending.looks': 2, dueAt: past } },
      )
      return (await calls('GET', notes)) === 1
    })

    await api.delete(`candidates/${person.id}`)
    await expectForgotten(person)
    await service.lever.clearFaults()
    await anotherIsExported()

    expect(await service.lever.notesOf(opportunityId)).to.deep.equal([])
  })
})
