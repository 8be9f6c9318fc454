import { expect } from 'chai'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { dateErasureSwitch } from '../../src/connection/settings.ts'
import { ExportModel } from '../../src/export/export-model.ts'
import { OpportunityHistoryModel } from '../../src/mirror/opportunity-history-model.ts'
import { eventually } from '../support/eventually.ts'
import { QUICK_TIMES } from '../support/quick-times.ts'
import { exportAndWait, startService, waitForEnd, type Api, type ServiceForTests } from '../support/service.ts'
import {
  addPerson,
  askForExport,
  fault,
  hashesInMirror,
  receiptComes,
  receiptOf,
  sendResume,
  tracesOf,
  type PersonInTest,
} from './erasure-world.ts'
import { stepContext } from '../support/step-context.ts'

const READ = { method: 'GET', path: '^/opportunities/[0-9a-f-]+$' }
const DELETED = { method: 'GET', path: '^/opportunities/deleted$' }

interface Linked {
  lever?: { opportunityId: string }
}

describe('erasing people whom Lever erased', () => {
  let service: ServiceForTests
  let api: Api
  let apiKey: string

  before(async function () {
    this.timeout(60_000)
    service = await startService({ ...QUICK_TIMES, LEVER_TIMEOUT_MS: '8000' })
    await service.lever.settings({ rateLimit: { enabled: false }, deliveryTimeoutMs: 10_000 })
    ;({ api, apiKey } = await service.connected())
    await api.post('connection/webhooks/provision')
  })
  after(() => service.stop())
  afterEach(async () => {
    await service.lever.clearFaults()
    await api.patch('connection/settings', { eraseWhenDeletedInLever: false })
  })

  async function exported(): Promise<{ person: PersonInTest; opportunityId: string }> {
    const person = await addPerson(api)
    const { opportunityId } = await exportAndWait(api, { candidateId: person.id })
    return { person, opportunityId: opportunityId ?? '' }
  }

  /** Delivers an event about the opportunity. Resolves when it is processed. */
  async function tell(event: string, opportunityId: string): Promise<void> {
    const sent = await service.lever.deliver(event, { opportunityId })
    expect(sent, 'there is a webhook for it').to.have.length(1)
    await eventually('it is processed', async () => {
      const { body } = await api.get<{ data: { leverId: string; status: string }[] }>('webhook-deliveries?limit=100')
      return body.data.some(({ leverId, status }) => leverId === sent[0]?.body.id && status !== 'received')
    }) // prettier-ignore
  }

  /** Waits until all deliveries are processed, because later ones may still have an effect. */
  async function allIsProcessed(): Promise<void> {
    await eventually('all is processed', async () => {
      const { body } = await api.get<{ data: { status: string }[] }>('webhook-deliveries?limit=100')
      return body.data.every(({ status }) => status !== 'received')
    }) // prettier-ignore
  }

  const read = async ({ id }: PersonInTest) => api.get<Linked>(`candidates/${id}`)
  const eraseWhenDeleted = async () => api.patch('connection/settings', { eraseWhenDeletedInLever: true })

  it('erases a candidate whose contact is shown as anonymized', async () => {
    const { person, opportunityId } = await exported()
    await service.lever.anonymize(opportunityId)

    await tell('candidateStageChange', opportunityId)

    expect(await receiptComes(api, person)).to.include({ cause: 'anonymized_in_lever' })
    expect((await read(person)).status).to.equal(404)
    expect(await tracesOf(person)).to.deep.equal([])
    expect(await hashesInMirror(opportunityId)).to.equal(0)
  })

  async function tellOfAnonymizing(id: string, hint: object): Promise<void> {
    await service.lever.anonymize(id)
    await service.lever.deliver('candidateArchiveChange', hint)
  }

  for (const [what, act] of [
    // none of the eight events reports this
    ['anonymized in Lever', tellOfAnonymizing],
    ['deleted there, when set,', (id: string) => service.lever.deleteOpportunity(id)],
  ] as const) {
    it(`leaves no trace of a person who is ${what} in any collection or file: résumé, note, payloads, history`, async () => {
      await eraseWhenDeleted()
      const person = await addPerson(api, { 'Idempotency-Key': `told ${what.length}` })
      expect(await sendResume(service, apiKey, person)).to.be.oneOf([200, 201])
      const { opportunityId, note } = await exportAndWait(api, { candidateId: person.id, note: `Ask ${person.name} about Go.` })
      const id = opportunityId ?? ''
      await service.lever.moveStage(id, 'lead-responded')
      const hint = { opportunityId: id, name: person.name, emails: [person.email], phones: [person.phone] }
      await service.lever.deliver('candidateStageChange', hint)
      await eventually('it is told', async () => (await tracesOf(person)).includes('deliveries'))
      const begun = await tracesOf(person)

      await act(id, hint)

      const { removed } = await receiptComes(api, person)
      expect(note).not.to.equal(null)
      expect(begun).to.include.members(['candidates', 'deliveries', 'resumes.chunks'])
      await eventually('no trace is left', async () => (await tracesOf(person)).length === 0, 20_000)
      expect(await hashesInMirror(id)).to.equal(0)
      expect(await OpportunityHistoryModel.countDocuments({ opportunityId: id })).to.equal(0)
      expect(removed).to.include({ candidates: 1, resumes: 1 })
    })
  }

  it('erases the candidate also when another opportunity of the contact is read', async () => {
    const { person, opportunityId } = await exported()
    const other = await service.lever.addOpportunity({ name: person.name, emails: [person.email] })
    await service.lever.anonymize(opportunityId)

    await tell('candidateStageChange', other.id)

    expect(await receiptComes(api, person)).to.include({ cause: 'anonymized_in_lever' })
  })

  it('only unlinks candidates whose opportunity was deleted in Lever, unless configured otherwise', async () => {
    const { person, opportunityId } = await exported()

    await service.lever.deleteOpportunity(opportunityId)
    await eventually('it is unlinked', async () => !(await read(person)).body.lever)
    await allIsProcessed()

    expect(await receiptOf(api, person)).to.equal(null)
    expect((await read(person)).status).to.equal(200)
  })

  it("erases, if so configured, with the contact's last opportunity", async () => {
    await eraseWhenDeleted()
    const { person, opportunityId } = await exported()

    await service.lever.deleteOpportunity(opportunityId)

    expect(await receiptComes(api, person)).to.include({ cause: 'deleted_in_lever' })
    expect(await tracesOf(person)).to.deep.equal([])
  })

  it('erases nobody for a deletion that Lever made before the setting was switched on', async () => {
    const { person, opportunityId } = await exported()
    await service.lever.deleteOpportunity(opportunityId)
    await eventually('it is unlinked', async () => !(await read(person)).body.lever)
    await allIsProcessed()

    await eraseWhenDeleted()
    await tell('candidateDeleted', opportunityId)
    await allIsProcessed()
    expect(await receiptOf(api, person), 'deleted before').to.equal(null)

    const again = await exportAndWait(api, { candidateId: person.id })
    await tell('candidateDeleted', opportunityId)
    await allIsProcessed()
    expect(await receiptOf(api, person), 'exported again').to.equal(null)
    expect((await read(person)).body.lever?.opportunityId).to.equal(again.opportunityId)
  })

  it('counts from the first start if the setting was switched on before its date was stored', async () => {
    await eraseWhenDeleted()
    const since = async () => (await ConnectionModel.findOne({}).orFail().lean()).settings?.eraseWhenDeletedInLeverSince
    const { person: early, opportunityId } = await exported()
    await ConnectionModel.updateOne({}, { $unset: { 'settings.eraseWhenDeletedInLeverSince': 1 } })
    await service.lever.deleteOpportunity(opportunityId)
    await eventually('it is unlinked', async () => !(await read(early)).body.lever)

    await dateErasureSwitch(stepContext())
    const first = await since()
    await tell('candidateDeleted', opportunityId)
    await allIsProcessed()
    const { person, opportunityId: later } = await exported()
    await service.lever.deleteOpportunity(later)

    await receiptComes(api, person)
    expect(await receiptOf(api, early), 'deleted before').to.equal(null)
    await dateErasureSwitch(stepContext())
    await eraseWhenDeleted()
    expect([first instanceof Date, await since()], 'written once').to.deep.equal([true, first])
  })

  it('erases nobody with an export in progress', async () => {
    await eraseWhenDeleted()
    const { person, opportunityId } = await exported()
    await fault(service, { method: 'GET', path: '^/opportunities$', query: 'email=' }, { kind: 'status', status: 503, times: 1000 })
    await ExportModel.updateOne({ candidate: person.id }, { $unset: { openKey: 1 } })
    const id = await askForExport(api, person, { onDuplicate: 'create' })

    await service.lever.deleteOpportunity(opportunityId)
    await eventually('it is unlinked', async () => !(await read(person)).body.lever)
    await allIsProcessed()
    await service.lever.clearFaults()

    expect(await receiptOf(api, person)).to.equal(null)
    expect((await waitForEnd(api, id)).status).to.equal('exported')
  })

  it('erases people whom Lever no longer shows, even if it shows someone else with the same email address', async () => {
    await eraseWhenDeleted()
    const { person, opportunityId } = await exported()
    const other = await service.lever.addOpportunity({ name: 'Somebody Else', emails: [`other-${person.email}`] })
    await CandidateModel.updateOne({ _id: person.id }, { $push: { emails: `other-${person.email}` } })

    await service.lever.deleteOpportunity(opportunityId)

    expect(await receiptComes(api, person)).to.include({ cause: 'deleted_in_lever' })
    expect((await service.lever.opportunitiesByEmail(`other-${person.email}`)).map(({ id }) => id)).to.deep.equal([other.id])
  })

  it('does not erase a person who has another opportunity in Lever, under another contact', async () => {
    await eraseWhenDeleted()
    const { person, opportunityId } = await exported()
    const other = await service.lever.addOpportunity({ name: person.name, emails: [`other-${person.email}`] })
    await CandidateModel.updateOne({ _id: person.id }, { $set: { 'lever.opportunityId': other.id } })

    await service.lever.deleteOpportunity(opportunityId)
    await tell('candidateDeleted', opportunityId)
    await allIsProcessed()

    expect(await receiptOf(api, person)).to.equal(null)
    expect((await read(person)).body.lever?.opportunityId).to.equal(other.id)
  })

  it('unlinks, if so configured, while the contact has another opportunity, and erases when that is deleted too', async () => {
    await eraseWhenDeleted()
    const { person, opportunityId } = await exported()
    const other = await service.lever.addOpportunity({ name: person.name, emails: [person.email] })
    await tell('candidateStageChange', other.id)

    await service.lever.deleteOpportunity(opportunityId)
    await eventually('it is unlinked', async () => !(await read(person)).body.lever)
    await allIsProcessed()
    const early = await receiptOf(api, person)
    await service.lever.deleteOpportunity(other.id)

    expect(early).to.equal(null)
    expect(await receiptComes(api, person)).to.include({ cause: 'deleted_in_lever' })
  })

  it('recognizes a person whose contact was merged into another one', async () => {
    await eraseWhenDeleted()
    const { person, opportunityId } = await exported()
    const other = await service.lever.addOpportunity({ name: person.name, emails: [`other-${person.email}`] })
    await service.lever.mergeContacts(opportunityId, other.id)
    await tell('candidateStageChange', opportunityId)

    await service.lever.deleteOpportunity(opportunityId)
    await eventually('it is unlinked', async () => !(await read(person)).body.lever)
    await allIsProcessed()
    expect(await receiptOf(api, person), 'the contact has another opportunity').to.equal(null)
  })

  it('erases a candidate whose contact was merged into one that is then anonymized', async () => {
    const { person, opportunityId } = await exported()
    const other = await service.lever.addOpportunity({ name: person.name, emails: [`other-${person.email}`] })
    await service.lever.mergeContacts(opportunityId, other.id)
    await tell('candidateStageChange', opportunityId)
    await service.lever.anonymize(other.id)

    await tell('candidateStageChange', other.id)

    expect(await receiptComes(api, person)).to.include({ cause: 'anonymized_in_lever' })
    expect(await tracesOf(person)).to.deep.equal([])
  })

  it('does not treat a hidden opportunity as deleted', async () => {
    await eraseWhenDeleted()
    const { person, opportunityId } = await exported()
    const hidden = await service.lever.addOpportunity({ name: person.name, emails: [person.email] })
    await tell('candidateStageChange', hidden.id)
    await fault(
      service,
      { method: 'GET', path: '^/opportunities$' },
      { kind: 'status', status: 200, body: { data: [], hasNext: false }, times: 50 },
    )

    await service.lever.deleteOpportunity(opportunityId)
    await eventually('it is unlinked', async () => !(await read(person)).body.lever)
    await allIsProcessed()

    expect(await receiptOf(api, person)).to.equal(null)
  })

  it('erases nothing after a 404 for any record: a swapped key looks the same', async () => {
    await eraseWhenDeleted()
    const { person, opportunityId } = await exported()
    const none = { data: [], hasNext: false }
    await fault(service, READ, { kind: 'status', status: 404, times: 1000 })
    await fault(service, DELETED, { kind: 'status', status: 200, body: none, times: 1000 })

    for (const event of ['candidateDeleted', 'candidateStageChange', 'candidateArchiveChange']) await tell(event, opportunityId)
    await service.lever.clearFaults()
    await fault(service, READ, { kind: 'status', status: 404, times: 1000 })
    await fault(service, DELETED, { kind: 'status', status: 404, times: 1000 })
    await service.lever.clearRequests()
    await tell('candidateDeleted', opportunityId)

    const asked = await service.lever.requests('/opportunities/')
    const paths = new Set(asked.map(({ path }) => path.split('/').at(-1))) // it may have been looked up again in between
    expect([...paths], 'it was read, and looked for').to.have.members([opportunityId, 'deleted'])
    expect(asked.every(({ status }) => status === 404)).to.equal(true)
    expect((await read(person)).body.lever?.opportunityId).to.equal(opportunityId)
    expect(await receiptOf(api, person)).to.equal(null)
  })
})
