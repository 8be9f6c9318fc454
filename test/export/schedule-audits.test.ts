import { expect } from 'chai'
import { Types } from 'mongoose'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { forgetAudit } from '../../src/export/audit-exports.ts'
import { ExportAuditRunModel } from '../../src/export/export-audit-model.ts'
import { createAuditLook, scheduleAudit } from '../../src/export/schedule-audits.ts'
import { NEVER } from '../../src/work/work-fields.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

const HOUR_MS = 3_600_000

describe('the schedule of comparisons with Lever', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)
  beforeEach(async () => {
    await ConnectionModel.deleteMany({})
    await ExportAuditRunModel.deleteMany({})
  })

  it('spreads them over the hour, and stays when it is requested again', async () => {
    const ids = Array.from({ length: 40 }, () => String(new Types.ObjectId()))
    for (const id of ids) await scheduleAudit(id)
    const dueIn = async () => (await ExportAuditRunModel.find({}).sort({ _id: 1 }).lean()).map(({ dueAt }) => dueAt.getTime() - Date.now())
    const first = await dueIn()
    const stored = await ExportAuditRunModel.find({}).lean()

    for (const id of ids) await scheduleAudit(id)

    expect(Math.max(...first)).to.be.within(HOUR_MS / 2, HOUR_MS)
    expect(Math.min(...first)).to.be.within(-5000, HOUR_MS / 2)
    expect(await ExportAuditRunModel.find({}).lean()).to.deep.equal(stored)
  })

  it('gets the connections that lack one, page by page, also those compared by an earlier version', async () => {
    const make = (status: string) => {
      const organization = new Types.ObjectId()
      return { organization, endpointKey: String(organization), status }
    }
    const made = Array.from({ length: 230 }, (_, index) => make(index < 10 ? 'configuring' : 'active'))
    await ConnectionModel.insertMany(made)
    const older = { organization: made.at(-1)!.organization, comparedAt: new Date(), notBefore: null }
    await ExportAuditRunModel.collection.insertOne(older)
    const look = createAuditLook()

    await look()
    const first = await ExportAuditRunModel.countDocuments({ dueAt: { $lt: NEVER } })
    await look()

    expect([first, await ExportAuditRunModel.countDocuments({ dueAt: { $lt: NEVER } })]).to.deep.equal([190, 220])
    expect(await ExportAuditRunModel.findOne({ organization: older.organization }).lean()).to.deep.include({ ...older, status: 'scheduled', fence: 0 }) // prettier-ignore
  })

  it('ends with the connection', async () => {
    const id = String(new Types.ObjectId())
    await scheduleAudit(id)

    await forgetAudit(id)

    expect((await ExportAuditRunModel.findOne({ organization: id }).orFail()).dueAt).to.deep.equal(NEVER)
    await scheduleAudit(id)
    expect((await ExportAuditRunModel.findOne({ organization: id }).orFail()).dueAt.getTime()).to.be.below(Date.now() + HOUR_MS)
  })
})
