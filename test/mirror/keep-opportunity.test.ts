import { expect } from 'chai'
import { Types } from 'mongoose'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { getOpportunity } from '../../src/lever/opportunities.ts'
import { keepOpportunity } from '../../src/mirror/keep-opportunity.ts'
import { LeverOpportunityModel } from '../../src/mirror/lever-opportunity-model.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { clientOf, connect } from './mirror-under-test.ts'
import { publishTo } from '../support/domain-events.ts'

describe('reading of an opportunity', () => {
  const organization = new Types.ObjectId().toHexString()
  const told: string[] = []
  const deps = {
    hashKeyOf: async () => Buffer.alloc(32, 1),
    publish: publishTo({ opportunityAnonymized: async ({ opportunityId }) => void told.push(opportunityId) }),
  }
  let lever: LeverForTests

  before(async () => {
    await connectEmptyDatabase()
    await connect(organization)
    lever = await startLever()
  })
  after(async () => {
    await lever.stop()
    await leaveDatabase()
  })

  const read = async (id: string) => getOpportunity(clientOf(lever), id)
  const kept = async () => LeverOpportunityModel.countDocuments({ organization })

  it('reports contacts that Lever shows as anonymized, and no others', async () => {
    const { id } = await lever.addOpportunity({ name: 'Ana', emails: ['ana@a.example'] })

    await keepOpportunity(deps, organization, await read(id), new Date())
    const before = [...told]
    await lever.anonymize(id)
    await keepOpportunity(deps, organization, await read(id), new Date())

    expect([before, told]).to.deep.equal([[], [id]])
    expect(await kept()).to.equal(1)
  })

  it('leaves nothing if it arrives after the organization was disconnected', async () => {
    const opportunity = await read((await lever.addOpportunity({ name: 'Bo', emails: ['bo@a.example'] })).id)
    await LeverOpportunityModel.deleteMany({ organization })
    await ConnectionModel.updateOne({ organization }, { $set: { status: 'disconnected' } })

    await keepOpportunity(deps, organization, opportunity, new Date())

    expect(await kept()).to.equal(0)
  })
})
