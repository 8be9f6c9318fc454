import { expect } from 'chai'
import { ExportModel } from '../../../src/export/export-model.ts'
import { eventually } from '../../support/eventually.ts'
import { QUICK_TIMES } from '../../support/quick-times.ts'
import { newPerson, SOURCER, startService, waitForEnd, type Api, type ServiceForTests } from '../../support/service.ts'

const LIST = { method: 'GET', path: '^/opportunities$', query: 'email=' }

/** The lock does not wait for the majority, so a primary that fails may take it along while the claim stays. */
describe('an export that has lost the lock on its person', () => {
  let service: ServiceForTests
  let api: Api

  before(async function () {
    this.timeout(60_000)
    service = await startService({ ...QUICK_TIMES, LEASE_MS: '2000' })
    await service.lever.settings({ rateLimit: { enabled: false } })
    api = (await service.connected()).api
  })
  after(() => service.stop())

  it('sends nothing until it is checked again under a new lock', async () => {
    const candidate = (await api.post<{ id: string; emails: string[] }>('candidates', newPerson())).body
    await service.lever.clearRequests()
    await service.lever.fault({ kind: 'slow', delayMs: 60_000, match: LIST, times: 1 })
    const { id } = (await api.post<{ id: string }>('exports', { requestedBy: SOURCER, candidateId: candidate.id })).body
    await eventually('Lever holds its answer', async () => (await service.lever.requests()).some(({ fault }) => fault === 'slow'))

    await ExportModel.collection.updateOne({ _id: (await ExportModel.findById(id).orFail())._id }, { $unset: { personLock: 1 } })
    await service.lever.clearFaults()
    const ended = await waitForEnd(api, id)

    const requests = (await service.lever.requests()).filter(({ path }) => path === '/opportunities').map(({ method }) => method)
    expect([ended.status, (await service.lever.opportunitiesByEmail(candidate.emails[0] ?? '')).length]).to.deep.equal(['exported', 1])
    expect(requests).to.deep.equal(['GET', 'GET', 'POST'])
  })
})
