import { expect } from 'chai'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { adoptOldDeliveries } from '../../src/webhooks/adopt-old-deliveries.ts'
import { DeliveryModel } from '../../src/webhooks/delivery-model.ts'
import { signWebhook } from '../../src/webhooks/verify-signature.ts'
import { startWebhookWorld, webhookBody, type WebhookWorld } from './webhook-world.ts'
import { stepContext } from '../support/step-context.ts'

const CHANGE = 'candidateStageChange'
const HIRED = 'candidateHired'
const DATA = { opportunityId: 'opp-1' }
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

describe('an accepted signature', () => {
  let world: WebhookWorld
  let token: string

  before(async () => {
    world = await startWebhookWorld()
  })
  beforeEach(async () => {
    await DeliveryModel.deleteMany({})
    await ConnectionModel.updateMany({}, { $unset: { webhooks: 1 }, $set: { status: 'configuring' } })
    token = await world.saveToken(CHANGE)
    await world.saveToken(HIRED, token)
  })
  after(() => world.stop())

  const send = async (body: object): Promise<string> => {
    const response = await world.post(JSON.stringify(body))
    const { outcome } = (await response.json()) as { outcome?: string }
    return outcome ?? String(response.status)
  }
  const listed = async () => (await world.webhooks.list(world.web.organization, {}, { limit: 100 })).data
  const marksOf = async (event: string) => {
    const { webhooks } = await world.connections.describe(world.web.organization)
    const shown = webhooks.find((webhook) => webhook.event === event)
    return { verified: shown?.lastVerifiedAt ?? null, received: shown?.lastReceivedAt ?? null }
  }

  /** The same signed text, cut elsewhere: `token` + `triggeredAt`. */
  const TIME = 1_000_000_000_000 + (Date.now() % 1_000_000_000_000)
  const SIGNED = { token: 'a1b2c3d1', triggeredAt: TIME }
  const [first = '', ...rest] = String(TIME)
  const OTHER_CUTS = {
    'a digit moved to the time': { token: 'a1b2c3d', triggeredAt: Number(`1${TIME}`) },
    'a digit moved to the token': { token: `a1b2c3d1${first}`, triggeredAt: Number(rest.join('')) },
    'two digits moved to the token': { token: `a1b2c3d1${first}${rest[0]}`, triggeredAt: Number(rest.slice(1).join('')) },
    'more digits than a number holds': { token: 'a1b2c', triggeredAt: Number(`9931${TIME}`) },
  }
  const ALTERED: Record<string, object> = {
    'under another event': { event: HIRED },
    'under an event with another signature token': { event: 'candidateDeleted' },
    'under an event without a signature token': { event: 'interviewCreated' },
    'under an event outside the eight': { event: 'contactCreated' },
    'under a name that no event can have': { event: '' },
    'with another opportunity': { data: { opportunityId: 'opp-2' } },
    'without data': { data: {} },
    'with data of the wrong type': { data: 'x' },
    'with another token': { token: 'other' },
    'with an old time': { triggeredAt: 1 },
    ...OTHER_CUTS,
  }

  for (const [what, change] of Object.entries(ALTERED)) {
    it(`is a repeat ${what}, and changes nothing`, async () => {
      await world.saveToken('candidateDeleted')
      const body = { ...webhookBody(CHANGE, DATA, token, SIGNED), triggeredAt: TIME }
      expect(await send(body)).to.equal('stored')

      expect(await send({ ...body, ...change })).to.equal('repeat')

      expect((await listed()).map(({ event, opportunityId }) => [event, opportunityId])).to.deep.equal([[CHANGE, 'opp-1']])
      for (const event of [HIRED, 'candidateDeleted', 'interviewCreated'])
        expect(await marksOf(event), event).to.deep.equal({ verified: null, received: null })
      expect((await marksOf(CHANGE)).verified).to.equal(null)
      expect(await world.webhooks.listRefusals(world.web.organization)).to.deep.equal([])
    })
  }

  it("of Lever's connection test cannot carry data later or verify another event", async () => {
    const test = webhookBody(CHANGE, {}, token)
    expect(await send(test)).to.equal('verified')

    expect(await send({ ...test, data: DATA })).to.equal('repeat')
    expect(await send({ ...test, event: HIRED })).to.equal('repeat')

    expect(await listed()).to.have.length(0)
    expect((await marksOf(HIRED)).verified).to.equal(null)
  })

  it('of an ignored event cannot be used for another event', async () => {
    const body = webhookBody('contactCreated', DATA, token)
    expect(await send(body)).to.equal('ignored')

    expect(await send({ ...body, event: CHANGE })).to.equal('repeat')

    expect(await listed()).to.have.length(0)
  })

  it('is valid for one delivery when presented under two events a hundred times at once', async () => {
    const body = webhookBody(CHANGE, DATA, token)
    const bodies = Array.from({ length: 100 }, (_, at) => ({
      ...body,
      event: at % 2 === 0 ? CHANGE : HIRED,
      data: { opportunityId: `opp-${at}` },
    }))

    const outcomes = await Promise.all(bodies.map(send))

    expect(outcomes.toSorted()).to.deep.equal([...Array.from({ length: 99 }, () => 'repeat'), 'stored'])
    expect(await listed()).to.have.length(1)
  })

  it('is valid for one delivery even if deliveries are held and released later', async () => {
    await ConnectionModel.updateMany({}, { $unset: { webhooks: 1 } })
    const body = webhookBody(CHANGE, DATA, 'single')
    expect(await send(body)).to.equal('held')
    expect(await send({ ...body, event: HIRED })).to.equal('held')
    expect(await send({ ...body, event: 'candidateDeleted', data: {} })).to.equal('held')

    await world.saveToken('any', 'single')

    expect((await listed()).map(({ event, status }) => [event, status])).to.deep.equal([[CHANGE, 'received']])
    expect((await marksOf('candidateDeleted')).verified).to.equal(null)
    expect(await send({ ...body, event: 'interviewCreated' })).to.equal('repeat')
  })

  it('survives a disconnection, so that a delivery captured earlier marks nothing afterwards', async () => {
    const body = webhookBody(CHANGE, DATA, token)
    expect(await send(body)).to.equal('stored')
    await world.connections.disconnect(world.web.organization, 'apiKey:test')
    expect(await marksOf(CHANGE)).to.deep.equal({ verified: null, received: null })
    await world.connect()
    await world.saveToken(CHANGE, token)

    expect(await send({ ...body, data: {} })).to.equal('repeat')

    expect(await marksOf(CHANGE)).to.deep.equal({ verified: null, received: null })
  })

  it('of one organization does not affect another', async () => {
    const { id: neighbor } = await world.web.accounts.createOrganization({ name: 'Neighbor', sourceName: 'neighbor' })
    await world.connections.putSignatureToken(neighbor, CHANGE, token, 'apiKey:test')
    await ConnectionModel.updateMany({}, { $set: { status: 'configuring' } })
    const body = webhookBody(CHANGE, DATA, token)
    expect(await send(body)).to.equal('stored')

    const { endpointKey } = await world.connections.get(neighbor)
    const response = await fetch(`${world.web.url}/webhooks/lever/${endpointKey}`, { method: 'POST', body: JSON.stringify(body) })

    expect(await response.json()).to.deep.equal({ outcome: 'stored' })
  })

  it('stays stored without a delivery until it is too old to be accepted, and then expires', async () => {
    await send(webhookBody(CHANGE, {}, token))

    const [record] = await DeliveryModel.collection.find({}).toArray()

    expect(record).to.have.all.keys(
      '_id', 'organization', 'connection', 'event', 'token', 'triggeredAt', 'receivedAt', 'signatureKey', 'expiresAt',
    ) // prettier-ignore
    const { data } = (await (await world.web.call('GET', '/api/v1/webhook-deliveries')).json()) as { data: unknown[] }
    expect(data).to.deep.equal([])
    expect(Number(record?.['expiresAt'])).to.be.greaterThan(Date.now() + 30 * DAY_MS + HOUR_MS)
    const indexes = await DeliveryModel.collection.indexes()
    expect(indexes.find(({ key }) => 'expiresAt' in key && Object.keys(key).length === 1)).to.include({ expireAfterSeconds: 0 })
  })

  it('is recognized for deliveries stored by an earlier version, whose payloads lose it', async () => {
    const body = webhookBody(CHANGE, DATA, token)
    const copy = { ...body, event: HIRED }
    expect(await send(body)).to.equal('stored')
    const { _id, ...asStored } = (await DeliveryModel.collection.findOne({})) ?? {}
    const { signatureKey, ...old } = asStored as Record<string, unknown>
    await DeliveryModel.collection.insertOne({ ...old, event: HIRED, payload: JSON.stringify(copy) })
    await DeliveryModel.collection.updateOne({ _id } as object, { $set: { payload: JSON.stringify(body) }, $unset: { signatureKey: 1 } })
    expect(JSON.stringify(await listed()), 'not shown before, either').not.to.contain(String(body['signature']))

    expect(await adoptOldDeliveries(stepContext())).to.be.greaterThan(0)
    expect(await adoptOldDeliveries(stepContext())).to.equal(0)

    const kept = await DeliveryModel.collection.find({}).toArray()
    expect(kept.map((one) => one['signatureKey'])).to.have.members([signatureKey, undefined])
    expect(JSON.stringify(kept)).not.to.contain(String(body['signature']))
    expect(await send({ ...body, event: 'contactCreated' })).to.equal('repeat')
  })

  it('is stored as a keyed fingerprint', async () => {
    const body = webhookBody(CHANGE, DATA, token)
    await send(body)
    await send(webhookBody(CHANGE, {}, token))

    const text = JSON.stringify(await DeliveryModel.collection.find({}).toArray())

    expect(text).not.to.contain(String(body['signature'])).and.not.to.contain(token)
  })

  describe('by age', () => {
    for (const [what, triggeredAt, outcome] of [
      ['29 days ago', () => Date.now() - 29 * DAY_MS, 'stored'],
      ['more than 30 days ago', () => Date.now() - 30 * DAY_MS - 60_000, '401'],
      ['in 1970', () => 0, '401'],
      ['half an hour ahead', () => Date.now() + HOUR_MS / 2, 'stored'],
      ['more than an hour ahead', () => Date.now() + HOUR_MS + 60_000, '401'],
      ['in the far future', () => Number.MAX_SAFE_INTEGER, '401'],
    ] as const) {
      it(`is ${outcome} when signed ${what}, and is not held longer than that`, async () => {
        expect(await send(webhookBody(CHANGE, DATA, token, { triggeredAt: triggeredAt() }))).to.equal(outcome)
        expect(await send(webhookBody(CHANGE, {}, token, { triggeredAt: triggeredAt() }))).to.equal(outcome === '401' ? '401' : 'verified')
        expect(await send(webhookBody('interviewCreated', DATA, 'unknown', { triggeredAt: triggeredAt() }))).to.equal(
          outcome === '401' ? '401' : 'held',
        )
      })
    }

    it('is checked for deliveries that an earlier version held', async () => {
      await send(webhookBody('interviewCreated', DATA, 'early'))
      const triggeredAt = Date.now() - 31 * DAY_MS
      const old = webhookBody('interviewCreated', DATA, 'early', { triggeredAt })
      await DeliveryModel.collection.updateOne(
        {},
        { $set: { payload: JSON.stringify(old) }, $unset: { heldSignature: 1, sender: 1, bytes: 1 } },
      )

      await world.saveToken('interviewCreated', 'early')

      expect(await listed()).to.have.length(0)
      expect((await world.webhooks.listRefusals(world.web.organization)).map(({ cause }) => cause)).to.include('outdated')
    })

    it('tells Lever the reason', async () => {
      const body = webhookBody(CHANGE, DATA, token, { triggeredAt: 5 })
      expect(body['signature']).to.equal(signWebhook(token, { token: String(body['token']), triggeredAt: 5 }))

      const response = await world.post(JSON.stringify(body))

      expect(await response.json()).to.include({ status: 401, code: 'signature_outdated' })
    })
  })

  it('releases deliveries that an earlier version held, and stores no signature for them', async () => {
    await send(webhookBody('interviewCreated', DATA, 'early'))
    const old = webhookBody('interviewCreated', DATA, 'early')
    await DeliveryModel.collection.updateOne(
      {},
      { $set: { payload: JSON.stringify(old) }, $unset: { heldSignature: 1, sender: 1, bytes: 1 } },
    )

    await world.saveToken('interviewCreated', 'early')

    expect((await listed()).map(({ status }) => status)).to.deep.equal(['received'])
    expect(JSON.stringify(await DeliveryModel.collection.find({}).toArray())).not.to.contain(String(old['signature']))
    expect(await send({ ...old, event: CHANGE })).to.equal('repeat')
  })
})
