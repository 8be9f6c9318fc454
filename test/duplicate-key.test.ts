import { expect } from 'chai'
import { model, Schema } from 'mongoose'
import { areDuplicateKeys, isDuplicateKey, retryUpsert, writeOnce } from '../src/duplicate-key.ts'
import { rejection } from './support/rejection.ts'
import { connectEmptyDatabase, leaveDatabase } from './support/mongo.ts'

const ThingModel = model('DuplicateKeyThing', new Schema({ _id: String, count: Number }, { collection: 'test_things' }))

describe('duplicate-key', () => {
  before(() => connectEmptyDatabase())
  after(() => leaveDatabase())
  beforeEach(() => ThingModel.deleteMany())

  it('writes once, and reports whether it did', async () => {
    const write = () => ThingModel.create({ _id: 'one' })

    expect([await writeOnce(write), await writeOnce(write)]).to.deep.equal([true, false])
  })

  it('passes on every other error', async () => {
    const fault = new Error('the database is away')

    expect(await rejection(writeOnce(() => Promise.reject(fault)))).to.equal(fault)
    expect(await rejection(retryUpsert(() => Promise.reject(fault)))).to.equal(fault)
    expect([isDuplicateKey(fault), isDuplicateKey(null), areDuplicateKeys(fault), areDuplicateKeys(null)]).to.deep.equal([
      false,
      false,
      false,
      false,
    ])
  })

  it('retries an upsert that lost a race, once', async () => {
    await ThingModel.create({ _id: 'one' })
    let tries = 0
    const losing = async (wins: number) => {
      tries += 1
      return tries > wins ? ThingModel.updateOne({ _id: 'one' }, { count: 1 }) : ThingModel.create({ _id: 'one' })
    }

    await retryUpsert(() => losing(1))
    expect(tries).to.equal(2)
    tries = 0
    expect(isDuplicateKey(await rejection(retryUpsert(() => losing(5))))).to.equal(true)
    expect(tries).to.equal(2)
  })

  it('recognizes bulk writes that only unique indexes refused', async () => {
    await ThingModel.create({ _id: 'one' })
    const insert = (documents: object[]) => rejection(ThingModel.collection.insertMany(documents, { ordered: false }))

    expect(areDuplicateKeys(await insert([{ _id: 'one' }, { _id: 'two' }, { _id: 'two' }]))).to.equal(true)
    expect(areDuplicateKeys(await insert([{ _id: 'one' }, { _id: ['no array'] }]))).to.equal(false)
  })
})
