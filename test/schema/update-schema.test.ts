import { expect } from 'chai'
import { MongoClient, type Db } from 'mongodb'
import { createLog } from '../../src/log.ts'
import { SchemaNewer, SCHEMA_STATE } from '../../src/schema/schema-state.ts'
import { dropIndex, type SchemaStep } from '../../src/schema/schema-step.ts'
import { StepFailed, updateSchema, type SchemaOptions } from '../../src/schema/update-schema.ts'
import { eventually } from '../support/eventually.ts'
import { freshMongoUri } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'

/** Long enough for a machine that pauses. */
const LEASE_MS = 3000
const INDEXES = [{ collection: 'papers', indexes: [{ name: 'by_number', key: { number: 1 }, unique: true }] }]

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
  const update = (options: Partial<SchemaOptions> = {}): Promise<void> =>
    updateSchema({
      db,
      open: async () => db,
      steps: [step(1), step(2)],
      indexes: INDEXES,
      leaseMs: LEASE_MS,
      onMigration: () => undefined,
      signal: new AbortController().signal,
      log: createLog({ level: 'info', destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) } }),
      ...options,
    })
  const state = () => db.collection(SCHEMA_STATE).findOne({})
  const messages = () => lines.map(({ msg }) => msg)
  const store = (number: number) => db.collection('papers').insertOne({ number })

  async function commandsOf(run: () => Promise<unknown>): Promise<string[]> {
    const names: string[] = []
    const note = ({ commandName }: { commandName: string }): void => void names.push(commandName)
    client.on('commandStarted', note)
    await run()
    client.off('commandStarted', note)
    return names.filter((name) => name !== 'endSessions')
  }

  it('gives an empty database the newest version without running a step', async () => {
    await db.createCollection('left by an interrupted start')

    await update()

    expect(ran).to.deep.equal([])
    expect(await state()).to.have.property('version', 2)
    expect(await db.collection('papers').indexExists('by_number')).to.equal(true)
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
    expect(await state()).to.have.all.keys('_id', 'version', 'indexes')
  })

  it('reads one document of a database that is up to date', async () => {
    await update()

    expect(await commandsOf(() => update({ open: () => Promise.reject(new Error('not needed')) }))).to.deep.equal(['find'])
  })

  it('builds indexes before the steps, except before those that a new unique index needs', async () => {
    await store(1)
    await store(1)
    const seen: boolean[] = []
    const look = async () => void seen.push(await db.collection('papers').indexExists('by_number'))
    const keepOne = async () => {
      await look()
      await db.collection('papers').deleteOne({ number: 1 })
    }

    await update({ steps: [step(1, { run: look }), step(2, { run: keepOne, beforeIndexes: true })] })

    expect(seen).to.deep.equal([false, true])
  })

  it('builds changed indexes if no step is due', async () => {
    await update()
    const indexes = [{ collection: 'papers', indexes: [{ name: 'by_number', key: { number: 1, letter: 1 }, unique: true }] }]

    await db.collection('papers').createIndex({ number: -1 }, { name: 'bridge that a killed process left' })

    await update({ indexes })

    const [, index, ...others] = await db.collection('papers').indexes()
    expect(others).to.deep.equal([])
    expect(index).to.deep.include({ name: 'by_number', key: { number: 1, letter: 1 } })
    expect(ran).to.deep.equal([])
  })

  it('drops an index that no model has any more, whether or not it exists', async () => {
    await store(1)
    await db.collection('papers').createIndex({ color: 1 }, { name: 'by_color' })

    await update({ steps: [dropIndex(1, 'papers', 'by_color'), dropIndex(2, 'papers', 'gone'), dropIndex(3, 'gone', 'gone')] })

    expect((await db.collection('papers').indexes()).map(({ name }) => name)).to.deep.equal(['_id_', 'by_number'])
    expect(await state()).to.have.property('version', 3)
  })

  it('keeps an index that an old step drops and a model has again', async () => {
    await store(1)

    await update({ steps: [dropIndex(1, 'papers', 'by_number')] })

    expect(await db.collection('papers').indexExists('by_number')).to.equal(true)
  })

  it('refuses a newer database, and writes nothing to it', async () => {
    await store(1)
    await update({ steps: [step(1), step(2), step(3)] })
    const before = await state()

    const commands = await commandsOf(async () => expect(await rejection(update())).to.be.instanceOf(SchemaNewer))

    expect(commands).to.deep.equal(['find'])
    expect(await state()).to.deep.equal(before)
    expect((await rejection(update())).message).to.match(/schema version 3.*only 2/)
  })

  it('refuses a database that becomes newer between the look and the claim', async () => {
    await store(1)
    const late = { ...(await lateRead()) }

    expect(await rejection(update({ db: late.db }))).to.be.instanceOf(SchemaNewer)

    expect(ran).to.deep.equal([])
    expect(await state()).to.deep.equal({ _id: 'schema', version: 3 })
  })

  /** A database whose first look shows no state, although a newer version has just written one. */
  async function lateRead(): Promise<{ db: Db }> {
    await db.collection<{ _id: string }>(SCHEMA_STATE).insertOne({ _id: 'schema', version: 3 } as { _id: string })
    let looks = 0
    const states = db.collection(SCHEMA_STATE)
    const late = new Proxy(states, {
      get: (target, name) => {
        if (name === 'findOne' && looks++ === 0) return async () => null
        const value = Reflect.get(target, name) as unknown
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    return { db: { collection: () => late } as unknown as Db }
  }

  it('lets one process migrate, while the others wait and say for what', async () => {
    await store(1)
    let finish = (): void => undefined
    const slow = step(1, {
      async run() {
        ran.push('slow step')
        await new Promise<void>((resolve) => (finish = resolve))
      },
    })
    let waiting = 0
    const first = update({ steps: [slow] })
    await eventually('it runs', () => ran.length > 0)

    const others = Promise.all([1, 2, 3].map(() => update({ steps: [slow], onMigration: () => void (waiting += 1) })))
    await eventually('all have looked more often than a lease lasts', () => waiting > (3 * LEASE_MS) / 300 + 6)
    finish()
    await Promise.all([first, others])

    expect(ran).to.deep.equal(['slow step'])
    expect(
      lines.filter(({ msg, step: name }) => msg === 'another process migrates the database; waiting for it' && name === 'step 1'),
    ).to.have.length(3)
    expect(messages().filter((message) => message === 'the database is up to date')).to.have.length(1)
  })

  it('lets another process repeat the step of a process that died, and no step before it', async () => {
    await store(1)
    const dead = new AbortController()
    const hanging = step(2, { run: () => (ran.push('hangs'), new Promise(() => undefined)) })
    void update({ steps: [step(1), hanging], db: silencedAt(dead.signal) })
    await eventually('it hangs', () => ran.includes('hangs'))
    dead.abort()

    await update()

    expect(ran).to.deep.equal(['step 1', 'hangs', 'step 2'])
  })

  /** The database for a process whose writes no longer arrive. */
  function silencedAt(signal: AbortSignal): Db {
    const states = db.collection(SCHEMA_STATE)
    const silenced = new Proxy(states, {
      get: (target, name) => {
        if (signal.aborted) return () => new Promise(() => undefined)
        const value = Reflect.get(target, name) as unknown
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    return { collection: () => silenced } as unknown as Db
  }

  it('repeats a step that failed, and names it', async () => {
    await store(1)
    let failures = 1
    const run = async () => {
      if (failures-- > 0) throw new Error('out of luck')
      ran.push('step 2')
    }

    const error = await rejection(update({ steps: [step(1), step(2, { run })] }))
    await update({ steps: [step(1), step(2, { run })] })

    expect(error).to.be.instanceOf(StepFailed).and.to.have.property('message').that.contains('step 2')
    expect(ran).to.deep.equal(['step 1', 'step 2'])
  })

  it('writes no result after another process has taken over', async () => {
    await store(1)
    const robbed = step(1, {
      run: () => db.collection(SCHEMA_STATE).updateOne({}, { $set: { 'lease.holder': 'another process' } }),
    })

    expect((await rejection(update({ steps: [robbed] }))).message).to.contain('taken over')

    expect(await state()).to.have.nested.property('lease.holder', 'another process')
    expect(await state()).not.to.have.any.keys('done', 'version')
  })

  it('stops between two steps when its process stops, and gives back the lease', async () => {
    await store(1)
    const stopping = new AbortController()
    const last = step(1, { run: async () => (ran.push('step 1'), stopping.abort()) })

    await rejection(update({ steps: [last, step(2)], signal: stopping.signal }))

    expect(ran).to.deep.equal(['step 1'])
    expect(await state())
      .to.deep.include({ done: [1] })
      .and.not.to.have.property('lease')
  })
})
