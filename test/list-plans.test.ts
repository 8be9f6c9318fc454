import { expect } from 'chai'
import mongoose, { Types } from 'mongoose'
import { ExportModel } from '../src/export/export-model.ts'
import type { ExportViewDeps } from '../src/export/export-view.ts'
import { listExports } from '../src/export/list-exports.ts'
import { listOpportunities } from '../src/mirror/find-opportunities.ts'
import { LeverOpportunityModel } from '../src/mirror/lever-opportunity-model.ts'
import { connectEmptyDatabase, leaveDatabase } from './support/mongo.ts'

const MANY = 500

describe('listing', () => {
  const [organization, other] = [new Types.ObjectId(), new Types.ObjectId()]

  before(async () => {
    await connectEmptyDatabase()
    const exportOf = (requestedBy: string) => ({
      organization,
      requestedBy,
      candidate: new Types.ObjectId(),
      status: 'exported',
      attempts: [],
      createdAt: new Date(),
    })
    await ExportModel.collection.insertMany([exportOf('bo@a.example'), ...Array.from({ length: MANY }, () => exportOf('ana@a.example'))])
    const opportunityOf = (of: Types.ObjectId, nth: number) => ({ organization: of, leverId: `o-${nth}`, postingIds: [], sources: [] })
    const ofOthers = Array.from({ length: MANY }, (_, nth) => opportunityOf(other, nth))
    await LeverOpportunityModel.collection.insertMany([
      ...Array.from({ length: 10 }, (_, nth) => opportunityOf(organization, nth)),
      ...ofOthers,
    ])
  })
  after(leaveDatabase)

  /** How many documents MongoDB examined for the list. */
  async function examinedBy(collection: string, list: () => Promise<unknown>): Promise<number> {
    const { db } = mongoose.connection
    await db?.command({ profile: 2 })
    await list()
    await db?.command({ profile: 0 })
    const found = await db?.collection('system.profile').find({ op: 'query', 'command.find': collection }).toArray()
    await db?.dropCollection('system.profile')
    expect(found).to.have.length(1)
    expect(found?.[0]).not.to.have.property('hasSortStage')
    return Number(found?.[0]?.['docsExamined'])
  }

  it("reads only a person's own exports, even if others have many", async () => {
    const deps = { confidentialityOf: async () => new Map() } as unknown as ExportViewDeps
    const listOf = (requestedBy: string) => () => listExports(String(organization), { requestedBy }, 'all', { limit: 20 }, deps)

    expect(await examinedBy('exports', listOf('nobody@a.example'))).to.equal(0)
    expect(await examinedBy('exports', listOf('bo@a.example'))).to.equal(1)
  })

  it('reads only the opportunities on the page, not those of other organizations', async () => {
    const list = () => listOpportunities({ hashKeyOf: async () => Buffer.alloc(32) }, String(organization), {}, 'all', { limit: 3 })

    expect(await examinedBy('lever_opportunities', list)).to.be.at.most(4)
  })
})
