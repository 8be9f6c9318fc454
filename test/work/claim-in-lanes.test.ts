import { expect } from 'chai'
import { model, Schema, type Types } from 'mongoose'
import { claimInLanes } from '../../src/work/claim-in-lanes.ts'
import { NEVER, workFields, type WorkDocument } from '../../src/work/work-fields.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

const schema = new Schema({ ...workFields, status: String }, { collection: 'test_lanes' })
schema.index({ status: 1, lane: 1, dueAt: 1 })
const RoundModel = model('TestLane', schema)

describe('claims in lanes', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)
  beforeEach(async () => {
    await RoundModel.deleteMany({})
  })

  const add = async (lane: number, count: number, dueAt = new Date(0)): Promise<Types.ObjectId[]> =>
    (await RoundModel.insertMany(Array.from({ length: count }, () => ({ status: 'scheduled', lane, dueAt })))).map(({ _id }) => _id)

  /** A worker with two places in lane 0, one in lane 1, and three in lane 2. */
  function worker() {
    const { claim, looksAgain } = claimInLanes<WorkDocument>(RoundModel, { statuses: ['scheduled'], limits: [2, 1, 3], leaseMs: 60_000 })
    const running: WorkDocument[] = []
    return {
      running,
      looksAgain: () => looksAgain(running.length),
      /** The lanes of what it claims. */
      async claim(): Promise<number[]> {
        const claimed = (await claim(6 - running.length, running)).map(({ document }) => document)
        running.push(...claimed)
        return claimed.map(({ lane }) => lane)
      },
    }
  }

  it('claims all that is due at once, and nothing that is not', async () => {
    await add(2, 2)
    await add(0, 1)
    await add(2, 1, new Date(Date.now() + 60_000))
    await add(2, 1, NEVER)
    const one = worker()

    expect(await one.claim()).to.deep.equal([0, 2, 2])
    expect(await one.claim()).to.deep.equal([])
    expect(one.looksAgain()).to.equal(false)
  })

  it('keeps places of each lane for that lane, however much waits in the others', async () => {
    await add(0, 20)
    await add(1, 20)
    await add(2, 20)

    const one = worker()

    expect(await one.claim()).to.deep.equal([0, 0, 1, 2, 2, 2])
  })

  it('claims the oldest first within a lane', async () => {
    await add(2, 1, new Date(3000))
    const [oldest] = await add(2, 1, new Date(1000))
    await add(2, 3, new Date(2000))
    const one = worker()

    await one.claim()

    expect(one.running.map(({ _id }) => String(_id))).to.include(String(oldest))
    expect(one.running.map(({ dueAt }) => dueAt.getTime())).not.to.include(3000)
  })

  it('looks again after work ended only if it may have left some, and half of its places are free', async () => {
    await add(2, 5)
    const one = worker()
    await one.claim()
    one.running.push(...one.running.slice(0, 2)) // more than half is busy

    expect(one.looksAgain()).to.equal(false)
    one.running.length = 3
    expect(one.looksAgain()).to.equal(true)
    one.running.length = 0
    expect(await one.claim()).to.deep.equal([2, 2])
    expect(one.looksAgain()).to.equal(false)
  })

  it('gives each document to one of several workers that claim at the same time', async () => {
    await add(2, 9)
    const workers = [worker(), worker(), worker()]

    const lanes = await Promise.all(workers.map((one) => one.claim()))

    expect(lanes.flat()).to.have.length(9)
    expect(new Set(workers.flatMap(({ running }) => running.map(({ _id }) => String(_id)))).size).to.equal(9)
  })
})
