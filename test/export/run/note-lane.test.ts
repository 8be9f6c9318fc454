import { expect } from 'chai'
import { Types } from 'mongoose'
import { ExportModel, type ExportDocument } from '../../../src/export/export-model.ts'
import { DUE_NOW } from '../../../src/work/work-fields.ts'
import { eventually } from '../../support/eventually.ts'
import { QUICK_TIMES } from '../../support/quick-times.ts'
import { exportAndWait, newPerson, SOURCER, startService, waitForEnd, type Api, type ServiceForTests } from '../../support/service.ts'

/** More than may be sent at once. */
const NOTES = 60

describe('notes of exports that no person waits for', () => {
  let service: ServiceForTests
  let api: Api

  before(async function () {
    this.timeout(60_000)
    service = await startService({ ...QUICK_TIMES, LEVER_REQUESTS_PER_SECOND: '5' })
    api = (await service.connected()).api
  })
  after(() => service.stop())

  /** Many exports of a bulk that have landed and have a note to write, copies of one that was exported. */
  async function notesDue(): Promise<void> {
    const { id } = await exportAndWait(api, { candidateId: (await api.post<{ id: string }>('candidates', newPerson())).body.id })
    const landed = await ExportModel.findById(id).lean<ExportDocument>().orFail()
    const { _id, openKey: _openKey, madeOpportunityId: _made, ...fields } = landed as ExportDocument & Record<string, unknown>
    const note = { text: 'From a rule', status: 'queued' }
    const copies = Array.from({ length: NOTES }, () => ({
      ...fields,
      _id: new Types.ObjectId(),
      lane: 1,
      note,
      dueAt: DUE_NOW,
      copied: _id,
    }))
    await ExportModel.collection.insertMany(copies)
  }

  it('do not take the turns of the export that a person waits for', async () => {
    const { id: candidateId } = (await api.post<{ id: string }>('candidates', newPerson())).body
    await notesDue()
    const isNote = ({ method, path }: { method: string; path: string }): boolean => method === 'POST' && path.endsWith('/notes')
    const written = async () => (await service.lever.requests()).filter(isNote).length

    await service.lever.clearRequests()
    // from then on, each request to Lever waits for its turn, five in a second
    await eventually('the first notes are written', async () => (await written()) > 0)
    const { id } = (await api.post<{ id: string }>('exports', { candidateId, requestedBy: SOURCER })).body
    const before = await written()
    await waitForEnd(api, id)

    const requests = await service.lever.requests()
    const created = requests.findIndex(({ method, path }) => method === 'POST' && /^\/v1\/opportunities$|^\/opportunities$/.test(path))
    const notesFirst = requests.slice(0, created).filter(isNote).length
    expect(created).to.be.greaterThan(-1)
    expect(notesFirst - before).to.be.lessThan(10)
    expect(await written()).to.be.lessThan(NOTES)
  })
})
