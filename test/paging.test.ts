import { expect } from 'chai'
import { Types } from 'mongoose'
import { CandidateModel } from '../src/candidates/candidate-model.ts'
import { isServiceError } from '../src/errors.ts'
import { LIST_ORDERS, page, type ListOrder } from '../src/paging.ts'
import { connectEmptyDatabase, leaveDatabase } from './support/mongo.ts'
import { rejection } from './support/rejection.ts'

const ORGANIZATION = 'a'.repeat(24)
/** In the order in which they were added; most of them are the same name to a reader. */
const NAMES = ['zoë', 'Ana', 'ana', 'Ána', 'Bo', 'ANA', 'Zoe', 'ána', '"b,o"', 'Élan', 'elan']
/** Read with accents and case set aside. */
const BY_NAME = ['"b,o"', 'Ana', 'ana', 'Ána', 'ANA', 'ána', 'Bo', 'Élan', 'elan', 'zoë', 'Zoe']

describe('pages of a list', () => {
  before(async () => {
    await connectEmptyDatabase()
    await CandidateModel.init()
    for (const name of NAMES) await CandidateModel.create({ organization: ORGANIZATION, name })
    await CandidateModel.create({ organization: 'b'.repeat(24), name: 'Ana' })
  })
  after(leaveDatabase)

  const read = (order: ListOrder | undefined, limit: number, cursor?: string) =>
    page(CandidateModel, { organization: ORGANIZATION }, { order, limit, cursor }, ({ name }) => name)
  async function walk(order: ListOrder, limit: number): Promise<string[]> {
    const { data, nextCursor } = await read(order, limit)
    for (let cursor = nextCursor; cursor !== null;) {
      const next = await read(order, limit, cursor)
      data.push(...next.data)
      cursor = next.nextCursor
    }
    return data
  }

  for (const limit of [1, 2, 3, NAMES.length]) {
    it(`show everybody once in every order, ${limit} at a time`, async () => {
      expect(await walk('added', limit)).to.deep.equal(NAMES)
      expect(await walk('-added', limit)).to.deep.equal(NAMES.toReversed())
      expect(await walk('name', limit)).to.deep.equal(BY_NAME)
      expect(await walk('-name', limit)).to.deep.equal(BY_NAME.toReversed())
    })
  }

  it('continue from their position when the record of the cursor is deleted and others were added before it', async () => {
    const { data, nextCursor } = await read('name', 4)
    const gone = await CandidateModel.findOneAndDelete({ organization: ORGANIZATION, name: data.at(-1) ?? '' }).lean()
    const come = await CandidateModel.create({ organization: ORGANIZATION, name: 'Aaron' })

    const next = await read('name', 2, nextCursor ?? '')

    expect(next.data).to.deep.equal(BY_NAME.slice(4, 6))
    await come.deleteOne()
    await CandidateModel.create({ ...gone })
  })

  it('refuse cursors of another order, and invalid ones', async () => {
    const id = new Types.ObjectId().toHexString()
    const made = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url')
    const hostile = ['', 'abc', id, '0'.repeat(16).slice(1), 'null', '!', made(null), made(['name', id, { $gt: '' }]), made(['name', { $gt: '' }, 'a']), made(['name', id]), made(['name', id, 'a', 'b']), made(['added', id, 'a']), made({ order: 'name', id })] // prettier-ignore
    for (const order of LIST_ORDERS) {
      const others = LIST_ORDERS.filter((other) => other !== order)
      const cursors = await Promise.all(others.map(async (other) => (await read(other, 2)).nextCursor ?? ''))
      for (const cursor of [...hostile, ...cursors]) {
        const error = await rejection(read(order, 2, cursor))
        expect(isServiceError(error, 'invalid_request'), `${order} ${cursor}`).to.equal(true)
      }
    }
  })

  for (const order of ['name', '-name'] as const) {
    it(`by ${order} are read from the index, and hardly beyond the page`, async () => {
      const many = Array.from({ length: 500 }, (_, at) => ({ organization: ORGANIZATION, name: `Many ${at}` }))
      await CandidateModel.insertMany(many)
      const { nextCursor } = await read(order, 100)

      await CandidateModel.db.db?.command({ profile: 2 })
      await read(order, 3, nextCursor ?? '')
      await CandidateModel.db.db?.command({ profile: 0 })

      const [query, ...others] = (await CandidateModel.db.collection('system.profile').find({ op: 'query', 'command.find': 'candidates' }).toArray()) // prettier-ignore
      expect(others).to.have.length(0)
      expect(query?.['planSummary']).to.match(/^IXSCAN \{ organization: 1, name: 1, _id: 1 \}$/)
      expect(query).not.to.have.property('hasSortStage')
      expect(query?.['keysExamined']).to.be.lessThan(20)
      await CandidateModel.deleteMany({ name: /^Many/ })
      await CandidateModel.db.dropCollection('system.profile')
    })
  }
})
