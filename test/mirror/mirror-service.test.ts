import { expect } from 'chai'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { OpportunitySyncModel } from '../../src/mirror/opportunity-sync-model.ts'
import { LeverOpportunityModel } from '../../src/mirror/lever-opportunity-model.ts'
import { QUICK_TIMES } from '../support/quick-times.ts'
import { eventually } from '../support/eventually.ts'
import type { LeverOpportunity } from '../support/lever.ts'
import { exportAndWait, newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../support/service.ts'
import { expectSameAsLever } from './same-as-lever.ts'

interface Sync {
  state: string
  finishedAt: string | null
  resources: Record<string, number>
  opportunities?: { complete: boolean; records: number; sweptAt: string | null }
}
interface Connection {
  warnings: string[]
  webhooks: { event: string; missed: number }[]
  sync: Sync
}

describe('the mirror in the service', () => {
  let service: ServiceForTests
  let id: string
  let api: Api

  before(async () => {
    service = await startService(QUICK_TIMES)
    await service.lever.settings({ rateLimit: { enabled: false } })
    ;({ id, api } = await service.connected())
  })
  after(() => service.stop())

  const connection = async () => (await api.get<Connection>('connection')).body
  async function sweep(): Promise<void> {
    expect((await api.post('lever/sync', { resources: ['opportunities'] })).status).to.equal(202)
    await eventually('the sweep ends', async () => (await connection()).sync.state === 'idle', 10_000)
  }
  const movable = async (count: number): Promise<LeverOpportunity[]> => {
    const all = (await service.lever.allOpportunities()) as (LeverOpportunity & { confidentiality: string })[]
    return all.filter((one) => one.stage !== 'offer' && !one.archived && one.confidentiality !== 'confidential').slice(0, count)
  }

  it('contains all opportunities once the connection is active, and says so', async () => {
    const { sync } = await connection()

    expect(sync.opportunities).to.include({ complete: true, records: sync.resources['opportunities'] })
    expect(sync.resources).to.include({ users: 8, postings: 11 })
    await expectSameAsLever(id, service.lever)
    const page = await api.get<{ data: unknown[]; nextCursor: string | null }>('lever/opportunities?limit=100')
    expect(page.body.data).to.have.length(100)
    expect(page.body.nextCursor).to.be.a('string')
  })

  it('is not read before the connection is active', async () => {
    const { api: other } = await service.organization()

    expect((await other.get<Connection>('connection')).body.sync).not.to.have.property('opportunities')
  })

  it('equals Lever after one sweep, as do candidates, when webhooks are lost, duplicated, and out of order', async () => {
    const { lever } = service
    const made = await api.post<{ id: string }>('candidates', newPerson())
    const { opportunityId } = await exportAndWait(api, { candidateId: made.body.id })
    expect((await api.post('connection/webhooks/provision')).status).to.equal(200)
    const ones = await movable(12)
    for (const [index, one] of ones.entries()) {
      await lever.settings({ eventGroups: { candidateStageChange: index % 3 !== 0 } })
      await lever.moveStage(one.id, 'offer')
    }
    await lever.settings({ eventGroups: { candidateStageChange: false, candidateArchiveChange: false, candidateDeleted: false } })
    await lever.moveStage(opportunityId!, 'lead-responded')
    await lever.archive(ones[1]!.id)
    await lever.deleteOpportunity(ones[2]!.id)
    for (const { id: delivery } of (await lever.deliveries()).toReversed()) await lever.rerunDelivery(delivery)

    await sweep()

    await expectSameAsLever(id, lever)
    const candidate = await api.get<{ lever: { stage: { id: string } } }>(`candidates/${made.body.id}`)
    expect(candidate.body.lever.stage.id).to.equal('lead-responded')
    const { webhooks } = await connection()
    expect(webhooks.find(({ event }) => event === 'candidateStageChange')?.missed).to.be.at.least(5)
    expect(webhooks.find(({ event }) => event === 'candidateDeleted')?.missed).to.equal(1)
  })

  it('names a silent event until a delivery arrives', async () => {
    const { lever } = service
    await lever.settings({ eventGroups: { candidateStageChange: true, candidateArchiveChange: false, candidateDeleted: true } })
    const [first, second, third] = await movable(3)
    for (const { id: one } of [first!, second!]) await lever.archive(one)

    await sweep()

    expect((await connection()).warnings).to.include('webhookGroupOff:candidateArchiveChange')
    await lever.settings({ eventGroups: { candidateArchiveChange: true } })
    await lever.archive(third!.id)
    await eventually('the warning goes', async () => !(await connection()).warnings.includes('webhookGroupOff:candidateArchiveChange'))
  })

  it('unlinks a candidate whose opportunity was deleted without a webhook', async () => {
    const made = await api.post<{ id: string }>('candidates', newPerson())
    const { opportunityId } = await exportAndWait(api, { candidateId: made.body.id })
    await service.lever.settings({ eventGroups: { candidateDeleted: false } })
    await service.lever.deleteOpportunity(opportunityId!)

    await sweep()

    expect((await api.get<{ lever?: unknown }>(`candidates/${made.body.id}`)).body.lever ?? null).to.equal(null)
    expect(await LeverOpportunityModel.exists({ leverId: opportunityId })).to.equal(null)
  })

  it('answers instead of Lever in a bulk export, with one call per export, but not in a single export', async () => {
    const { lever } = service
    const candidateIds: string[] = []
    for (let made = 0; made < 20; made += 1) candidateIds.push((await api.post<{ id: string }>('candidates', newPerson())).body.id)
    await sweep()
    await lever.clearRequests()
    const asked = async () => (await lever.requests('/opportunities')).filter(({ method, query }) => method === 'POST' || query['email'])

    const bulk = await api.post<{ batchId: string; accepted: number }>('exports/bulk', { candidateIds, requestedBy: SOURCER })
    const batch = async () => (await api.get<{ status: string; exported: number }>(`export-batches/${bulk.body.batchId}`)).body
    await eventually('the bulk ends', async () => (await batch()).status === 'finished', 30_000)

    expect((await batch()).exported).to.equal(20)
    expect((await asked()).map(({ method }) => method)).to.deep.equal(Array.from({ length: 20 }, () => 'POST'))

    await lever.clearRequests()
    await exportAndWait(api, { candidate: newPerson() })
    expect((await asked()).map(({ method }) => method)).to.deep.equal(['GET', 'POST'])
  })

  it('is deleted with the connection', async () => {
    expect((await api.delete('connection')).status).to.equal(204)

    await eventually(
      'a sweep that was under way has noticed',
      async () => (await LeverOpportunityModel.countDocuments({ organization: id })) === 0,
    )
    expect(await OpportunitySyncModel.countDocuments({ organization: id })).to.equal(0)
    const { sync } = await connection()
    expect(sync).to.deep.include({ state: 'idle', finishedAt: null, resources: {} })
    expect(sync).not.to.have.property('opportunities')
    const stored = await ConnectionModel.findOne({ organization: id }).orFail().lean()
    expect(JSON.stringify(stored)).not.to.contain('missed')
  })
})
