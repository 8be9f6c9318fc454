import { expect } from 'chai'
import { Types } from 'mongoose'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { OpportunitySyncModel } from '../../src/mirror/opportunity-sync-model.ts'
import { SyncRunModel } from '../../src/mirror/sync-run-model.ts'
import { syncStatus } from '../../src/mirror/sync-status.ts'
import { adoptSyncProgress } from '../../src/operators/adopt-sync-progress.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { stepContext } from '../support/step-context.ts'

const AT = new Date('2026-05-04T08:00:00Z')
const SYNC = { state: 'idle', startedAt: AT, finishedAt: AT, resources: { users: 8, stages: 9 } }
const OPPORTUNITY_SYNC = {
  state: 'failed',
  runAt: AT,
  startedAt: AT,
  finishedAt: AT,
  complete: true,
  records: 120,
  sweptAt: AT,
  error: 'lever_403',
}

describe('operators/adopt sync progress', () => {
  before(() => connectEmptyDatabase())
  after(() => leaveDatabase())

  let count = 0
  async function storeOlder(fields: Record<string, unknown>, { hasRuns }: { hasRuns: boolean }): Promise<string> {
    count += 1
    const organization = new Types.ObjectId()
    await ConnectionModel.collection.insertOne({ organization, endpointKey: `key-${count}`, status: 'active', ...fields })
    if (hasRuns) {
      await SyncRunModel.collection.insertOne({ organization, status: 'scheduled', allDueAt: AT })
      await OpportunitySyncModel.collection.insertOne({ organization, status: 'scheduled', sweptAt: AT })
    }
    return organization.toHexString()
  }

  it('shows what an earlier version stored in the connection', async () => {
    const organization = await storeOlder({ sync: SYNC, opportunitySync: OPPORTUNITY_SYNC }, { hasRuns: true })

    await adoptSyncProgress(stepContext())

    expect(await syncStatus(organization)).to.deep.equal({
      state: 'failed',
      startedAt: AT.toISOString(),
      finishedAt: AT.toISOString(),
      resources: { users: 8, stages: 9, opportunities: 120 },
      opportunities: {
        complete: true,
        records: 120,
        estimated: null,
        perSecond: null,
        secondsLeft: null,
        deletions: 'read',
        sweptAt: AT.toISOString(),
      },
    })
    const stored = await ConnectionModel.collection.findOne({ organization: new Types.ObjectId(organization) })
    expect(stored).to.not.have.property('opportunitySync')
    expect(stored?.['sync']).to.deep.include({ startedAt: null, resources: {} })
  })

  it('keeps the progress of runs that began since', async () => {
    const organization = await storeOlder({ sync: SYNC, opportunitySync: OPPORTUNITY_SYNC }, { hasRuns: true })
    const begun = { state: 'running', startedAt: new Date(AT.getTime() + 1000), finishedAt: null }
    await SyncRunModel.collection.updateOne({ organization: new Types.ObjectId(organization) }, { $set: { progress: begun } })

    await adoptSyncProgress(stepContext())
    await adoptSyncProgress(stepContext())

    expect(await syncStatus(organization)).to.include({ state: 'running', startedAt: begun.startedAt.toISOString() })
  })

  it('leaves connections without runs, and those of this version, unchanged', async () => {
    const never = await storeOlder({ sync: { state: 'idle', startedAt: null, finishedAt: null, resources: {} } }, { hasRuns: false })
    const disconnected = await storeOlder({ status: 'disconnected', sync: SYNC }, { hasRuns: false })

    await adoptSyncProgress(stepContext())

    const none = { state: 'idle', startedAt: null, finishedAt: null, resources: {} }
    expect([await syncStatus(never), await syncStatus(disconnected)]).to.deep.equal([none, none])
    expect(await SyncRunModel.countDocuments({ organization: { $in: [never, disconnected] } })).to.equal(0)
  })
})
