import { expect } from 'chai'
import type { Document, Filter, FindOptions } from 'mongodb'
import { model, Schema, Types } from 'mongoose'
import { claimFairly, indexForFairClaims } from '../../src/work/claim-fairly.ts'
import type { LaneLimit } from '../../src/work/capacity.ts'
import { NEVER, workFields, type WorkDocument } from '../../src/work/work-fields.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

interface Errand extends WorkDocument {
  place: number
}

const schema = new Schema(
  { ...workFields, status: String, organization: Schema.Types.ObjectId, place: Number },
  { collection: 'test_turns' },
)
indexForFairClaims(schema)
const ErrandModel = model('TestTurn', schema)

const [A, B, C] = ['a', 'b', 'c'].map((letter) => new Types.ObjectId(letter.repeat(24))) as [Types.ObjectId, Types.ObjectId, Types.ObjectId]
const LIMITS: readonly LaneLimit[] = [
  { all: 6, each: 4 },
  { all: 6, each: 4 },
]

async function errands(organization: Types.ObjectId, count: number, fields: Partial<Errand> = {}): Promise<void> {
  const made = Array.from({ length: count }, (_, place) => ({
    organization,
    status: 'queued',
    dueAt: new Date(place),
    place,
    lane: 1,
    ...fields,
  }))
  await ErrandModel.insertMany(made)
}

describe('fair claims', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)
  beforeEach(async () => {
    await ErrandModel.deleteMany({})
  })

  /** A worker with ten places: what it claims runs until it is ended. */
  function worker() {
    const running: Errand[] = []
    const claim = claimFairly<Errand>(ErrandModel, { statuses: ['queued'], limits: LIMITS, leaseMs: 60_000 })
    const countOf = (organization: Types.ObjectId): number => running.filter((one) => one.organization.equals(organization)).length
    return {
      running,
      countOf,
      claim: async (): Promise<Errand[]> => {
        const claimed = (await claim(10 - running.length, running)).map(({ document }) => document)
        running.push(...claimed)
        return claimed
      },
      end: async (organization: Types.ObjectId, count: number): Promise<void> => {
        for (let ended = 0; ended < count; ended += 1) {
          const [one] = running.splice(
            running.findIndex((other) => other.organization.equals(organization)),
            1,
          )
          await ErrandModel.updateOne({ _id: one?._id }, { status: 'done' })
        }
      },
    }
  }

  it('give an organization no more places than its limit, oldest first', async () => {
    await errands(A, 50)
    const { claim, running } = worker()

    const claimed = await claim()

    expect(claimed.map(({ place }) => place)).to.deep.equal([0, 1, 2, 3])
    expect(await claim()).to.deep.equal([])
    expect(running).to.have.length(4)
  })

  it('serve a later organization alongside one with much work', async () => {
    await errands(A, 50)
    const { claim, countOf } = worker()
    await claim()
    await errands(B, 50)

    await claim()

    expect([countOf(A), countOf(B)]).to.deep.equal([4, 2])
  })

  it('rotate: every organization with work is served before another is served again', async () => {
    for (const organization of [A, B, C]) await errands(organization, 50)
    const { claim, countOf, end } = worker()

    await claim()
    expect([countOf(A), countOf(B), countOf(C)]).to.deep.equal([4, 2, 0])
    await end(A, 4)
    await claim()
    expect([countOf(A), countOf(B), countOf(C)]).to.deep.equal([0, 2, 4])
    await end(C, 3)
    await claim()

    expect([countOf(A), countOf(B), countOf(C)]).to.deep.equal([3, 2, 1])
  })

  it('give more only once half is done, which keeps claims few', async () => {
    await errands(A, 50)
    const { claim, end } = worker()
    await claim()

    await end(A, 1)
    expect(await claim()).to.have.length(0)
    await end(A, 1)

    expect(await claim()).to.have.length(2)
  })

  it('prefer urgent work, and keep places for it', async () => {
    await errands(A, 50)
    await errands(B, 50)
    const { claim, running } = worker()
    await claim()
    expect(running).to.have.length(6)
    await errands(C, 2, { lane: 0 })
    await errands(A, 3, { lane: 0 })

    const claimed = await claim()

    expect(claimed.map(({ lane }) => lane)).to.deep.equal([0, 0, 0, 0])
  })

  it('keep places for other lanes even if one organization has much urgent work', async () => {
    await errands(A, 50, { lane: 0 })
    await errands(B, 50)
    const { claim, countOf } = worker()

    await claim()

    expect([countOf(A), countOf(B)]).to.deep.equal([4, 4])
  })

  it('examine nothing for organizations whose work rests or has ended', async () => {
    const resting = Array.from({ length: 300 }, () => ({ organization: new Types.ObjectId(), status: 'queued', dueAt: NEVER, lane: 1 }))
    await ErrandModel.insertMany(resting)
    const finds: { filter: Filter<Document>; options: FindOptions }[] = []
    const { collection } = ErrandModel
    const watched = {
      find: (filter: Filter<Document>, options: FindOptions) => {
        finds.push({ filter, options })
        return collection.find(filter, options)
      },
    } as unknown as typeof collection
    const claim = claimFairly<Errand>({ collection: watched }, { statuses: ['queued'], limits: LIMITS, leaseMs: 60_000 })

    expect(await claim(10, [])).to.deep.equal([])

    expect(finds).to.have.length(1)
    for (const { filter, options } of finds) {
      const { executionStats } = await collection.find(filter, options).explain('executionStats')
      expect(executionStats).to.include({ totalKeysExamined: 0, totalDocsExamined: 0 })
    }
  })
})
