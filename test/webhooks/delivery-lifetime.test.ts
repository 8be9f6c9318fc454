import { expect } from 'chai'
import { Types } from 'mongoose'
import { SIGNED_AHEAD_MS, SIGNED_WITHIN_MS, signatureKeyOf } from '../../src/webhooks/accepted-signatures.ts'
import { DeliveryModel, type DeliveryStatus } from '../../src/webhooks/delivery-model.ts'
import { startWebhookWorld, webhookBody, type WebhookWorld } from './webhook-world.ts'

const HIRED = 'candidateHired'
const DAY_MS = 24 * 3_600_000

describe('the lifetime of a delivery', () => {
  let world: WebhookWorld
  let token: string

  before(async () => {
    world = await startWebhookWorld()
    token = await world.saveToken(HIRED)
  })
  after(() => world.stop())
  afterEach(async () => {
    await DeliveryModel.deleteMany({})
  })

  /** Removes what MongoDB removes by TTL indexes once a minute. */
  async function expire(): Promise<void> {
    for (const { key, expireAfterSeconds, partialFilterExpression } of await DeliveryModel.collection.indexes()) {
      if (expireAfterSeconds === undefined) continue
      const before = new Date(Date.now() - expireAfterSeconds * 1000)
      await DeliveryModel.collection.deleteMany({ ...partialFilterExpression, [Object.keys(key)[0] ?? '']: { $lt: before } })
    }
  }
  const send = async (body: object): Promise<string> => {
    const response = await world.post(JSON.stringify(body))
    return ((await response.json()) as { outcome?: string }).outcome ?? String(response.status)
  }
  /** Stores a delivery as it is after so many days: signed when it was received, without its payload. */
  async function store(status: DeliveryStatus, daysAgo: number): Promise<object> {
    const { _id, endpointKey } = await world.connections.get(world.web.organization)
    const receivedAt = new Date(Date.now() - daysAgo * DAY_MS)
    const body = webhookBody(HIRED, { opportunityId: 'opp-1' }, token, { triggeredAt: receivedAt.getTime() })
    const keys = { event: HIRED, token: body['token'], signatureKey: signatureKeyOf({ endpointKey }, body) }
    const owner = { organization: new Types.ObjectId(world.web.organization), connection: _id }
    await DeliveryModel.collection.insertOne({ ...owner, ...keys, status, receivedAt, triggeredAt: receivedAt })
    return body
  }

  it('ends after 40 days, except for a delivery that still waits', async () => {
    const [expired] = await Promise.all([store('processed', 41), store('ignored', 41), store('failed', 41)])
    const [waiting, recent] = [await store('received', 41), await store('processed', 39)]

    await expire()

    expect(await DeliveryModel.countDocuments()).to.equal(2)
    expect(await send(waiting)).to.equal('repeat')
    expect(await send(recent)).to.equal('repeat')
    expect(await send(expired)).to.equal('401')
  })

  it('is longer than its signature is accepted', () => {
    const lifetime = DeliveryModel.schema.indexes().find(([, { name }]) => name === 'lifetime')?.[1].expireAfterSeconds

    expect(Number(lifetime) * 1000).to.be.greaterThan(SIGNED_WITHIN_MS + SIGNED_AHEAD_MS + DAY_MS)
  })
})
