import { expect } from 'chai'
import type { Collection, Db } from 'mongodb'
import { createMissing, dropLeftover, findUnfinished, replaceIndex } from '../../src/schema/build-indexes.ts'
import { modelIndexes, type DeclaredIndex } from '../../src/schema/declared-indexes.ts'
import '../../src/compose/parts.ts'
import { eventually } from '../support/eventually.ts'
import { connectedDatabase, connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'

const UNIQUE: DeclaredIndex = { name: 'promise', key: { organization: 1, number: 1 }, unique: true }
const mayDrop = async (): Promise<void> => undefined

describe('schema/build indexes', () => {
  let count = 0
  let papers: Collection

  before(() => connectEmptyDatabase())
  after(() => leaveDatabase())
  beforeEach(() => {
    count += 1
    papers = connectedDatabase().collection(`papers_${count}`)
  })
  afterEach(() => papers.drop())

  const declared = (...indexes: DeclaredIndex[]) => [{ collection: papers.collectionName, indexes }]
  const build = async (...indexes: DeclaredIndex[]): Promise<void> => {
    const db = connectedDatabase()
    for (const changed of await createMissing(db, declared(...indexes))) await replaceIndex(db, changed, mayDrop)
    const { leftovers } = await findUnfinished(db, declared(...indexes), [])
    for (const leftover of leftovers) await dropLeftover(db, leftover, mayDrop)
  }
  const definitions = async (): Promise<Record<string, object>> => {
    const indexes = (await papers.indexes()).filter(({ name }) => name !== '_id_')
    return Object.fromEntries(indexes.map(({ name, v: _version, ...definition }) => [name, definition]))
  }

  it('builds what is missing, and keeps indexes that an operator has added', async () => {
    await papers.createIndex({ color: 1 }, { name: 'added by an operator' })

    await build(UNIQUE)

    const own = { key: { organization: 1, number: 1 }, unique: true }
    expect(await definitions()).to.deep.equal({ 'added by an operator': { key: { color: 1 } }, promise: own })
  })

  it('creates a collection without indexes, and accepts one that exists', async () => {
    await build()
    await build()

    expect((await connectedDatabase().listCollections({ name: papers.collectionName }).toArray()).length).to.equal(1)
  })

  it('finds nothing unfinished in the indexes of the models once they are built', async () => {
    await papers.insertOne({})

    expect(await findUnfinished(connectedDatabase(), modelIndexes(), [])).to.deep.equal({ missing: [], leftovers: [] })
  })

  const changes: [string, DeclaredIndex, DeclaredIndex][] = [
    ['other fields', UNIQUE, { ...UNIQUE, key: { organization: 1, letter: 1 } }],
    ['another order of fields', UNIQUE, { ...UNIQUE, key: { number: 1, organization: 1 } }],
    ['a filter', UNIQUE, { ...UNIQUE, partialFilterExpression: { number: { $gt: 0 } } }],
    ['uniqueness', { name: 'promise', key: UNIQUE.key }, UNIQUE],
    ['a lifetime', { name: 'end', key: { at: 1 } }, { name: 'end', key: { at: 1 }, expireAfterSeconds: 60 }],
    ['another lifetime', { name: 'end', key: { at: 1 }, expireAfterSeconds: 9 }, { name: 'end', key: { at: 1 }, expireAfterSeconds: 60 }],
    ['a collation', UNIQUE, { ...UNIQUE, collation: { locale: 'en', strength: 1 } }],
    ['another name', UNIQUE, { ...UNIQUE, name: 'vow' }],
  ]
  for (const [what, older, newer] of changes) {
    it(`replaces an index whose definition has changed: ${what}`, async () => {
      const other = { name: 'other', key: { other: 1 } }
      await build(older, other)

      const unfinished = await findUnfinished(connectedDatabase(), declared(newer, other), [])
      await build(newer, other)
      const replaced = await definitions()

      expect(unfinished.missing).to.have.length(1)
      expect(Object.keys(replaced)).to.have.members([newer.name, 'other'])
      await papers.dropIndexes()
      await build(newer, other)
      expect(await definitions()).to.deep.equal(replaced)
    })
  }

  it('compares filters by value: an index with the same filter in another order is replaced under another name', async () => {
    const filter = { number: { $gt: 0 }, letter: { $exists: true } }
    const reordered = { letter: { $exists: true }, number: { $gt: 0 } }
    await build({ ...UNIQUE, partialFilterExpression: filter })
    const sameName = { ...UNIQUE, partialFilterExpression: reordered }

    const unfinished = await findUnfinished(connectedDatabase(), declared(sameName), [])
    await build({ ...sameName, name: 'vow' })

    expect(unfinished.missing).to.deep.equal([])
    expect(Object.keys(await definitions())).to.deep.equal(['vow'])
  })

  it('refuses equal values at every moment while it replaces a unique index', async () => {
    await build(UNIQUE)
    await papers.insertOne({ organization: 1, number: 1 })
    let isOver = false
    const intrude = async (): Promise<number> => {
      let tries = 0
      for (; !isOver; tries += 1) await rejection(papers.insertOne({ organization: 1, number: 1 }))
      return tries
    }
    const tries = Promise.all(Array.from({ length: 4 }, intrude))

    for (let round = 0; round < 4; round += 1) await build({ ...UNIQUE, sparse: round % 2 === 0 })
    isOver = true

    expect(Math.min(...(await tries))).to.be.above(0)
    expect(await papers.countDocuments()).to.equal(1)
  })

  it('keeps the old index if stored documents break the promise of the new one, and quotes no document', async () => {
    await build(UNIQUE)
    await papers.insertMany([1, 2].map((number) => ({ organization: 1, number, letter: 'ana@acme.example' })))

    const error = await rejection(build({ ...UNIQUE, key: { organization: 1, letter: 1 } }))

    expect(error).to.have.property('message').that.contains('promise').and.contains(papers.collectionName)
    expect(JSON.stringify([error.message, error.cause])).not.to.contain('ana@acme')
    expect(await definitions()).to.deep.equal({ promise: { key: { organization: 1, number: 1 }, unique: true } })
  })

  it('rejects only after the indexes of all other collections are built, so that none is built unobserved', async () => {
    await papers.insertMany([{ organization: 1, number: 1 }, { organization: 1, number: 1 }]) // prettier-ignore
    const other = `${papers.collectionName}_slow`
    let isBuilt = false
    const slow = {
      async createIndexes() {
        await eventually('the other collection fails', () => hasFailed)
        await new Promise(setImmediate)
        isBuilt = true
      },
    }
    let hasFailed = false
    const failing = {
      createIndexes: (indexes: DeclaredIndex[]) => papers.createIndexes(indexes).finally(() => (hasFailed = true)),
      collectionName: papers.collectionName,
    }
    const db = { collection: (name: string) => (name === other ? slow : failing) } as unknown as Db

    const error = await rejection(createMissing(db, [...declared(UNIQUE), { collection: other, indexes: [UNIQUE] }]))

    expect(error.message).to.contain('equal values')
    expect(isBuilt).to.equal(true)
  })

  for (const [what, dropsBefore] of [
    ['the old index', 0],
    ['the bridge', 1],
  ] as const) {
    it(`continues where a process stopped because it could no longer drop ${what}`, async () => {
      const newer = { ...UNIQUE, key: { organization: 1, letter: 1 } }
      await build(UNIQUE)
      const [changed] = await createMissing(connectedDatabase(), declared(newer))
      if (!changed) throw new Error('nothing has changed')
      let asked = 0
      const lost = async () => {
        if (asked++ === dropsBefore * 2) throw new Error('another process has taken over')
      }

      await rejection(replaceIndex(connectedDatabase(), changed, lost))
      const left = Object.keys(await definitions())
      await build(newer)

      expect(left).to.have.length(2)
      expect(left.includes('promise')).to.equal(true)
      expect(await definitions()).to.deep.equal({ promise: { key: { organization: 1, letter: 1 }, unique: true } })
    })
  }

  it('finds retired indexes, of their collection only', async () => {
    await build(UNIQUE)
    await papers.createIndex({ color: 1 }, { name: 'by_color' })
    const retired = [{ collection: papers.collectionName, name: 'by_color' }, { collection: 'other', name: 'promise' }] // prettier-ignore

    expect((await findUnfinished(connectedDatabase(), declared(UNIQUE), retired)).leftovers).to.deep.equal([retired[0]])
  })
})
