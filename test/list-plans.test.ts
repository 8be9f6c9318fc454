import { expect } from 'chai'
import mongoose, { Types } from 'mongoose'
import { AuditEventModel } from '../src/audit/audit-event-model.ts'
import { createAudit } from '../src/audit/audit.ts'
import { CandidateInput } from '../src/candidates/candidate-input.ts'
import { CandidateModel } from '../src/candidates/candidate-model.ts'
import { findByAny } from '../src/candidates/find-by-any.ts'
import { findIds, listCandidates } from '../src/candidates/list-candidates.ts'
import { renewCandidateKeys } from '../src/candidates/renew-candidate-keys.ts'
import { imagineCandidate } from '../src/candidates/save-candidate.ts'
import { searchFields } from '../src/candidates/search-keys.ts'
import { ExportModel } from '../src/export/export-model.ts'
import type { ExportViewDeps } from '../src/export/export-view.ts'
import { listExports } from '../src/export/list-exports.ts'
import { listOpportunities } from '../src/mirror/find-opportunities.ts'
import { LeverOpportunityModel } from '../src/mirror/lever-opportunity-model.ts'
import { nobodyErased } from './support/nobody-erased.ts'
import { connectEmptyDatabase, leaveDatabase } from './support/mongo.ts'

const MANY = 500
const MOST_EXAMINED = 200

/** How many index keys and documents MongoDB examined, in all commands on the collection. */
async function examined(collection: string, list: () => Promise<unknown>): Promise<{ keys: number; documents: number }> {
  const { db } = mongoose.connection
  await db?.command({ profile: 2 })
  await list()
  await db?.command({ profile: 0 })
  const found = await db?.collection('system.profile').find({ ns: `${db.databaseName}.${collection}`, op: { $in: ['query', 'command'] } }).toArray() // prettier-ignore
  await db?.dropCollection('system.profile')
  const sumOf = (field: string) => (found ?? []).reduce((sum, command) => sum + Number(command[field] ?? 0), 0)
  expect(found).not.to.have.length(0)
  return { keys: sumOf('keysExamined'), documents: sumOf('docsExamined') }
}

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

describe('filters and searches', () => {
  const [organization, other] = [new Types.ObjectId(), new Types.ObjectId()]
  /** More than a list sorts. */
  const CANDIDATES = 5500
  const RECORDS = 4000
  /** The oldest ones differ from all others. */
  const FEW = 3

  before(async () => {
    await connectEmptyDatabase()
    await renewCandidateKeys(() => false)
    await CandidateModel.collection.insertMany(Array.from({ length: CANDIDATES }, (_, index) => candidateAt(index)) as never[])
    await ExportModel.collection.insertMany([
      ...Array.from({ length: RECORDS }, (_, index) => exportAt(index)),
      ...Array.from({ length: MANY }, () => ({ ...exportAt(0), status: 'duplicate' })), // all by the same person
      ...Array.from({ length: MANY }, () => ({ ...exportAt(0), organization: other })),
    ] as never[])
    const events = (of: Types.ObjectId) => Array.from({ length: RECORDS }, (_, index) => eventAt(index, of))
    await AuditEventModel.collection.insertMany([...events(organization), ...events(other)] as never[])
  })
  after(leaveDatabase)

  function candidateAt(index: number) {
    const isRare = index < FEW
    const name = isRare ? `Wilhelmina Quist ${index}` : `Maria Smith ${index}`
    const person = {
      name,
      emails: [`p${index}@a.example`],
      phones: [{ value: `+14155${index + 550_000}` }],
      links: [],
      tags: [isRare ? 'Sextant' : 'Go'],
    }
    const at = new Date(isRare ? 9000 : 1000)
    return {
      _id: new Types.ObjectId(), organization, ...person, ...searchFields({ ...person, headline: isRare ? 'Cartographer' : index % 2 === 0 ? 'Engineer' : 'Nurse' }), externalId: `x-${index}`,
      exported: !isRare, project: isRare ? 'Atlas' : 'Backend', stage: isRare ? 'new' : 'qualified', updatedAt: at, leverChangedAt: new Date(0), createdAt: at,
      lever: { opportunityId: `o-${index}`, stage: { id: isRare ? 'offer' : 'lead' }, postings: [], archived: null },
    } // prettier-ignore
  }

  function exportAt(index: number) {
    const isRare = index < FEW
    const requestedBy = index % 2 === 0 ? 'ana@a.example' : 'bo@a.example'
    return {
      organization,
      requestedBy,
      candidate: new Types.ObjectId(),
      status: isRare ? 'failed' : 'exported',
      attempts: [],
      createdAt: new Date(),
    }
  }

  function eventAt(index: number, of: Types.ObjectId) {
    const [actor, action] =
      index < FEW ? ['lever', 'export.failed'] : index % 2 === 0 ? ['worker', 'export.exported'] : ['operator', 'user.created']
    return { _id: new Types.ObjectId(), organization: of, seq: index, at: new Date(), actor, action, subject: `export:${index}`, hash: '' } // prettier-ignore
  }

  for (const order of ['-added', 'added', 'name', '-name'] as const)
    for (const [filters, count] of [
      [{}, 10],
      [{ exported: false }, FEW],
      [{ project: 'Atlas' }, FEW],
      [{ stage: 'new' }, FEW],
      [{ leverStageId: 'offer' }, FEW],
      [{ externalId: 'x-1' }, 1],
      [{ updatedSince: new Date(9000) }, FEW],
      [{ exported: true, project: 'Atlas' }, 0],
      [{ q: 'wilhelmina' }, FEW],
      [{ q: 'wi' }, FEW],
      [{ q: 'p1@a.example' }, 1],
      [{ q: '+1 415 555 0001' }, 1],
      [{ q: 'sextant cart' }, FEW],
      [{ q: 'maria wilhelmina' }, 0],
      [{ q: 'zzyzx' }, 0],
      [{ q: 'maria zzyzx' }, 0],
      [{ q: 'maria', exported: false }, 0],
      [{ q: 'wilhelmina', exported: true }, 0],
      [{ q: 'm', project: 'Atlas' }, 0],
    ] as const)
      it(`reads few candidates for ${JSON.stringify(filters)} in the order ${order}`, async () => {
        let found = 0
        const list = async () => (found = (await listCandidates(String(organization), filters, 'all', { limit: 10, order })).data.length)

        const { documents } = await examined('candidates', list)

        expect(found).to.equal(count)
        expect(documents).to.be.at.most(MOST_EXAMINED)
      })

  for (const order of ['-added', 'added'] as const)
    for (const filters of [
      { exported: true },
      { project: 'Backend' },
      { q: 'mar' },
      { exported: true, stage: 'qualified', leverStageId: 'lead', project: 'Backend' },
      { q: 'maria' },
      { q: 'maria', project: 'Backend', exported: true },
    ])
      it(`stops when the page is full, for ${JSON.stringify(filters)} in the order ${order}`, async () => {
        const list = () => listCandidates(String(organization), filters, 'all', { limit: 10, order })

        expect((await examined('candidates', list)).documents).to.be.at.most(20)
      })

  it('reads one candidate to find an external id for a write or an import', async () => {
    const look = () => imagineCandidate(String(organization), CandidateInput.parse({ externalId: 'x-2000' }), nobodyErased)
    const match = () => findByAny(String(organization), { externalId: ['x-1', 'x-2000'], _id: [] })

    expect((await examined('candidates', look)).documents).to.equal(1)
    expect((await examined('candidates', match)).documents).to.equal(2)
  })

  it('reads few candidates for the selection of all that match', async () => {
    const select = () => findIds(String(organization), { exported: false, q: 'wilhelmina' }, { atMost: 100, order: 'name' })

    expect((await examined('candidates', select)).documents).to.be.at.most(FEW)
  })

  for (const order of ['-added', 'name'] as const)
    it(`does not read the candidates with one of two common words that nobody has together, in the order ${order}`, async () => {
      const list = () => listCandidates(String(organization), { q: 'engineer nurse' }, 'all', { limit: 10, order })

      expect((await examined('candidates', list)).documents).to.be.at.most(MOST_EXAMINED)
    })

  for (const order of ['name', '-name'] as const)
    for (const filters of [{ exported: true }, { project: 'Backend' }, { q: 'maria' }, { q: 'maria smith' }])
      it(`stops when the page is full, for ${JSON.stringify(filters)} in the order ${order}`, async () => {
        const list = () => listCandidates(String(organization), filters, 'all', { limit: 10, order })

        expect((await examined('candidates', list)).documents).to.be.at.most(20)
      })

  it('counts and sorts the matches of a common word without reading their candidates', async () => {
    const list = () => listCandidates(String(organization), { q: 'engineer' }, 'all', { limit: 10 })

    const { keys, documents } = await examined('candidates', list)

    expect(documents).to.be.at.most(11)
    expect(keys).to.be.at.most(2 * CANDIDATES)
  })

  it('reads little more than a page for two common words, and goes on behind it', async () => {
    const pageAfter = (cursor?: string) => listCandidates(String(organization), { q: 'maria smith' }, 'all', { limit: 10, cursor })
    let first: Awaited<ReturnType<typeof pageAfter>> | undefined

    const { documents } = await examined('candidates', async () => (first = await pageAfter()))
    const second = await pageAfter(first?.nextCursor ?? '')

    expect(documents).to.be.at.most(50)
    const newest = await CandidateModel.find({ organization }).sort({ _id: -1 }).limit(20).lean()
    expect([...(first?.data ?? []), ...second.data].map(({ name }) => name)).to.deep.equal(newest.map(({ name }) => name))
  })

  it('finds candidates behind many whose marks do not tell that they lack a word', async () => {
    const newest = await CandidateModel.find({ organization }, { _id: 1 }).sort({ _id: -1 }).limit(100).lean()
    await CandidateModel.updateMany({ _id: { $in: newest.map(({ _id }) => _id) } }, { searchMark: '', searchText: '\nmaria' })

    const { data } = await listCandidates(String(organization), { q: 'maria smith' }, 'all', { limit: 10 })

    expect(data.map(({ name }) => name)).to.deep.equal(Array.from({ length: 10 }, (_, index) => `Maria Smith ${CANDIDATES - 101 - index}`))
  })

  for (const [filters, count] of [
    [{}, 10],
    [{ status: 'failed' }, FEW],
    [{ status: 'running' }, 0],
    [{ status: 'canceled' }, 0],
    [{ requestedBy: 'bo@a.example' }, 10],
    [{ requestedBy: 'bo@a.example', status: 'failed' }, 1],
    [{ status: 'duplicate' }, 10],
    [{ requestedBy: 'bo@a.example', status: 'duplicate' }, 0],
    [{ requestedBy: 'cy@a.example' }, 0],
  ] as const)
    it(`reads few exports for ${JSON.stringify(filters)}`, async () => {
      const deps = { confidentialityOf: async () => new Map() } as unknown as ExportViewDeps
      let found = 0
      const list = async () => (found = (await listExports(String(organization), filters, 'all', { limit: 10 }, deps)).data.length)

      const { keys } = await examined('exports', list)

      expect(found).to.equal(count)
      expect(keys).to.be.at.most(20)
    })

  for (const [filters, count] of [
    [{}, 10],
    [{ actors: ['worker'] }, 10],
    [{ actors: ['lever', 'user:lever', 'apiKey:lever'] }, FEW],
    [{ action: 'export.failed' }, FEW],
    [{ actors: ['worker'], action: 'export.failed' }, 0],
    [{ actors: ['lever'], action: 'export.exported' }, 0],
    [{ actors: ['operator'], action: 'export.exported' }, 0],
    [{ to: new Date(0) }, 0],
  ] as const)
    it(`reads few audit records for ${JSON.stringify(filters)}`, async () => {
      const audit = createAudit({ secrets: {} as never })
      let found = 0
      const list = async () => (found = (await audit.list(String(organization), { limit: 10 }, filters)).data.length)

      const { keys } = await examined('audit_events', list)

      expect(found).to.equal(count)
      expect(keys).to.be.at.most(20)
    })
})
