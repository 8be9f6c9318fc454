import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { MongoClient } from 'mongodb'
import mongoose from 'mongoose'
import { freshMongoUri } from '../support/mongo.ts'
import { startService, type ServiceForTests } from '../support/service.ts'

/** A line of the table: `| collection | lifetime | why |`. */
const LINE = /^\| `(?<collection>[\w.]+)` \| (?<lifetime>[^|]+) \| (?<why>[^|]*)\|$/

/** Models of other test files exist in the same process, and then in each database that a service opens. */
const isOfService = (collection: string): boolean => !collection.startsWith('test_')

/** Created by packages at their first use. */
const CREATED_LATER = ['agenda_jobs', 'candidate_import_files.chunks', 'candidate_import_files.files', 'resumes.chunks', 'sign_in_failures']

describe('schema/lifetimes', () => {
  const lines = readFileSync(new URL('../../src/schema/README.md', import.meta.url), 'utf8').split('\n')
  const stated = new Map(lines.flatMap((text) => {
    const { collection, ...line } = LINE.exec(text)?.groups ?? {}
    return collection === undefined ? [] : [[collection, line] as const]
  })) // prettier-ignore
  let service: ServiceForTests
  let client: MongoClient

  before(async () => {
    service = await startService({ MONGODB_URI: freshMongoUri() })
    client = await MongoClient.connect(service.mongodbUri)
  })
  after(async () => {
    await client.close()
    await service.stop()
  })

  it('are stated for every model', () => {
    const models = Object.values(mongoose.models)
      .map(({ collection }) => collection.name)
      .filter(isOfService)

    expect(models.filter((name) => !stated.has(name))).to.deep.equal([])
  })

  it('are stated for every other collection in the database, and for none that does not exist', async () => {
    const existing = (await client.db().listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).filter(isOfService)

    expect(existing.filter((name) => !stated.has(name))).to.deep.equal([])
    expect([...stated.keys()].filter((name) => !existing.includes(name) && !CREATED_LATER.includes(name))).to.deep.equal([])
  })

  it('have a reason where documents stay forever', () => {
    const forever = [...stated].filter(([, { lifetime }]) => /^(forever|as long as its organization)/.test(lifetime ?? ''))

    expect(forever.length).to.be.greaterThan(0)
    expect(forever.filter(([, { why }]) => !why?.trim()).map(([name]) => name)).to.deep.equal([])
  })

  it('name MongoDB where an index removes documents, and nowhere else', () => {
    const byIndex = Object.values(mongoose.models)
      .filter(({ schema }) => schema.indexes().some(([, { expireAfterSeconds }]) => expireAfterSeconds !== undefined))
      .map(({ collection }) => collection.name)
    const models = Object.values(mongoose.models).map(({ collection }) => collection.name)

    const named = models.filter((name) => stated.get(name)?.['lifetime']?.includes('MongoDB'))

    expect(named.toSorted()).to.deep.equal(byIndex.toSorted())
  })
})
