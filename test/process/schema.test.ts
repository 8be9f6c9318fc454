import { expect } from 'chai'
import { MongoClient, type ClientSession, type Db } from 'mongodb'
import { freePort } from '../../scripts/free-port.ts'
import { SCHEMA_STEPS } from '../../src/operators/schema-steps.ts'
import { eventually } from '../support/eventually.ts'
import { freshMongoUri } from '../support/mongo.ts'
import type { Program } from '../support/run-program.ts'
import { runScript } from '../support/run-script.ts'
import { spawnServe } from '../support/serve.ts'
import { SECRET_KEYS } from '../support/service.ts'
import { DAMAGED, LAST_ENDPOINT, SYNCED_AT, writeOlderDatabase, type OlderDatabase } from './older-database.ts'

/** The step that gives connections their features. */
const HANGING_STEP = 3
const NEWEST = SCHEMA_STEPS.length
const LATER_STEPS = SCHEMA_STEPS.map(({ number }) => number).filter((number) => number >= HANGING_STEP)
const LONG = 60_000
const WAITING = 'another process migrates the database; waiting for it'
/** An index that no promise depends on. */
const CHANGED = 'organization_1_linkKeys_1'

interface Readiness {
  ready: boolean
  missing: string[]
}

describe('the schema of a database', function () {
  this.timeout(150_000)
  let uri: string
  let client: MongoClient
  let db: Db
  let programs: Program[]
  let held: ClientSession | undefined

  beforeEach(async () => {
    uri = freshMongoUri()
    client = await MongoClient.connect(uri, { writeConcern: { w: 'majority' } })
    db = client.db()
    programs = []
  })
  afterEach(async () => {
    for (const { child } of programs) child.kill('SIGKILL')
    await Promise.all(programs.map(({ ended }) => ended))
    await held?.endSession()
    await db.dropDatabase()
    await client.close()
  })

  async function start(): Promise<Program & { url: string }> {
    const port = String(await freePort())
    const url = `http://127.0.0.1:${port}`
    const program = spawnServe({ PORT: port, PUBLIC_URL: url, MONGODB_URI: uri, SECRET_KEYS, LEASE_MS: '3000' })
    programs.push(program)
    return { ...program, url }
  }
  /** Lets the step hang in the middle: it changes one connection, and waits for the other one until the transaction ends. */
  async function holdLastConnection(): Promise<void> {
    await client.db('admin').command({ setParameter: 1, transactionLifetimeLimitSeconds: 600 })
    held = client.startSession()
    held.startTransaction()
    await db.collection('connections').updateOne({ endpointKey: LAST_ENDPOINT }, { $set: { held: true } }, { session: held })
  }
  async function startAndHang(): Promise<Program & { url: string }> {
    const program = await start()
    await eventually(
      'one connection is adopted',
      () => db.collection('connections').findOne({ 'settings.features': { $exists: true } }),
      LONG,
    )
    return program
  }
  const readiness = async ({ url }: { url: string }): Promise<Readiness | null> => {
    const answer = await fetch(`${url}/readyz`).catch(() => null)
    return answer && ((await answer.json()) as Readiness)
  }
  const isReady = (program: { url: string }) => eventually('it is ready', async () => (await readiness(program))?.ready, LONG)
  const isMigrating = (program: { url: string }) =>
    eventually('it says that it migrates', async () => (await readiness(program))?.missing.includes('migration'), LONG)
  const linesOf = ({ output }: Program, message: string): Record<string, unknown>[] =>
    output()
      .split('\n')
      .filter((line) => line.includes(`"msg":"${message}"`))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  const stepsOf = (program: Program) => linesOf(program, 'migration step done').map(({ version }) => version)
  const only = async (collection: string, filter = {}) => (await db.collection(collection).find(filter).toArray()).map(({ _id, ...rest }) => rest) // prettier-ignore
  const indexOf = async (collection: string, name: string) => (await db.collection(collection).indexes()).find((index) => index.name === name) // prettier-ignore

  async function expectMigrated({ organization, counts }: OlderDatabase): Promise<void> {
    const [connection] = await only('connections', { organization })
    expect(await db.collection('connections').countDocuments({ 'settings.webhookSet': { $exists: true } })).to.equal(0)
    expect(connection?.['settings']).to.deep.include({ features: ['export', 'conversations'], sourceName: 'kept' })
    expect(connection?.['settings']).to.have.property('eraseWhenDeletedInLeverSince')
    expect((await only('lever_syncs', { organization }))[0]?.['progress']).to.deep.include({
      startedAt: SYNCED_AT,
      resources: { postings: 3 },
    })
    expect(await db.collection('exports').countDocuments({ confidential: true })).to.equal(1)
    expect(await db.collection('candidates').countDocuments({ 'lever.confidential': true })).to.equal(1)
    expect((await only('deliveries', { token: 'first' }))[0]).to.have.property('signatureKey')
    for (const [collection, count] of Object.entries(counts))
      expect(await db.collection(collection).countDocuments(), collection).to.equal(count)
    expect(await only('schema_state')).to.have.deep.nested.property('[0].version', NEWEST)
  }

  async function expectIndexesRebuilt(): Promise<void> {
    const accepted = { organization: 1, connection: 1, signatureKey: 1 }
    expect((await indexOf('deliveries', 'acceptedSignatures'))?.key).to.deep.equal(accepted)
    expect(await indexOf('candidates', 'added by an operator')).to.be.an('object')
    const rebuilt = async () =>
      JSON.stringify((await indexOf('deliveries', 'failed'))?.key) === '{"organization":1,"_id":1}' &&
      (await indexOf('sessions', 'expiresAt_1'))?.['expireAfterSeconds'] === 0
    await eventually('the indexes that no start waits for are rebuilt', rebuilt, LONG)
  }

  it('of an older version is brought to this one, once, by two processes that start together', async () => {
    const older = await writeOlderDatabase(db)

    const both = await Promise.all([start(), start()])
    await Promise.all(both.map(isReady))

    expect(both.flatMap(stepsOf)).to.deep.equal(SCHEMA_STEPS.map(({ number }) => number))
    expect(both.flatMap((program) => linesOf(program, 'the database is up to date'))).to.have.length(1)
    expect(both.flatMap((program) => linesOf(program, 'migration skipped a document'))).to.have.length(DAMAGED)
    await expectMigrated(older)
    await expectIndexesRebuilt()
  })

  it('is migrated by another process, which waits for it, if the first one is killed in a step', async () => {
    const older = await writeOlderDatabase(db)
    await holdLastConnection()
    const first = await startAndHang()
    const second = await start()

    await Promise.all([first, second].map(isMigrating))
    const waited = await eventually('it says for what it waits', () => linesOf(second, WAITING)[0])
    first.child.kill('SIGKILL')
    await first.ended
    await held?.endSession()
    await isReady(second)

    expect(waited).to.include({ step: SCHEMA_STEPS[HANGING_STEP - 1]?.name })
    expect(stepsOf(first)).to.deep.equal([1, 2])
    expect(stepsOf(second)).to.deep.equal(LATER_STEPS)
    await expectMigrated(older)
  })

  it('is not changed by a process that was suspended in a step and continues after another one has migrated it', async () => {
    const older = await writeOlderDatabase(db)
    await holdLastConnection()
    const first = await startAndHang()
    const second = await start()
    await eventually('the second one waits', () => linesOf(second, WAITING)[0], LONG)

    first.child.kill('SIGSTOP')
    const holder = async () => (await only('schema_state'))[0]?.['lease']?.holder as string | undefined
    const before = await holder()
    await eventually('the second one takes over', async () => (await holder()) !== before, LONG)
    await held?.endSession()
    await isReady(second)
    first.child.kill('SIGCONT')
    await isReady(first)

    expect([stepsOf(first), stepsOf(second)]).to.deep.equal([[1, 2], LATER_STEPS]) // prettier-ignore
    await expectMigrated(older)
    await expectIndexesRebuilt()
  })

  it('can be migrated at once after a process was stopped in a step', async () => {
    await writeOlderDatabase(db)
    await holdLastConnection()
    const first = await startAndHang()

    first.child.kill('SIGTERM')
    const { code } = await first.ended
    await held?.endSession()

    expect(code).to.equal(0)
    expect((await only('schema_state'))[0])
      .to.have.property('done')
      .and.not.to.have.property('lease')
  })

  it('is not served while it is migrated: every answer says so in words, and when to ask again', async () => {
    await writeOlderDatabase(db)
    await holdLastConnection()
    const { url } = await startAndHang()
    const ask = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(url + path, init)
      return { status: answer.status, retryAfter: answer.headers.get('retry-after'), text: await answer.text() }
    }

    const api = await ask('/api/v1/users', { headers: { authorization: 'Bearer any' } })
    const webhook = await ask('/webhooks/lever/key-of-the-endpoint', { method: 'POST', body: '{}' })
    const pages = await Promise.all(['en', 'es'].map((language) => ask('/sign-in', { headers: { accept: 'text/html', 'accept-language': language } }))) // prettier-ignore
    const health = await ask('/healthz')

    for (const { status, retryAfter } of [api, webhook, ...pages]) expect([status, retryAfter]).to.deep.equal([503, '10'])
    expect(JSON.parse(api.text)).to.include({ code: 'migrating', detail: 'Fulcrum is updating its database.' })
    expect(pages[0]?.text).to.contain('Fulcrum is updating its database.')
    expect(pages[1]?.text).to.contain('Fulcrum está actualizando su base de datos.')
    expect(health.status).to.equal(200)
  })

  it('of a newer version is refused with a message and exit code 1, and nothing is written', async () => {
    await writeOlderDatabase(db)
    await db.collection<{ _id: string; version: number }>('schema_state').insertOne({ _id: 'schema', version: NEWEST + 1 })
    const hash = async () => ((await db.command({ dbHash: 1 })) as { md5: string }).md5
    const before = await hash()

    const { code, stderr } = await (await start()).ended
    const scripts = await Promise.all(['after-restore', 'reseal'].map((name) => runScript(name, { MONGODB_URI: uri, SECRET_KEYS })))

    expect(code).to.equal(1)
    expect(stderr)
      .to.contain(`schema version ${NEWEST + 1}`)
      .and.to.contain('Start the newer version of Fulcrum')
    for (const script of scripts) expect([script.code, script.stderr]).to.satisfy(() => script.code === 1 && script.stderr.includes(`version ${NEWEST + 1}`)) // prettier-ignore
    expect(await hash()).to.equal(before)
  })

  it('is served while an index whose definition has changed is rebuilt', async () => {
    const first = await start()
    await isReady(first)
    first.child.kill('SIGTERM')
    await first.ended
    const candidates = db.collection('candidates')
    await candidates.dropIndex(CHANGED)
    await candidates.createIndex({ organization: 1, color: 1 }, { name: CHANGED })
    held = client.startSession()
    held.startTransaction()
    await candidates.insertOne({ name: 'keeps indexes from being built' }, { session: held })
    const keysOf = async () => Object.keys((await indexOf('candidates', CHANGED))?.key ?? {})

    await isReady(await start())
    const whenReady = await keysOf()
    await held.abortTransaction()

    expect(whenReady).to.deep.equal(['organization', 'color'])
    await eventually('it is rebuilt', async () => (await keysOf()).includes('linkKeys'), LONG)
  })
})
