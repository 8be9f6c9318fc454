import { expect } from 'chai'
import mongoose from 'mongoose'
import { restore, spy, stub } from 'sinon'
import { groupInserts } from '../../src/webhooks/insert-grouped.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'

describe('grouped inserts', () => {
  const collection = () => mongoose.connection.collection('test_grouped')

  before(async () => {
    await connectEmptyDatabase()
    await collection().createIndex({ key: 1 }, { unique: true })
  })
  afterEach(() => restore())
  after(leaveDatabase)

  it('report its own outcome to each caller, even within a group, and write groups instead of single documents', async () => {
    const insert = groupInserts(collection)
    const inserts = spy(mongoose.mongo.Collection.prototype, 'insertMany')

    const outcomes = await Promise.all(Array.from({ length: 300 }, async (_, at) => insert({ key: at % 200 })))
    const later = await insert({ key: 0 })

    expect(outcomes.filter((outcome) => outcome === 'stored')).to.have.length(200)
    expect(outcomes.slice(200).every((outcome) => outcome === 'repeat')).to.equal(true)
    expect(later).to.equal('repeat')
    expect(await collection().countDocuments()).to.equal(200)
    expect(inserts.callCount).to.be.at.most(4)
  })

  it('wait for a majority of the replica set, journaled', async () => {
    const inserts = spy(mongoose.mongo.Collection.prototype, 'insertMany')

    await groupInserts(collection)({ key: 'durable' })

    expect(inserts.firstCall.args[1]).to.deep.include({ ordered: false, writeConcern: { w: 'majority', j: true } })
  })

  it('fail every caller when the database is gone, and work again when it is back', async () => {
    const insert = groupInserts(collection)
    const gone = stub(mongoose.mongo.Collection.prototype, 'insertMany').rejects(new Error('no primary'))

    const failures = await Promise.all([rejection(insert({ key: 'x' })), rejection(insert({ key: 'y' }))])
    gone.restore()

    expect(failures.map((failure) => (failure as { code?: string }).code)).to.deep.equal(['storage_unavailable', 'storage_unavailable'])
    expect(await insert({ key: 'x' })).to.equal('stored')
  })

  it('fail only for the document of a group that cannot be written', async () => {
    const insert = groupInserts(collection)

    const [bad, good] = await Promise.allSettled([insert({ _id: [1], key: 'bad' }), insert({ key: 'good' })])

    expect(bad?.status).to.equal('rejected')
    expect(good).to.deep.include({ status: 'fulfilled', value: 'stored' })
  })

  it('fail every caller if it is unknown whether the majority has the write', async () => {
    const insert = groupInserts(collection)
    const error = Object.assign(new Error('write concern'), {
      name: 'MongoBulkWriteError', writeErrors: [{ index: 0, code: 11_000 }], result: { getWriteConcernError: () => ({ code: 64 }) },
    }) // prettier-ignore
    stub(mongoose.mongo.Collection.prototype, 'insertMany').rejects(error)

    const failures = await Promise.all([rejection(insert({ key: 'p' })), rejection(insert({ key: 'q' }))])

    expect(failures.map((failure) => (failure as { code?: string }).code)).to.deep.equal(['storage_unavailable', 'storage_unavailable'])
  })
})
