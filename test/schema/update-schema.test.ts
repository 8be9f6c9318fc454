import { expect } from 'chai'
import { MongoClient, type Db } from 'mongodb'
import { createLog } from '../../src/log.ts'
import { SchemaNewer, SCHEMA_STATE } from '../../src/schema/schema-state.ts'
import { forEachDocument, updateEach, type SchemaStep, type StepContext } from '../../src/schema/schema-step.ts'
import { finishIndexes, MigrationFailed, updateSchema, type SchemaOptions } from '../../src/schema/update-schema.ts'
import { eventually } from '../support/eventually.ts'
import { freshMongoUri } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'

/** Long enough for a machine that pauses. */
const LEASE_MS = 3000
const BY_NUMBER = { name: 'by_number', key: { number: 1 }, unique: true }
const BY_COLOR = { name: 'by_color', key: { color: 1 } }
const INDEXES = [{ collection: 'papers', indexes: [BY_NUMBER, BY_COLOR] }]
const WAITING = 'another process migrates the database; waiting for it'

describe('schema/update schema', () => {
  let client: MongoClient
  let db: Db
  let ran: string[]
  let lines: Record<string, unknown>[]

  before(async () => {
    client = await MongoClient.connect(freshMongoUri(), { writeConcern: { w: 'majority' }, monitorCommands: true })
    db = client.db()
  })
  after(() => client.close())
  beforeEach(() => {
    ;[ran, lines] = [[], []]
  })
  afterEach(() => db.dropDatabase())

  const step = (number: number, options: Partial<SchemaStep> = {}): SchemaStep => ({
    number,
    name: `step ${number}`,
    run: async () => void ran.push(`step ${number}`),
    ...options,
  })
  const optionsOf = (options: Partial<SchemaOptions>): SchemaOptions => ({
    db,
    steps: [step(1), step(2)],
    indexes: INDEXES,
    retired: [],
    hinted: [],
    leaseMs: LEASE_MS,
    signal: new AbortController().signal,
    log: createLog({ level: 'info', destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) } }),
    ...options,
  })
  const update = (options: Partial<SchemaOptions> = {}): Promise<void> => updateSchema(optionsOf(options))
  const finish = (options: Partial<SchemaOptions> = {}): Promise<void> => finishIndexes(optionsOf(options))
  const state = () => db.collection(SCHEMA_STATE).findOne({})
  const linesOf = (message: string) => lines.filter(({ msg }) => msg === message)
  const store = (...numbers: number[]) => db.collection('papers').insertMany(numbers.map((number) => ({ number })))
  const indexNames = async () => (await db.collection('papers').indexes()).map(({ name }) => name).filter((name) => name !== '_id_')

  async function commandsOf(run: () => Promise<unknown>): Promise<string[]> {
    const names: string[] = []
    const note = ({ commandName }: { commandName: string }): void => void names.push(commandName)
    client.on('commandStarted', note)
    await run()
    client.off('commandStarted', note)
    return names.filter((name) => name !== 'endSessions')
  }

  it('gives an empty database the newest version and all indexes without running a step', async () => {
    await update()

    expect(ran).to.deep.equal([])
    expect(await state()).to.deep.equal({ _id: 'schema', version: 2 })
    expect(await indexNames()).to.deep.equal(['by_number', 'by_color'])
  })

  it('runs the steps of an older database in order, once, and logs its progress', async () => {
    await store(1)

    await update({ steps: [step(1)] })
    await update()
    await update()

    expect(ran).to.deep.equal(['step 1', 'step 2'])
    expect(lines.map(({ msg, step: name, done, of, version }) => ({ msg, name, done, of, version }))).to.deep.equal([
      { msg: 'migration step done', name: 'step 1', done: 1, of: 1, version: 1 },
      { msg: 'the database is up to date', name: undefined, done: undefined, of: undefined, version: 1 },
      { msg: 'migration step done', name: 'step 2', done: 1, of: 1, version: 2 },
      { msg: 'the database is up to date', name: undefined, done: undefined, of: undefined, version: 2 },
    ])
    expect(await state()).to.deep.equal({ _id: 'schema', version: 2 })
  })

  it('writes nothing to a database that is up to date', async () => {
    await update()

    const commands = await commandsOf(() => update())
    const afterwards = await commandsOf(() => finish())

    expect(commands).to.deep.equal(['find', 'listCollections', 'createIndexes']) // MongoDB compares the definitions, and creates nothing
    expect(afterwards).to.deep.equal(['find', 'listIndexes'])
  })

  it('builds unique indexes again that a restored backup lacks, and leaves the others for later', async () => {
    await update()
    await db.collection('papers').dropIndexes()

    await update()
    const atStart = await indexNames()
    await finish()

    expect(atStart).to.deep.equal(['by_number'])
    expect(await indexNames()).to.deep.equal(['by_number', 'by_color'])
    expect(ran).to.deep.equal([])
  })

  it('builds indexes at the start that queries name in a hint', async () => {
    await update()
    await db.collection('papers').dropIndexes()

    await update({ hinted: ['by_color'] })

    expect(await indexNames()).to.deep.equal(['by_number', 'by_color'])
  })

  it('builds unique indexes before the steps, except before those that the index needs', async () => {
    await store(1, 1)
    const seen: boolean[] = []
    const look = async () => void seen.push(await db.collection('papers').indexExists('by_number'))
    const keepOne = async () => {
      await look()
      await db.collection('papers').deleteOne({ number: 1 })
    }

    await update({ steps: [step(1, { run: look }), step(2, { run: keepOne, beforeIndexes: true })] })

    expect(seen).to.deep.equal([false, true])
  })

  it('replaces changed unique indexes at the start, and the others afterwards', async () => {
    await update()
    const changed = [BY_NUMBER, BY_COLOR].map((index) => ({ ...index, key: { ...index.key, letter: 1 } }))
    const indexes = [{ collection: 'papers', indexes: changed }]
    const keys = async () => (await db.collection('papers').indexes()).slice(1).map(({ name, key }) => [name, Object.keys(key)])

    await update({ indexes })
    const atStart = await keys()
    await finish({ indexes })

    expect(atStart).to.have.deep.members([['by_number', ['number', 'letter']], ['by_color', ['color']]]) // prettier-ignore
    expect(await keys()).to.have.deep.members([['by_number', ['number', 'letter']], ['by_color', ['color', 'letter']]]) // prettier-ignore
    expect(ran).to.deep.equal([])
    expect(await state()).to.deep.equal({ _id: 'schema', version: 2 })
  })

  it('drops indexes that are retired by this version, and bridges that a killed process has left', async () => {
    const retired = (name: string, from: number) => ({ collection: 'papers', name, from })
    await update()
    await db.collection('papers').createIndex({ letter: 1 }, { name: 'by_letter' })
    await db.collection('papers').createIndex({ number: -1 }, { name: 'bridge that a killed process left' })
    await db.collection('papers').createIndex({ shelf: 1 }, { name: 'by_shelf' })
    await db.collection('papers').createIndex({ weight: 1 }, { name: 'added by an operator' })

    await finish({ retired: [retired('by_letter', 2), retired('by_shelf', 3), { ...retired('gone', 2), collection: 'gone' }] }) // prettier-ignore

    expect(await indexNames()).to.deep.equal(['by_number', 'by_color', 'by_shelf', 'added by an operator'])
  })

  it('leaves the indexes to a newer version that has taken over', async () => {
    await update({ steps: [step(1), step(2), step(3)] })
    await db.collection('papers').dropIndex('by_color')

    expect(await rejection(finish())).to.be.instanceOf(SchemaNewer)

    expect(await indexNames()).to.deep.equal(['by_number'])
  })

  it('refuses a newer database, says what to do, and writes nothing to it', async () => {
    await store(1)
    await update({ steps: [step(1), step(2), step(3)] })
    const before = await state()

    const commands = await commandsOf(async () => expect(await rejection(update())).to.be.instanceOf(SchemaNewer))

    expect(commands).to.deep.equal(['find'])
    expect(await state()).to.deep.equal(before)
    expect((await rejection(update())).message).to.match(/schema version 3.*only 2.*Start the newer version.*restore a backup/)
  })

  it('refuses a database that becomes newer between the look and the claim', async () => {
    await store(1)
    const states = db.collection<{ _id: string; version: number }>(SCHEMA_STATE)
    await states.insertOne({ _id: 'schema', version: 3 })
    let looks = 0
    const late = faulty(SCHEMA_STATE, (name) => (name === 'findOne' && looks++ === 0 ? async () => null : undefined))

    expect(await rejection(update({ db: late }))).to.be.instanceOf(SchemaNewer)

    expect(ran).to.deep.equal([])
    expect(await state()).to.deep.equal({ _id: 'schema', version: 3 })
  })

  /** The database for a process for which some methods of a collection do something else. */
  function faulty(collection: string, fault: (method: string) => (() => unknown) | undefined): Db {
    const through = <T extends object>(target: T, own: (name: string) => unknown): T =>
      new Proxy(target, {
        get: (inner, name) => {
          const value = own(String(name)) ?? (Reflect.get(inner, name) as unknown)
          return typeof value === 'function' ? (value as () => unknown).bind(inner) : value
        },
      })
    const replaced = through(db.collection(collection), fault)
    return through(db, (name) => (name === 'collection' ? (of: string) => (of === collection ? replaced : db.collection(of)) : undefined))
  }

  it('lets one process migrate, while the others wait and say for what', async () => {
    await store(1)
    let finishStep = (): void => undefined
    const slow = step(1, {
      async run() {
        ran.push('slow step')
        await new Promise<void>((resolve) => (finishStep = resolve))
      },
    })
    const first = update({ steps: [slow] })
    await eventually('it runs', () => ran.length > 0)

    const leases: unknown[] = []
    const others = Promise.all([1, 2, 3].map(() => update({ steps: [slow] })))
    await eventually('the lease is extended until it would have lapsed', async () => {
      const until = ((await state()) as { lease?: { until: Date } } | null)?.lease?.until.getTime()
      if (leases.at(-1) !== until) leases.push(until)
      return leases.length > 4
    })
    finishStep()
    await Promise.all([first, others])

    expect(ran).to.deep.equal(['slow step'])
    expect(linesOf(WAITING).filter(({ step: name }) => name === 'step 1')).to.have.length(3)
    expect(linesOf('the database is up to date')).to.have.length(1)
  })

  it('lets another process repeat the step of a process that died, and no step before it', async () => {
    await store(1)
    const hanging = step(2, { run: () => (ran.push('hangs'), new Promise(() => undefined)) })
    let isDead = false
    const silent = faulty(SCHEMA_STATE, () => (isDead ? () => new Promise(() => undefined) : undefined))
    const dying = new AbortController()
    const first = rejection(update({ steps: [step(1), hanging], db: silent, signal: dying.signal }))
    await eventually('it hangs', () => ran.includes('hangs'))
    isDead = true

    await update()

    expect(ran).to.deep.equal(['step 1', 'hangs', 'step 2'])
    dying.abort()
    isDead = false
    await first
  })

  it('repeats a step that failed, and names it', async () => {
    await store(1)
    let failures = 1
    const run = async () => {
      if (failures-- > 0) throw new Error('out of luck')
      ran.push('step 2')
    }

    const error = await rejection(update({ steps: [step(1), step(2, { run })] }))
    await update({ steps: [step(1), step(2, { run })] })

    expect(error).to.be.instanceOf(MigrationFailed).and.to.have.property('message').that.contains('step 2')
    expect(ran).to.deep.equal(['step 1', 'step 2'])
  })

  it('stops a step when another process has taken over, and writes no result', async () => {
    await store(1, 2, 3)
    const robbed = step(1, {
      async run(context) {
        await forEachDocument(context, 'papers', db.collection('papers').find().sort({ number: 1 }), async ({ number }) => {
          ran.push(`paper ${String(number)}`)
          await db.collection(SCHEMA_STATE).updateOne({}, { $set: { 'lease.holder': 'another process' } })
          await eventually('the heartbeat notices it', () => context.signal.aborted)
        })
      },
    })

    expect((await rejection(update({ steps: [robbed] }))).cause)
      .to.have.property('message')
      .that.contains('taken over')

    expect(ran).to.deep.equal(['paper 1'])
    expect(await state()).to.have.nested.property('lease.holder', 'another process')
    expect(await state()).not.to.have.any.keys('done', 'version')
  })

  it('drops no index after another process has taken over', async () => {
    await update()
    const changed = [{ collection: 'papers', indexes: [{ ...BY_NUMBER, key: { number: 1, letter: 1 } }] }]
    const rob = async (): Promise<unknown[]> => {
      await db.collection(SCHEMA_STATE).updateOne({}, { $set: { 'lease.holder': 'another process' } })
      return db.collection('papers').indexes()
    }

    await rejection(update({ indexes: changed, db: faulty('papers', (method) => (method === 'indexes' ? rob : undefined)) }))

    expect((await db.collection('papers').indexes()).find(({ name }) => name === 'by_number')?.key).to.deep.equal({ number: 1 })
  })

  it('stops between two steps when its process stops, and gives back the lease', async () => {
    await store(1)
    const stopping = new AbortController()
    const last = step(1, { run: async () => (ran.push('step 1'), setImmediate(() => stopping.abort())) })
    const waiting = step(2, { run: () => new Promise(() => undefined) })

    await rejection(update({ steps: [last, waiting], signal: stopping.signal }))

    expect(ran).to.deep.equal(['step 1'])
    expect(await state()).not.to.have.any.keys('lease', 'version')
  })

  describe('a step that meets a document it cannot change', () => {
    const changing = (run: (context: StepContext) => Promise<void>) => step(1, { run })
    const skipped = () => linesOf('migration step done').map(({ skipped: count }) => count)

    it('skips, counts and logs it, and quotes nothing of it', async () => {
      await store(1, 2, 3)
      const parse = changing((context) =>
        forEachDocument(context, 'papers', db.collection('papers').find(), async ({ number }) => {
          if (number === 2) throw new SyntaxError('Unexpected token in "ana@acme.example"')
          ran.push(String(number))
        }),
      )

      await update({ steps: [parse] })

      expect(ran).to.deep.equal(['1', '3'])
      expect(skipped()).to.deep.equal([1])
      expect(linesOf('migration skipped a document')[0]).to.include({ collection: 'papers', fault: 'SyntaxError', step: 'step 1' })
      expect(JSON.stringify(lines)).not.to.contain('ana@acme')
    })

    it('changes all others of a batch', async () => {
      await db.collection('papers').insertMany([{ number: 1 }, { number: 2, place: 'not an object' }, { number: 3, place: {} }])
      const batch = changing((context) => updateEach(context, db.collection('papers'), {}, { $set: { 'place.shelf': 7 } }))

      await update({ steps: [batch] })

      const shelved = await db.collection('papers').find({ 'place.shelf': 7 }).sort({ number: 1 }).toArray()
      expect(shelved.map(({ number }) => number as number)).to.deep.equal([1, 3])
      expect(skipped()).to.deep.equal([1])
    })

    it('fails instead when the database cannot be reached, so that no document is missed', async () => {
      await store(1)
      const closed = new MongoClient('mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=20')
      const unreachable = changing((context) =>
        forEachDocument(context, 'papers', db.collection('papers').find(), () => closed.db('x').collection('x').insertOne({})),
      )

      expect(await rejection(update({ steps: [unreachable] }))).to.be.instanceOf(MigrationFailed)
      expect(await state()).not.to.have.any.keys('version')
      await closed.close()
    })
  })
})
