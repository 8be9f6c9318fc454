import { expect } from 'chai'
import { Types } from 'mongoose'
import { ConnectionModel, type ConnectionStatus } from '../../src/connection/connection-model.ts'
import { OpportunitySyncModel } from '../../src/mirror/opportunity-sync-model.ts'
import { createForgottenLook } from '../../src/mirror/schedule-forgotten.ts'
import { SyncRunModel } from '../../src/mirror/sync-run-model.ts'
import { NEVER } from '../../src/work/work-fields.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

describe('forgotten syncs', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)
  beforeEach(async () => {
    await ConnectionModel.deleteMany({})
    await SyncRunModel.deleteMany({})
    await OpportunitySyncModel.deleteMany({})
  })

  const connections = async (count: number, status: ConnectionStatus, fields: object = {}): Promise<Types.ObjectId[]> => {
    const made = Array.from({ length: count }, () => {
      const organization = new Types.ObjectId()
      return { organization, endpointKey: String(organization), status, ...fields }
    })
    await ConnectionModel.insertMany(made)
    return made.map(({ organization }) => organization)
  }
  const scheduled = async () => [await SyncRunModel.countDocuments({}), await OpportunitySyncModel.countDocuments({})]

  it('are scheduled as each connection needs them', async () => {
    for (const status of ['disconnected', 'configuring', 'active', 'paused', 'revoked'] as const) await connections(1, status)

    await createForgottenLook()()

    expect(await scheduled()).to.deep.equal([3, 2])
  })

  it('are found for a marked connection by the next look, and for others page by page', async () => {
    const look = createForgottenLook()
    await connections(350, 'configuring')
    const [marked = new Types.ObjectId()] = await connections(1, 'active', { unscheduledSince: new Date() })

    await look()

    expect(await scheduled()).to.deep.equal([201, 1])
    expect(await SyncRunModel.exists({ organization: marked })).not.to.equal(null)
    expect(await ConnectionModel.countDocuments({ unscheduledSince: { $ne: null } })).to.equal(0)
    await look()
    expect(await scheduled()).to.deep.equal([351, 1])
    await SyncRunModel.deleteMany({})
    await look()
    expect(await scheduled()).to.deep.equal([200, 1])
  })

  it('leave syncs that are scheduled unchanged, and wake those that rest', async () => {
    const [due = new Types.ObjectId(), resting = new Types.ObjectId()] = await connections(2, 'active')
    const look = createForgottenLook()
    await look()
    const later = new Date(Date.now() + 3_600_000)
    await SyncRunModel.updateMany({}, { dueAt: later })
    await SyncRunModel.updateOne({ organization: resting }, { dueAt: NEVER })

    await look()

    expect((await SyncRunModel.findOne({ organization: due }).orFail()).dueAt).to.deep.equal(later)
    expect((await SyncRunModel.findOne({ organization: resting }).orFail()).dueAt.getTime()).to.be.at.most(Date.now() + 1000)
  })
})
