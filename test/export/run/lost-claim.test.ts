import { expect } from 'chai'
import { AuditEventModel } from '../../../src/audit/audit-event-model.ts'
import { ExportModel } from '../../../src/export/export-model.ts'
import { DUE_NOW } from '../../../src/work/work-fields.ts'
import { eventually } from '../../support/eventually.ts'
import { QUICK_TIMES } from '../../support/quick-times.ts'
import { newPerson, SOURCER, startService, waitForEnd, type Api, type ServiceForTests } from '../../support/service.ts'

const LIST = { method: 'GET', path: '^/opportunities$', query: 'expand=' }

/** The claim does not wait for the majority: a primary that fails may take it along, and the next claim then has the same fence. */
describe('an export whose first claim was lost with the primary', () => {
  let service: ServiceForTests
  let api: Api

  before(async function () {
    this.timeout(60_000)
    service = await startService(QUICK_TIMES)
    await service.lever.settings({ rateLimit: { enabled: false } })
    api = (await service.connected()).api
  })
  after(() => service.stop())

  it('is recorded once, although the worker that does not know it goes on', async () => {
    const candidate = (await api.post<{ id: string; emails: string[] }>('candidates', newPerson())).body
    const there = await service.lever.addOpportunity({ emails: [candidate.emails[0] ?? ''] })
    await service.lever.clearRequests()
    await service.lever.fault({ kind: 'slow', delayMs: 60_000, match: LIST, times: 1 })
    const wish = { requestedBy: SOURCER, candidateId: candidate.id, onDuplicate: 'link' }
    const { id } = (await api.post<{ id: string }>('exports', wish)).body
    await eventually('Lever holds its answer', async () => (await service.lever.requests()).some(({ fault }) => fault === 'slow'))

    const asRequested = { status: 'queued', fence: 0, claim: null, leaseUntil: null, dueAt: DUE_NOW }
    await ExportModel.updateOne({ _id: id }, { $set: asRequested, $unset: { personLock: 1 } })
    const ended = await waitForEnd(api, id)
    const recorded = () => AuditEventModel.countDocuments({ subject: `export:${id}`, action: 'export.linked' })
    await service.lever.clearFaults()
    await new Promise((resolve) => setTimeout(resolve, 1000))

    expect([ended.opportunityId, (await ExportModel.findById(id).lean())?.fence, await recorded()]).to.deep.equal([there.id, 1, 1])
  })
})
