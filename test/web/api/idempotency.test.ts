import { expect } from 'chai'
import mongoose from 'mongoose'
import { restore, spy, useFakeTimers } from 'sinon'
import { z } from 'zod'
import { ServiceError } from '../../../src/errors.ts'
import { defineEndpoint } from '../../../src/web/api/endpoint.ts'
import { IdempotencyKeyModel } from '../../../src/web/api/idempotency-key-model.ts'
import { eventually } from '../../support/eventually.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'
import { startWeb, type RunningWeb, type SignedIn } from '../../support/web.ts'

describe('Idempotency-Key', () => {
  let web: RunningWeb
  let runs: { name: string }[]
  /** The handler waits for this. */
  let hold: Promise<void>
  let failures = 0
  let mayAsk = true

  const body = z.strictObject({ name: z.string(), size: z.number().optional() })
  const answers = { 201: { description: 'made' } }
  const endpoints = () =>
    ['/things', '/others'].map((path) =>
      defineEndpoint({
        method: 'post',
        path,
        tag: 'T',
        summary: 's',
        access: 'sourcer',
        body,
        answers,
        check() {
          if (!mayAsk) throw new ServiceError('forbidden', 'Not any more.')
        },
        replay: async (_input, { id, secret, status }) => ({ status, body: { id, secret } }),
        handle: async (input) => {
          if (failures > 0) {
            failures -= 1
            throw new ServiceError('state_conflict', 'Not now.')
          }
          await hold
          runs.push(input.body)
          const id = String(runs.length)
          return { status: 201, body: { id, secret: `secret-${id}` }, result: { id, secret: `secret-${id}` } }
        },
      }),
    )

  before(async () => {
    await connectEmptyDatabase()
    web = await startWeb({ endpoints })
  })
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })
  afterEach(() => restore())
  /** Mongoose considers a connection lost after twenty seconds of wall-clock time without a heartbeat. */
  const hearFromMongo = () => mongoose.connection.getClient().emit('serverHeartbeatSucceeded', {} as never)
  beforeEach(() => {
    runs = []
    hold = Promise.resolve()
    failures = 0
    mayAsk = true
  })

  const post = (key: string, json: unknown = { name: 'a' }, path = '/things', apiKey = web.apiKey) =>
    web.call('POST', `/api/v1${path}`, { json, headers: { authorization: `Bearer ${apiKey}`, 'idempotency-key': key } })
  /** Makes handlers that start from now on wait until the returned function is called. */
  function holdHandlers(): () => void {
    let letGo = (): void => undefined
    hold = new Promise((resolve) => (letGo = resolve))
    return letGo
  }
  const leaseUntil = async (): Promise<Date | null> => (await IdempotencyKeyModel.findOne({ leaseUntil: { $ne: null } }).lean())?.leaseUntil ?? null // prettier-ignore
  const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code

  it('answers a repeat with the first result, and marks it as replayed', async () => {
    const first = await post('repeat')
    const second = await post('repeat')

    expect(runs).to.have.length(1)
    expect(second.status).to.equal(201)
    expect(await second.json()).to.deep.equal(await first.json())
    expect(first.headers.get('idempotent-replayed')).to.equal(null)
    expect(second.headers.get('idempotent-replayed')).to.equal('true')
  })

  it('ignores the order of members', async () => {
    await web.call('POST', '/api/v1/things', {
      body: '{"name":"a","size":1}',
      headers: { authorization: `Bearer ${web.apiKey}`, 'content-type': 'application/json', 'idempotency-key': 'order' },
    })
    const second = await web.call('POST', '/api/v1/things', {
      body: '{ "size": 1, "name": "a" }',
      headers: { authorization: `Bearer ${web.apiKey}`, 'content-type': 'application/json', 'idempotency-key': 'order' },
    })

    expect(second.headers.get('idempotent-replayed')).to.equal('true')
  })

  it('refuses the same key with a different body', async () => {
    await post('reused')
    const second = await post('reused', { name: 'b' })

    expect(second.status).to.equal(422)
    expect(await codeOf(second)).to.equal('idempotency_key_reused')
    expect(runs).to.have.length(1)
  })

  it('keeps keys separate by path and by organization', async () => {
    const other = await web.accounts.createOrganization({ name: 'Other', sourceName: 's' })

    await post('apart')
    await post('apart', { name: 'a' }, '/others')
    await post('apart', { name: 'a' }, '/things', other.apiKey)

    expect(runs).to.have.length(3)
  })

  it('keeps keys separate by API key and by person, and recognizes a person in any session', async () => {
    const { apiKey } = await web.accounts.createApiKey(web.organization, { name: 'another' }, { kind: 'operator' })
    const [ana, bo] = [await web.signIn('ana@acme.example'), await web.signIn('bo@acme.example')]
    const anaElsewhere = await web.signIn('ana@acme.example')
    const postAs = ({ cookie, csrfToken }: SignedIn) =>
      web.call('POST', '/api/v1/things', { json: { name: 'a' }, headers: { cookie, 'x-csrf-token': csrfToken, 'idempotency-key': 'mine' } })

    const answered = [await post('mine'), await post('mine', { name: 'a' }, '/things', apiKey), await postAs(ana), await postAs(bo), await postAs(anaElsewhere)] // prettier-ignore

    const secrets = await Promise.all(answered.map(async (response) => ((await response.json()) as { secret: string }).secret))
    expect(secrets).to.deep.equal(['secret-1', 'secret-2', 'secret-3', 'secret-4', 'secret-3'])
    expect(answered.map(({ headers }) => headers.has('idempotent-replayed'))).to.deep.equal([false, false, false, false, true])
  })

  it('refuses a repeat from a caller who may no longer make the call, and reveals no secret', async () => {
    const bo = await web.signIn('bo@acme.example')
    const asBo = { cookie: bo.cookie, 'x-csrf-token': bo.csrfToken, 'idempotency-key': 'later' }
    const postAsBo = () => web.call('POST', '/api/v1/things', { json: { name: 'a' }, headers: asBo })
    expect((await postAsBo()).status).to.equal(201)
    expect((await postAsBo()).headers.get('idempotent-replayed')).to.equal('true')

    mayAsk = false
    const refused = await postAsBo()
    mayAsk = true
    await web.accounts.putPerson(web.organization, 'bo@acme.example', { name: 'Bo', role: 'admin', active: false }, 'operator')
    const signedOut = await postAsBo()

    expect([refused.status, signedOut.status]).to.deep.equal([403, 401])
    for (const answer of [refused, signedOut]) expect(await answer.text()).not.to.contain('secret-')
  })

  it('runs concurrent requests once, and gives all the same response', async () => {
    const letGo = holdHandlers()
    const asked = Array.from({ length: 8 }, () => post('at once'))
    await eventually('one is at work', leaseUntil)
    letGo()
    const responses = await Promise.all(asked)
    const bodies = await Promise.all(responses.map((response) => response.text()))

    expect(runs).to.have.length(1)
    expect(new Set(bodies).size).to.equal(1)
    expect(responses.filter((response) => response.headers.has('idempotent-replayed'))).to.have.length(7)
  })

  it('reports that the first request is still running if it takes long', async () => {
    const letGo = holdHandlers()
    const first = post('long')
    const leasedAtFirst = await eventually('the first is at work', leaseUntil)

    const second = await post('long')

    await eventually('the first keeps its key', async () => ((await leaseUntil()) ?? leasedAtFirst) > leasedAtFirst)
    letGo()
    expect(second.status).to.equal(409)
    expect(await codeOf(second)).to.equal('idempotency_in_progress')
    expect((await first).status).to.equal(201)
  })

  it('frees the key after a failure', async () => {
    failures = 1

    expect((await post('failed')).status).to.equal(409)
    expect((await post('failed')).status).to.equal(201)
    expect(runs).to.have.length(1)
  })

  it('lets another request take over when the process of the first one is gone', async () => {
    await post('gone')
    await IdempotencyKeyModel.updateMany({}, { $set: { leaseUntil: new Date(Date.now() - 1) }, $unset: { answer: 1 } })

    expect((await post('gone')).headers.has('idempotent-replayed')).to.equal(false)
    expect(runs).to.have.length(2)
  })

  it('leaves the key to the first request if the clock of another process is ahead', async () => {
    const letGo = holdHandlers()
    const first = post('ahead')
    await eventually('the first is at work', leaseUntil)
    useFakeTimers({ now: Date.now() + 600_000, toFake: ['Date'] })
    hearFromMongo()

    const looks = spy(IdempotencyKeyModel, 'findOneAndUpdate')
    const asked = post('ahead')
    await eventually('the second has looked, and looks again', () => looks.callCount >= 2)
    letGo()
    const second = await asked

    expect(second.headers.has('idempotent-replayed')).to.equal(true)
    expect((await first).status).to.equal(201)
    expect(runs).to.have.length(1)
  })

  it('forgets a key after 24 hours', async () => {
    await post('old')
    const [kept] = await IdempotencyKeyModel.find().sort({ expiresAt: -1 }).limit(1).lean()
    expect((kept?.expiresAt.getTime() ?? 0) - Date.now()).to.be.within(86_300_000, 86_400_000)
    await IdempotencyKeyModel.updateMany({}, { expiresAt: new Date(Date.now() - 1) })

    expect((await post('old', { name: 'b' })).status).to.equal(201)
    expect(runs).to.have.length(2)
  })

  for (const [what, key] of [
    ['one too long', 'x'.repeat(256)],
    ['one beyond ASCII', 'é'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const response = await post(key)

      expect(response.status).to.equal(422)
      expect(runs).to.have.length(0)
    })
  }

  it('stores neither key, body, nor secret in plain text', async () => {
    await post('plain-key', { name: 'plain-name' })

    const stored = JSON.stringify(await mongoose.connection.collection('idempotency_keys').find().toArray())

    for (const text of ['plain-key', 'plain-name', 'secret-']) expect(stored).not.to.contain(text)
  })
})
