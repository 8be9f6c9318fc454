import { expect } from 'chai'
import { Types } from 'mongoose'
import { ExportModel } from '../../../src/export/export-model.ts'
import { cancelUnsent } from '../../../src/export/request/change-export.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'

const MANY = 2000

describe('when a connection ends,', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)

  it('an export that a worker begins to check while others are being canceled is canceled too', async () => {
    const organization = new Types.ObjectId()
    const made = (status: string, dueAt: Date) => ({
      _id: new Types.ObjectId(),
      organization,
      status,
      dueAt,
      lane: 0,
      fence: 0,
      intent: null,
    })
    const exported = () => Array.from({ length: MANY }, () => made('exported', new Date(0)))
    const older = exported()
    const queued = Array.from({ length: MANY }, () => made('queued', new Date(0)))
    const last = made('queued', new Date(1000))
    await ExportModel.collection.insertMany([...older, ...queued, last, ...exported()])

    const canceled = cancelUnsent(String(organization))
    while (!(await ExportModel.exists({ organization, status: 'canceled' }))); // sooner than `eventually` would notice
    const taken = await ExportModel.collection.updateOne({ _id: last._id, status: 'queued' }, { $set: { status: 'checking' } })
    await canceled

    const left = await ExportModel.find({ organization, status: { $nin: ['exported', 'canceled'] } }, { status: 1 }).lean()
    expect([taken.modifiedCount, left]).to.deep.equal([1, []])
  })
})
