import { expect } from 'chai'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { DeliveryModel } from '../../src/webhooks/delivery-model.ts'
import { REFUSALS_KEPT, RefusalModel } from '../../src/webhooks/refusal-model.ts'
import { startWebhookWorld, webhookBody, type WebhookWorld } from './webhook-world.ts'

const CHANGE = 'candidateStageChange'
const HIRED = 'candidateHired'
const DATA = { opportunityId: 'opp-1' }

describe('refused deliveries', () => {
  let world: WebhookWorld
  let token: string

  before(async () => {
    world = await startWebhookWorld()
  })
  beforeEach(async () => {
    await Promise.all([DeliveryModel.deleteMany({}), RefusalModel.deleteMany({})])
    await ConnectionModel.updateMany({}, { $unset: { webhooks: 1 }, $set: { status: 'configuring' } })
    token = await world.saveToken(CHANGE)
  })
  after(() => world.stop())

  const shown = async (event: string) =>
    (await world.connections.describe(world.web.organization)).webhooks.find((webhook) => webhook.event === event)
  const refusals = async () =>
    (await world.webhooks.listRefusals(world.web.organization)).map(({ event, cause }) => [event, cause] as const)

  it('are recorded for admins, unread', async () => {
    await world.deliver(CHANGE, DATA, 'wrong')
    await world.deliver(CHANGE, DATA)
    await world.deliver(CHANGE, DATA, token, { triggeredAt: 5 })
    await world.deliver('a name that nobody knows', { secret: 'x' }, 'wrong')

    expect(await refusals()).to.have.deep.members([
      [CHANGE, 'mismatch'],
      [CHANGE, 'missing'],
      [CHANGE, 'outdated'],
      [null, 'mismatch'],
    ])
    expect((await shown(CHANGE))?.lastRefusedAt).to.be.a('string')
    expect(JSON.stringify(await RefusalModel.find({}).lean())).not.to.match(/opp-1|nobody knows|secret/)
  })

  it('mark their event until a valid delivery arrives', async () => {
    expect((await world.deliver(CHANGE, DATA, token)).outcome).to.equal('stored')
    await world.deliver(CHANGE, DATA, 'wrong')
    expect((await shown(CHANGE))?.lastRefusedAt).to.be.a('string')

    expect((await world.deliver(CHANGE, DATA, token)).outcome).to.equal('stored')
    expect((await shown(CHANGE))?.lastRefusedAt).to.equal(null)

    await world.deliver(CHANGE, DATA, 'wrong')
    expect((await world.deliver(CHANGE, {}, token)).outcome).to.equal('verified')
    expect((await shown(CHANGE))?.lastRefusedAt).to.equal(null)
  })

  it('keep the mark after a replay of a valid delivery', async () => {
    const body = JSON.stringify(webhookBody(CHANGE, DATA, token))
    await world.post(body)
    await world.deliver(CHANGE, DATA, 'wrong')

    await world.post(body)

    expect((await shown(CHANGE))?.lastRefusedAt).to.be.a('string')
  })

  it('no longer mark an event whose signature token changed, and earlier proofs no longer count', async () => {
    await world.deliver(CHANGE, {}, token)
    await world.deliver(CHANGE, DATA, token)
    await world.deliver(CHANGE, DATA, 'wrong')

    await world.saveToken(CHANGE, token)
    expect((await shown(CHANGE))?.lastRefusedAt, 'the same token again').to.be.a('string')
    await world.saveToken(CHANGE)

    expect(await shown(CHANGE)).to.include({ lastRefusedAt: null, lastVerifiedAt: null, lastReceivedAt: null })
  })

  it('include held deliveries that do not match the saved token', async () => {
    await world.deliver(HIRED, DATA, 'early')
    await world.deliver(HIRED, {}, 'early')

    await world.saveToken(HIRED, 'mistyped')

    expect(await refusals()).to.deep.equal([
      [HIRED, 'held'],
      [HIRED, 'held'],
    ])
    expect(await shown(HIRED)).to.include({ held: 0, lastVerifiedAt: null, lastReceivedAt: null })
    expect((await shown(HIRED))?.lastRefusedAt).to.be.a('string')
  })

  it('do not mark an event if another held delivery proved its token', async () => {
    await world.deliver(HIRED, {}, 'early')
    await world.deliver(HIRED, DATA, 'forged')

    await world.saveToken(HIRED, 'early')

    expect(await shown(HIRED)).to.include({ lastRefusedAt: null })
    expect((await shown(HIRED))?.lastVerifiedAt).to.be.a('string')
    expect(await refusals()).to.deep.equal([[HIRED, 'held']])
  })

  it('are capped for each event, and a flood of them does not cause a flood of writes', async () => {
    await Promise.all(Array.from({ length: 150 }, () => world.deliver(CHANGE, DATA, 'wrong')))
    await Promise.all(Array.from({ length: 50 }, (_, at) => world.deliver(`unknown${at}`, DATA, 'wrong')))

    const kept = await RefusalModel.find({}).lean()
    expect(kept.map(({ event }) => event)).to.have.members([CHANGE, 'other'])
    for (const { last } of kept) expect(last).to.have.length(REFUSALS_KEPT)
    expect(await refusals()).to.have.length(REFUSALS_KEPT)
    expect((await RefusalModel.collection.indexes()).find(({ key }) => 'expiresAt' in key)).to.include({ expireAfterSeconds: 0 })
  })

  it('are not recorded for a disconnected organization, whose marks end with the connection', async () => {
    await world.deliver(CHANGE, DATA, token)
    await world.deliver(CHANGE, DATA, 'wrong')
    await world.deliver(HIRED, {}, 'early')
    await world.connections.disconnect(world.web.organization, 'apiKey:test')
    expect(await refusals()).to.deep.equal([])

    expect((await world.deliver(CHANGE, DATA, token)).status).to.equal(401)

    expect(await refusals()).to.deep.equal([])
    expect(await DeliveryModel.countDocuments({ status: 'held' })).to.equal(0)
    await world.connect()
    await world.saveToken(CHANGE, token)
    expect(await shown(CHANGE)).to.include({ lastRefusedAt: null, lastReceivedAt: null, lastVerifiedAt: null })
  })

  it('are shown to their organization only', async () => {
    await world.deliver(CHANGE, DATA, 'wrong')
    const { id: neighbor } = await world.web.accounts.createOrganization({ name: 'Neighbor', sourceName: 'neighbor' })

    expect(await world.webhooks.listRefusals(neighbor)).to.deep.equal([])
  })
})
