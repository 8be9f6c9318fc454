import { expect } from 'chai'
import mongoose, { Types } from 'mongoose'
import '../../src/compose/compose.ts'
import { ExportModel } from '../../src/export/export-model.ts'
import { page } from '../../src/paging.ts'
import { ACROSS_ORGANIZATIONS, WHOLE_COLLECTIONS } from '../support/sharding/collections.ts'
import { faultsOf, isWhole } from '../support/sharding/command-fault.ts'
import { assertNoFaults, takeFaults } from '../support/sharding/command-guard.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

/** `rate-limiter-flexible` writes the first, and a start writes the second before any model is used. */
const WITHOUT_MODEL = ['sign_in_failures', 'schema_state']
const organization = new Types.ObjectId('0123456789abcdef01234567')

const sharded = () => Object.values(mongoose.models).filter(({ collection }) => !isWhole(collection.name))

describe('lint: the organization in every command', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)
  afterEach(takeFaults)

  it('is missed in a query of the service, with the place that sent it', async () => {
    await page(ExportModel, { requestedBy: 'bo@acme.example' }, { limit: 1 }, (document) => document)

    const complaint = expectComplaint()
    expect(complaint).to.match(/find exports \{ requestedBy \} from src\/paging\.ts:\d+ < test\/lint\/organization-first/)
  })

  it('is seen if the query names it, also within $and', async () => {
    await page(ExportModel, { organization, requestedBy: 'bo@acme.example' }, { limit: 1 }, (document) => document)

    expect(assertNoFaults).not.to.throw()
  })

  it('is not expected of the queries of a test', async () => {
    await ExportModel.find({ requestedBy: 'bo@acme.example' })

    expect(assertNoFaults).not.to.throw()
  })

  const filters: [string, (filter: object) => object][] = [
    ['find', (filter) => ({ filter })],
    ['count', (query) => ({ query })],
    ['distinct', (query) => ({ query })],
    ['findAndModify', (query) => ({ query })],
    ['update', (q) => ({ updates: [{ q: { organization } }, { q }] })],
    ['delete', (q) => ({ deletes: [{ q }] })],
    ['insert', (document) => ({ documents: [document] })],
    ['aggregate', ($match) => ({ pipeline: [{ $match }, { $group: { _id: null } }] })],
    ['aggregate', ($match) => ({ pipeline: [{ $match: { organization } }, { $unionWith: { coll: 'exports', pipeline: [{ $match }] } }] })],
    ['aggregate', ($match) => ({ pipeline: [{ $match: { organization } }, { $lookup: { from: 'exports', pipeline: [{ $match }] } }] })],
  ]
  for (const [name, commandWith] of filters) {
    const faults = (filter: object) => faultsOf(name, { [name]: 'exports', ...commandWith(filter) })

    it(`is expected of ${name}, in ${JSON.stringify(commandWith({}))}`, () => {
      expect(faults({ candidate: new Types.ObjectId() })).to.deep.equal([{ command: name, collection: 'exports', shape: 'candidate' }])
      expect(faults({ candidate: new Types.ObjectId(), organization })).to.deep.equal([])
    })
  }

  it('must be equal to something', () => {
    const faults = (filter: object) => faultsOf('find', { find: 'candidates', filter })

    for (const named of [organization, String(organization), { $eq: organization }, { $in: [organization] }])
      expect(faults({ organization: named }), JSON.stringify(named)).to.have.length(0)
    for (const unnamed of [{ $ne: organization }, { $gt: organization }, { $exists: true }, null])
      expect(faults({ organization: unnamed, name: 'x' }), JSON.stringify(unnamed)).to.have.length(1)
    expect(faults({ $or: [{ organization }, { organization, name: 'x' }] })).to.have.length(0)
    expect(faults({ $or: [{ organization }, { name: 'x' }] })).to.have.length(1)
  })

  it('is a required field of every collection that is sharded', () => {
    const without = sharded().filter(({ schema }) => schema.path('organization')?.isRequired !== true)

    expect(without.map(({ collection }) => collection.name)).to.deep.equal([])
  })

  it('is the first field of every unique index of a sharded collection', () => {
    const others = sharded().flatMap(({ collection, schema }) =>
      schema.indexes().flatMap(([key, { unique }]) => (unique && Object.keys(key)[0] !== 'organization' ? [[collection.name, key]] : [])),
    )

    expect(others).to.deep.equal([])
  })

  it('has no exceptions for collections that do not exist', () => {
    const names = new Set(Object.values(mongoose.models).map(({ collection }) => collection.name))
    const listed = [...Object.keys(WHOLE_COLLECTIONS), ...ACROSS_ORGANIZATIONS.flatMap(({ collections }) => collections)]

    expect(listed.filter((name) => !name.endsWith('*') && !names.has(name) && !WITHOUT_MODEL.includes(name))).to.deep.equal([])
  })
})

function expectComplaint(): string {
  try {
    assertNoFaults()
  } catch (error) {
    return String(error)
  }
  throw new Error('no complaint')
}
