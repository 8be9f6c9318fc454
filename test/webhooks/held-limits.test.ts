import { expect } from 'chai'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { DeliveryModel } from '../../src/webhooks/delivery-model.ts'
import { MOST_HELD, holdWithinLimits, type Unchecked } from '../../src/webhooks/hold-delivery.ts'
import { groupInserts } from '../../src/webhooks/insert-grouped.ts'
import { startWebhookWorld, webhookBody, type WebhookWorld } from './webhook-world.ts'

const HIRED = 'candidateHired'
const DATA = { opportunityId: 'opp-1' }
const EARLY = 'the token that is pasted later'

describe('held deliveries', () => {
  let world: WebhookWorld

  before(async () => {
    world = await startWebhookWorld()
  })
  beforeEach(async () => {
    await DeliveryModel.deleteMany({})
    await ConnectionModel.updateMany({}, { $unset: { webhooks: 1 }, $set: { status: 'configuring' } })
  })
  after(() => world.stop())

  const send = async (event: string, from: string, data: object = DATA) => {
    const response = await world.post(JSON.stringify(webhookBody(event, data, EARLY)), from)
    const { outcome, code } = (await response.json()) as { outcome?: string; code?: string }
    return { answer: outcome ?? code, status: response.status, retryAfter: response.headers.get('retry-after') }
  }
  const count = (answers: { answer: string | undefined }[], wanted: string) => answers.filter(({ answer }) => answer === wanted).length
  const many = (times: number, one: (at: number) => ReturnType<typeof send>) =>
    Promise.all(Array.from({ length: times }, async (_, at) => one(at)))

  it('are limited to fifty per sender address across all events, even if a hundred come at once', async () => {
    const answers = await many(100, (at) => send(at % 2 === 0 ? HIRED : 'candidateDeleted', '203.0.113.7'))

    expect([count(answers, 'held'), count(answers, 'too_many_requests')]).to.deep.equal([50, 50])
    const refused = answers.find(({ status }) => status === 429)
    expect(Number(refused?.retryAfter)).to.be.greaterThan(0)
    expect(await DeliveryModel.countDocuments({ status: 'held' })).to.equal(50)
  })

  it('count an IPv6 sender by its /64, and an address with or without a port as the same', async () => {
    const v6 = await many(60, (at) => send(HIRED, `2001:db8:1:2:${at.toString(16)}::1`))
    expect([count(v6, 'held'), count(v6, 'too_many_requests')]).to.deep.equal([50, 10])

    await DeliveryModel.deleteMany({})
    const v4 = await many(60, (at) => send(HIRED, at % 2 === 0 ? '203.0.113.7' : `203.0.113.7:${4000 + at}`))
    expect([count(v4, 'held'), count(v4, 'too_many_requests')]).to.deep.equal([50, 10])
  })

  it('ignore the address that a sender claims before the trusted proxy', async () => {
    const answers = await many(60, (at) => send(HIRED, `198.51.100.${at}, 203.0.113.7`))

    expect([count(answers, 'held'), count(answers, 'too_many_requests')]).to.deep.equal([50, 10])
  })

  it('are limited to a hundred per event when they come at once from many addresses', async () => {
    const answers = await many(130, (at) => send(HIRED, `198.51.100.${at}`))
    const other = await send('candidateDeleted', '198.51.100.200')

    expect([count(answers, 'held'), count(answers, 'too_many_requests')]).to.deep.equal([100, 30])
    expect(other.answer).to.equal('held')
  })

  it('survive a later flood', async () => {
    const genuine = webhookBody(HIRED, DATA, EARLY)
    await world.post(JSON.stringify(genuine), '192.0.2.1')

    await many(150, (at) => send(HIRED, `198.51.100.${at}`))
    const again = await world.post(JSON.stringify(genuine), '192.0.2.1')
    expect(await again.json(), 'a repeat is known however full it is').to.deep.equal({ outcome: 'repeat' })
    await world.saveToken(HIRED, EARLY)

    const { data } = await world.webhooks.list(world.web.organization, { status: 'received' }, { limit: 100 })
    expect(data.map(({ payload }) => (payload as { token: string }).token)).to.include(genuine['token'])
  })

  it('are limited in bytes per organization', async () => {
    const filler = { ...DATA, filler: 'x'.repeat(250 * 1024) }

    const answers = await many(40, (at) => send(at % 2 === 0 ? HIRED : 'candidateDeleted', `198.51.100.${at}`, filler))

    expect(count(answers, 'held')).to.equal(Math.floor(MOST_HELD.bytes / (250 * 1024 + 200)))
    expect(count(answers, 'held') + count(answers, 'too_many_requests')).to.equal(40)
  })

  it('free their quota once they are checked', async () => {
    await many(60, () => send(HIRED, '203.0.113.7'))
    await world.saveToken(HIRED, EARLY)

    expect((await send('candidateDeleted', '203.0.113.7')).answer).to.equal('held')
  })

  it('stay within the limits when several processes hold deliveries at once', async () => {
    const { _id: connection, organization } = await world.connections.get(world.web.organization)
    const processes = [1, 2, 3].map(() => holdWithinLimits(groupInserts(() => DeliveryModel.collection)))
    const unchecked = (at: number): Unchecked => ({
      organization, connection, event: HIRED, token: `t${at}`, sender: `s${at}`, bytes: 100, status: 'held', expiresAt: new Date(Date.now() + 60_000),
    }) // prettier-ignore

    await Promise.all(Array.from({ length: 240 }, async (_, at) => processes[at % 3]?.(unchecked(at))))

    const held = await DeliveryModel.countDocuments({ status: 'held' })
    expect(held).to.be.within(90, 100)
  })

  it('are counted from the index alone, whatever their bodies contain', async () => {
    await many(10, () => send(HIRED, '203.0.113.7'))
    const { _id: connection, organization } = await world.connections.get(world.web.organization)

    const plan = await DeliveryModel.collection
      .aggregate([
        { $match: { organization, connection, status: 'held', $expr: { $gt: ['$expiresAt', '$$NOW'] } } },
        { $group: { _id: { event: '$event', sender: '$sender' }, count: { $sum: 1 }, bytes: { $sum: '$bytes' } } },
      ])
      .explain('executionStats')

    expect(JSON.stringify(plan))
      .to.contain('heldByOrganization')
      .and.to.match(/"totalDocsExamined":0/)
  })
})
