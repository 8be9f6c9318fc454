import { expect } from 'chai'
import { MongoClient, type Db } from 'mongodb'
import { restore, stub } from 'sinon'
import { readConfig } from '../../src/config.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { resealEverything } from '../../src/operators/reseal.ts'
import { createSealer } from '../../src/secrets/sealer.ts'
import { eventually } from '../support/eventually.ts'
import { LEVER_ADMIN } from '../support/lever.ts'
import { startServe, type ServeProcess } from '../support/serve.ts'
import { apiAt, exportAndWait, newPerson, OPERATOR_KEY, startService, type Api, type ServiceForTests } from '../support/service.ts'
import { runScript } from '../support/run-script.ts'
import { NEW_KEY, OLD_KEY } from './two-keys.ts'

describe('npm run reseal', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let api: Api
  let apiKey: string
  let client: MongoClient
  let db: Db

  const NEW_ORGANIZATION = { name: 'Later', sourceName: 'later' }
  const reseal = (keys: string) => runScript('reseal', { MONGODB_URI: service.mongodbUri, SECRET_KEYS: keys })
  const everythingStored = async (): Promise<string> =>
    JSON.stringify(await Promise.all((await db.collections()).map((collection) => collection.find().toArray())))
  /** The service goes on meanwhile: of what is stored only this is the script's to change. */
  const everySecret = async (): Promise<string[]> => ((await everythingStored()).match(/"v1\.\w+\.[^"]+"/g) ?? []).toSorted()
  const sealedWith = async (id: string): Promise<number> => (await everythingStored()).split(`"v1.${id}.`).length - 1

  const rotating = createSealer(readConfig({ SECRET_KEYS: `${NEW_KEY},${OLD_KEY}` }).secretKeys)
  const connectionPlace = async () => {
    const { organization } = await ConnectionModel.findOne({ 'grant.refreshToken': { $ne: null } })
      .orFail()
      .lean()
    return { organization, connection: { organization: String(organization), record: 'connection', field: 'grant.refreshToken' } }
  }
  const stored = async (organization: unknown) => (await ConnectionModel.findOne({ organization } as object).lean())?.grant?.refreshToken

  before(async () => {
    service = await startService({ SECRET_KEYS: OLD_KEY, LEASE_MS: '10000', LEVER_TIMEOUT_MS: '8000' })
    await service.lever.settings({ deliveryTimeoutMs: 10_000 })
    const made = await service.connected()
    api = made.api
    apiKey = made.apiKey
    await api.put('connection/webhooks/candidateHired', { signatureToken: 'signature-token-by-hand' })
    await api.post('connection/webhooks/provision')
    await service.operator.post('organizations', NEW_ORGANIZATION, { 'Idempotency-Key': 'made-once' })
    const { body } = await api.post<{ authorizeUrl: string }>('connection/authorize', { userEmail: LEVER_ADMIN })
    await service.lever.consent(body.authorizeUrl)
    client = await MongoClient.connect(service.mongodbUri)
    db = client.db()
  })
  afterEach(() => restore())
  after(async () => {
    await client.close()
    await service.stop()
  })

  it('refuses while a key is missing, names what was sealed with it, and changes nothing', async () => {
    const before = await everySecret()

    const { code, stderr } = await reseal(NEW_KEY)

    expect(code).to.equal(1)
    expect(stderr)
      .to.contain('Nothing was changed')
      .and.match(/connections [0-9a-f]{24} grant\.refreshToken \(key old\)/)
    expect(stderr).to.match(/organizations [0-9a-f]{24} hashKey/).and.match(/idempotency_keys \S+ answer\.secret/).and.match(/authorization_flows [0-9a-f]{24} codeVerifier/) // prettier-ignore
    expect(before).to.have.length.above(8)
    expect(await everySecret()).to.deep.equal(before)
  })

  it('says what it needs', async () => {
    const { code, stderr } = await runScript('reseal', { MONGODB_URI: service.mongodbUri, DATA_DIR: '/nowhere' })

    expect([code, stderr.includes('SECRET_KEYS is required')]).to.deep.equal([1, true])
  })

  it('does not overwrite a concurrent write, and reseals that as well', async () => {
    const { connection: place, organization } = await connectionPlace()
    const original = rotating.open(String(await stored(organization)), place)
    const newest = createSealer(readConfig({ SECRET_KEYS: OLD_KEY }).secretKeys).seal('newest', place)
    const write = ConnectionModel.collection.updateOne.bind(ConnectionModel.collection)
    const moving = stub(ConnectionModel.collection, 'updateOne').callsFake(async (filter, change, options) => {
      if (filter['grant.refreshToken']) {
        moving.restore()
        await write({ organization }, { $set: { 'grant.refreshToken': newest } })
      }
      return write(filter, change, options ?? {})
    })

    const report = await resealEverything(rotating, () => undefined)

    expect(rotating.open(String(await stored(organization)), place)).to.equal('newest')
    expect([report.left, report.unreadable]).to.deep.equal([0, []])
    expect(await sealedWith('old')).to.equal(0)
    await write({ organization }, { $set: { 'grant.refreshToken': rotating.seal(original, place) } })
  })

  it('moves everything to the first key, with progress and counts, and does nothing the second time', async () => {
    const back = await reseal(`${OLD_KEY},${NEW_KEY}`)
    const count = await sealedWith('old')
    const moved = await reseal(`${NEW_KEY},${OLD_KEY}`)
    const again = await reseal(`${NEW_KEY},${OLD_KEY}`)

    expect([back.code, moved.code, again.code]).to.deep.equal([0, 0, 0])
    expect(count).to.be.above(8)
    expect(moved.stdout).to.contain(`${count} secrets are sealed with new; ${count} of them were moved just now.`)
    expect(again.stdout).to.contain(`${count} secrets are sealed with new; 0 of them were moved just now.`)
    expect([await sealedWith('old'), await sealedWith('new')]).to.deep.equal([0, count])
  })

  it('allows a process to continue without the old key: tokens, signature tokens, fingerprints, idempotent responses', async () => {
    const port = new URL(service.url).port
    await service.service.stop()
    const restarted: ServeProcess = await startServe({ ...service.env, PORT: port, SECRET_KEYS: NEW_KEY })
    try {
      const { webhookUrl } = (await api.get<{ webhookUrl: string }>('connection')).body
      await service.lever.expireTokens()

      const done = await exportAndWait(apiAt(restarted.url, apiKey), { candidate: newPerson() })
      const [sent] = await service.lever.deliver('candidateStageChange', { opportunityId: done.opportunityId })
      const delivery = await eventually('Lever has delivered', async () => (await service.lever.deliveries()).find(({ id, attempts }) => id === sent?.id && attempts.length > 0)) // prettier-ignore
      const replayed = await apiAt(restarted.url, OPERATOR_KEY).post<{ apiKey: string }>('organizations', NEW_ORGANIZATION, { 'Idempotency-Key': 'made-once' }) // prettier-ignore

      expect(done.status).to.equal('exported')
      expect(delivery.url).to.equal(webhookUrl)
      expect(delivery.attempts.map(({ status }) => status)).to.deep.equal([200])
      expect([replayed.headers['idempotent-replayed'], replayed.body.apiKey.slice(0, 4)]).to.deep.equal(['true', 'flc_'])
    } finally {
      await restarted.end('SIGKILL')
    }
  })
})
