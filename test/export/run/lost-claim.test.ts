import { expect } from 'chai'
import { AuditEventModel } from '../../../src/audit/audit-event-model.ts'
import { ExportModel } from '../../../src/export/export-model.ts'
import { DUE_NOW } from '../../../src/work/work-fields.ts'
import { eventually } from '../../support/eventually.ts'
import { QUICK_TIMES } from '../../support/quick-times.ts'
import { exportsInProgress, newPerson, SOURCER, startService, waitForEnd, type Api, type ServiceForTests } from '../../support/service.ts'

const CREATE = { method: 'POST', path: '^/opportunities$' }
const LIST = { method: 'GET', path: '^/opportunities$', query: 'email=' }

const LEASE_MS = 1000

describe('the audit trail of an export whose worker goes on without its claim', () => {
  let service: ServiceForTests
  let api: Api

  before(async function () {
    this.timeout(60_000)
    service = await startService({ ...QUICK_TIMES, LEASE_MS: String(LEASE_MS), LEVER_TIMEOUT_MS: '20000' })
    await service.lever.settings({ rateLimit: { enabled: false } })
    api = (await service.connected()).api
  })
  after(() => service.stop())

  const candidate = async () => (await api.post<{ id: string; emails: string[] }>('candidates', newPerson())).body

  /** Requests an export, and resolves when Lever holds its answer to this call. */
  async function ask(match: Record<string, string>, wish: Record<string, unknown>): Promise<string> {
    await service.lever.clearRequests()
    await service.lever.fault({ kind: 'slow', delayMs: 60_000, match, times: 1 })
    const { id } = (await api.post<{ id: string }>('exports', { requestedBy: SOURCER, ...wish })).body
    await eventually('Lever holds its answer', async () => (await service.lever.requests()).some(({ fault }) => fault === 'slow'))
    return id
  }

  /** Lever answers the first worker, after the lease that it counts itself. Resolves to the number of records of the end. */
  async function recordsAfterAnswer(id: string): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS)) // only the clock ends a lease that the worker counts itself
    await service.lever.clearFaults()
    await eventually('the first worker has ended', async () => (await exportsInProgress(service.url)) === 0)
    return AuditEventModel.countDocuments({ subject: `export:${id}`, action: { $in: ['export.exported', 'export.linked'] } })
  }

  // the claim does not wait for the majority: a primary that fails may take it along, and the next claim then has the same fence
  it('has one record of the end if the claim was lost with the primary', async () => {
    const { id: candidateId, emails } = await candidate()
    const there = await service.lever.addOpportunity({ emails: [emails[0] ?? ''] })
    const id = await ask(LIST, { candidateId, onDuplicate: 'link' })

    const asRequested = { status: 'queued', fence: 0, claim: null, leaseUntil: null, dueAt: DUE_NOW }
    await ExportModel.updateOne({ _id: id }, { $set: asRequested, $unset: { personLock: 1 } })
    const ended = await waitForEnd(api, id)
    const records = await recordsAfterAnswer(id)

    expect([ended.opportunityId, (await ExportModel.findById(id).lean())?.fence, records]).to.deep.equal([there.id, 1, 1])
  })

  it('has one record of the end if the worker slept while Lever answered, and another one found the result', async () => {
    const { id: candidateId, emails } = await candidate()
    const id = await ask(CREATE, { candidateId })

    const hourAgo = new Date(Date.now() - 3_600_000) // or the other worker would wait until the call cannot arrive any more
    await ExportModel.updateOne({ _id: id, status: 'sending' }, { $set: { claim: null, leaseUntil: null, 'intent.at': hourAgo } })
    const ended = await waitForEnd(api, id)
    const records = await recordsAfterAnswer(id)

    const inLever = await service.lever.opportunitiesByEmail(emails[0] ?? '')
    expect([ended.status, inLever.map((one) => one.id), records]).to.deep.equal(['exported', [ended.opportunityId], 1])
  })
})
