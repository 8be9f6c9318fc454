import { expect } from 'chai'
import { Types } from 'mongoose'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import { listCandidates } from '../../src/candidates/list-candidates.ts'
import type { CandidateFilters } from '../../src/candidates/list-conditions.ts'
import { renewCandidateKeys } from '../../src/candidates/renew-candidate-keys.ts'
import { searchFields } from '../../src/candidates/search-keys.ts'
import type { ListOrder } from '../../src/paging.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

describe('pages of filtered lists', () => {
  const organization = new Types.ObjectId()

  before(async () => {
    await connectEmptyDatabase()
    await renewCandidateKeys(() => false)
  })
  beforeEach(async () => {
    await CandidateModel.deleteMany({})
  })
  after(leaveDatabase)

  const add = async (people: readonly { name: string; phone?: string; project?: string; tags?: string[] }[]) => {
    const documents = people.map(({ name, phone, project, tags = [] }) => {
      const data = { name, emails: [], links: [], tags, phones: phone === undefined ? [] : [{ value: phone }] }
      return { ...data, project, organization, exported: false, ...searchFields(data) }
    })
    await CandidateModel.collection.insertMany(documents)
  }
  const namesOn = async (filters: CandidateFilters, request: { order: ListOrder; limit: number; cursor?: string }): Promise<string[]> => {
    const { data, nextCursor } = await listCandidates(String(organization), filters, 'all', request)
    const names = data.map(({ name }) => name)
    return nextCursor === null ? names : [...names, ...(await namesOn(filters, { ...request, cursor: nextCursor }))]
  }

  const NAMES = ['anna Q', 'Bob Q', 'carl Q', 'Dora Q', 'Élodie Q', 'Zoe Q']
  for (const filters of [{ q: 'q' }, { project: 'P' }, { exported: false }])
    it(`by name, names in any case and with accents are on later pages, too: ${JSON.stringify(filters)}`, async () => {
      await add(NAMES.map((name) => ({ name, project: 'P' })))

      expect(await namesOn(filters, { order: 'name', limit: 1 })).to.deep.equal(NAMES)
      expect(await namesOn(filters, { order: '-name', limit: 1 })).to.deep.equal(NAMES.toReversed())
    })

  /** More than a list sorts. */
  const MANY = 5200
  for (const order of ['-added', 'added', 'name', '-name'] as const) {
    it(`the beginning of a phone number finds candidates even if many have it: ${order}`, async () => {
      await add(Array.from({ length: MANY }, (_, at) => ({ name: `P${at}`, phone: `+44 7700 9${String(at).padStart(5, '0')}` })))

      for (const q of ['+44 7700', '44770', '77009'])
        expect((await listCandidates(String(organization), { q }, 'all', { order, limit: 5 })).data, q).to.have.length(5)
      expect((await listCandidates(String(organization), { q: '447700 p' }, 'all', { order, limit: 5 })).data).to.have.length(5)
    })

    it(`two characters outside of the first plane find longer words even if many have them: ${order}`, async () => {
      await add(Array.from({ length: MANY }, (_, at) => ({ name: `P${at}`, tags: ['🇩🇪🇫🇷'] })))

      expect((await listCandidates(String(organization), { q: '🇩🇪' }, 'all', { order, limit: 5 })).data).to.have.length(5)
    })
  }
})
