import { expect } from 'chai'
import type { Collection } from 'mongodb'
import { buildIndexes, dropBridges } from '../../src/schema/build-indexes.ts'
import type { WantedIndex } from '../../src/schema/wanted-indexes.ts'
import { connectedDatabase, connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'

const UNIQUE: WantedIndex = { name: 'promise', key: { organization: 1, number: 1 }, unique: true }

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

  const build = async (...indexes: WantedIndex[]): Promise<void> => {
    const wanted = [{ collection: papers.collectionName, indexes }]
    await buildIndexes(connectedDatabase(), wanted)
    await dropBridges(connectedDatabase(), wanted)
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

  const changes: [string, WantedIndex, WantedIndex][] = [
    ['other fields', UNIQUE, { ...UNIQUE, key: { organization: 1, letter: 1 } }],
    ['a filter', UNIQUE, { ...UNIQUE, partialFilterExpression: { number: { $gt: 0 } } }],
    ['uniqueness', { name: 'promise', key: UNIQUE.key }, UNIQUE],
    ['a lifetime', { name: 'end', key: { at: 1 } }, { name: 'end', key: { at: 1 }, expireAfterSeconds: 60 }],
    ['another lifetime', { name: 'end', key: { at: 1 }, expireAfterSeconds: 9 }, { name: 'end', key: { at: 1 }, expireAfterSeconds: 60 }],
    ['a collation', UNIQUE, { ...UNIQUE, collation: { locale: 'en', strength: 1 } }],
    ['another name', UNIQUE, { ...UNIQUE, name: 'vow' }],
  ]
  for (const [what, older, newer] of changes) {
    it(`replaces an index whose definition has changed: ${what}`, async () => {
      await build(older, { name: 'other', key: { other: 1 } })

      await build(newer, { name: 'other', key: { other: 1 } })
      const replaced = await definitions()

      expect(Object.keys(replaced)).to.have.members([newer.name, 'other'])
      await papers.dropIndexes()
      await build(newer, { name: 'other', key: { other: 1 } })
      expect(await definitions()).to.deep.equal(replaced)
    })
  }

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

  it('continues where a killed process has stopped', async () => {
    const newer = { ...UNIQUE, key: { organization: 1, letter: 1 } }
    await build(UNIQUE)
    await buildIndexes(dyingAt('dropIndex'), [{ collection: papers.collectionName, indexes: [newer] }]).catch(() => undefined)
    expect(Object.keys(await definitions())).to.have.length(2)

    await build(newer)

    expect(await definitions()).to.deep.equal({ promise: { key: { organization: 1, letter: 1 }, unique: true } })
  })

  /** The database for a process that dies before it calls `method` of the collection. */
  function dyingAt(method: string): ReturnType<typeof connectedDatabase> {
    const failing = new Proxy(papers, {
      get: (target, name) => {
        if (name === method) return () => Promise.reject(new Error('killed'))
        const value = Reflect.get(target, name) as unknown
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    return { collection: () => failing } as unknown as ReturnType<typeof connectedDatabase>
  }
})
