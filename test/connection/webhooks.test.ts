import { expect } from 'chai'
import { needsOf } from '../../src/connection/features.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { requirePlace } from '../../src/connection/signature-tokens.ts'
import { rejection } from '../support/rejection.ts'
import { ACTOR } from './build-connections.ts'
import { startConnectionWorld, type ConnectionWorld } from './connection-world.ts'

const EXPORT_SET = ['applicationCreated', 'candidateArchiveChange', 'candidateDeleted', 'candidateHired', 'candidateStageChange']

describe('connection/webhooks', () => {
  let world: ConnectionWorld
  let organization: string

  before(async () => {
    world = await startConnectionWorld()
  })
  after(() => world.stop())
  beforeEach(async () => {
    await world.lever.clearFaults()
    organization = await world.newOrganization()
    world.neighbourhood.calls.length = 0
  })

  const get = () => world.connections.get(organization)
  const put = (place: Parameters<typeof world.connections.putSignatureToken>[1], token: string) =>
    world.connections.putSignatureToken(organization, place, token, ACTOR)
  const provision = (connections = world.connections) => connections.provisionWebhooks(organization, ACTOR)
  const tokensFor = async (event: string) => world.connections.signatureTokensFor(await get(), event)
  const inLever = async () => {
    const { endpointKey } = await get()
    return (await world.lever.webhooks()).filter(({ url }) => url.endsWith(`/webhooks/lever/${endpointKey}`))
  }
  const shown = async (event: string) =>
    (await world.connections.describe(organization)).webhooks.find((webhook) => webhook.event === event)

  it('accepts signature tokens in any order, before any authorization; a later one replaces the earlier one', async () => {
    await put('candidateHired', 'first')
    await put('candidateHired', 'second')

    expect(await tokensFor('candidateHired')).to.deep.equal(['second'])
    expect(await shown('candidateHired')).to.include({ configured: true, createdBy: 'hand' })
    expect((await world.connections.describe(organization)).warnings).to.not.include('webhook:candidateHired')
    expect((await world.connections.describe(organization)).warnings).to.include('webhook:candidateDeleted')
    expect(world.neighbourhood.calls).to.deep.equal(['token:candidateHired', 'token:candidateHired'])
  })

  it('uses the single token of an account for events without a token of their own', async () => {
    await put('any', 'account-wide')
    await put('candidateHired', 'own')

    expect(await tokensFor('candidateHired')).to.deep.equal(['own'])
    expect(await tokensFor('candidateDeleted')).to.deep.equal(['account-wide'])
    expect(await shown('candidateDeleted')).to.include({ configured: true, createdBy: 'hand' })
    expect(await tokensFor('__proto__')).to.deep.equal(['account-wide'])
  })

  it('knows the eight events and `any`, and no others', () => {
    expect(requirePlace('interviewDeleted')).to.equal('interviewDeleted')
    expect(requirePlace('any')).to.equal('any')
    for (const name of ['contactCreated', '__proto__', 'constructor', '', 'a.b']) {
      expect(() => requirePlace(name), name)
        .to.throw()
        .with.property('code', 'not_found')
    }
  })

  it('creates every missing webhook in Lever, stores the tokens, and repeats nothing', async () => {
    await world.authorize({ organization })
    await provision()
    const made = await inLever()
    await provision()

    expect(made.map(({ event }) => event).toSorted()).to.deep.equal(EXPORT_SET)
    expect(await inLever()).to.deep.equal(made)
    for (const { event, signatureToken } of made) {
      expect(await tokensFor(event)).to.deep.equal([signatureToken])
      expect(await shown(event)).to.include({ configured: true, createdBy: 'lever-api' })
    }
    const bodies = (await world.lever.requests('/webhooks')).filter(({ method }) => method === 'POST').map(({ body }) => body)
    const bodyOf = (event: string) => bodies.find((body) => (body as { event: string }).event === event)
    expect(bodyOf('candidateHired')).to.have.nested.property('configuration.conditions.origins').with.lengthOf(6)
    expect(bodyOf('candidateDeleted')).to.not.have.property('configuration')
  })

  it('leaves an event alone if its webhook was created manually', async () => {
    await world.authorize({ organization })
    await put('candidateHired', 'by-hand')

    await provision()

    expect((await inLever()).map(({ event }) => event)).to.not.include('candidateHired')
  })

  it('replaces a webhook whose token was lost, and one that was deleted in Lever', async () => {
    await world.authorize({ organization })
    await provision()
    const before = await inLever()
    await ConnectionModel.updateOne({ organization }, { $unset: { 'webhooks.candidateHired.api': 1 } })
    const deleted = (await get()).webhooks['candidateDeleted']?.api?.leverWebhookId
    await world.lever.removeWebhook(deleted ?? '')

    await provision()

    const now = await inLever()
    expect(now.map(({ event }) => event).toSorted()).to.deep.equal(EXPORT_SET)
    const kept = now.filter(({ id }) => before.some((webhook) => webhook.id === id)).map(({ event }) => event)
    expect(kept).to.have.members(['applicationCreated', 'candidateArchiveChange', 'candidateStageChange'])
    for (const { event, signatureToken } of now) expect(await tokensFor(event)).to.deep.equal([signatureToken])
  })

  describe('if Lever returns an address in a different form', () => {
    beforeEach(async () => {
      await world.authorize({ organization })
      await world.lever.settings({ answers: { webhookUrl: 'rewritten' } })
      await provision()
    })
    afterEach(() => world.lever.settings({ answers: { webhookUrl: 'kept' } }))

    it('recognizes its webhooks by their ids, and creates no duplicates', async () => {
      const made = await inLever()
      await provision()

      expect(await inLever()).to.deep.equal(made)
    })

    it('replaces a webhook whose token was lost', async () => {
      await ConnectionModel.updateOne({ organization }, { $unset: { 'webhooks.candidateHired.api': 1 } })

      await provision()

      expect((await inLever()).map(({ event }) => event).toSorted()).to.deep.equal(EXPORT_SET)
    })

    it('removes them with the connection', async () => {
      await world.connections.disconnect(organization, ACTOR)

      expect(await inLever()).to.deep.equal([])
    })
  })

  it('replaces webhooks that point to an earlier address of the service', async () => {
    await world.authorize({ organization })
    await provision()
    const { endpointKey } = await get()
    const before = await inLever()
    const elsewhere = world.another({ publicUrl: 'http://127.0.0.1:4999' })

    await elsewhere.provisionWebhooks(organization, ACTOR)

    const now = (await world.lever.webhooks()).filter(({ url }) => url.includes(endpointKey))
    expect(now.map(({ url }) => new URL(url).port)).to.deep.equal(before.map(() => '4999'))
  })

  it('says that webhooks must be created manually while Lever refuses its Webhooks API', async () => {
    const byHand = async () => (await world.connections.describe(organization)).webhooksByHand
    await world.authorize({ organization })
    await world.lever.settings({ answers: { webhooksApi: 403 } })

    expect(await rejection(provision()))
      .to.include({ code: 'lever_rejected' })
      .and.have.property('hint')
      .that.includes('by hand')
    expect(await byHand()).to.equal(true)

    await world.lever.settings({ answers: { webhooksApi: 'open' } })
    await provision()
    expect(await byHand()).to.equal(false)
  })

  it('creates no duplicates when two processes start at once', async () => {
    await world.authorize({ organization })

    await Promise.all([provision(), provision(world.another())])

    const now = await inLever()
    expect(now.map(({ event }) => event).toSorted()).to.deep.equal(EXPORT_SET)
    for (const { event, signatureToken } of now) expect(await tokensFor(event)).to.deep.equal([signatureToken])
  })

  it('keeps the created webhooks if Lever fails halfway, and creates the rest the next time', async () => {
    await world.authorize({ organization })
    await world.lever.fault({ match: { method: 'POST', path: '/webhooks' }, kind: 'statusAfterEffect', status: 500, after: 2 })

    expect(await rejection(provision())).to.include({ code: 'lever_unavailable' })
    expect(await inLever()).to.have.lengthOf(3)
    await provision()

    const now = await inLever()
    expect(now.map(({ event }) => event).toSorted()).to.deep.equal(EXPORT_SET)
    for (const { event, signatureToken } of now) expect(await tokensFor(event)).to.deep.equal([signatureToken])
  })

  it('says what is missing if Lever forbids it, and requires a connection', async () => {
    expect(await rejection(provision())).to.include({ code: 'connection_not_active' })
    await world.connections.putApiKey(
      organization,
      {
        apiKey: await world.lever.newApiKey({ permissions: [...needsOf('export', { noteMode: 'perPause' }).permissions] }),
        userEmail: 'ada@x.example',
      },
      ACTOR,
    )

    expect(await rejection(provision())).to.include({ code: 'lever_rejected', status: 422 })
  })

  it('forgets both tokens of an event and removes our webhook in Lever', async () => {
    await world.authorize({ organization })
    await provision()
    await put('candidateHired', 'beside')
    expect(await tokensFor('candidateHired')).to.have.lengthOf(2)

    await world.connections.deleteSignatureToken(organization, 'candidateHired', ACTOR)

    expect(await tokensFor('candidateHired')).to.deep.equal([])
    expect((await inLever()).map(({ event }) => event)).to.not.include('candidateHired')
    expect(await shown('candidateHired')).to.include({ configured: false, createdBy: null })
  })

  it('changes nothing if Lever cannot be asked to remove its webhook', async () => {
    await world.authorize({ organization })
    await provision()
    await world.lever.fault({ match: { method: 'DELETE', path: '/webhooks' }, kind: 'status', status: 503 })

    const removal = world.connections.deleteSignatureToken(organization, 'candidateHired', ACTOR)

    expect(await rejection(removal)).to.include({ code: 'lever_unavailable' })
    expect(await tokensFor('candidateHired')).to.have.lengthOf(1)
  })

  it('records the latest time of each kind of delivery while it is connected', async () => {
    const { _id } = await get()
    await world.connections.noteWebhook(_id, 'candidateHired', { receivedAt: new Date('2026-02-01T00:00:00Z') })
    await ConnectionModel.updateOne({ _id }, { $set: { status: 'configuring' } })
    const [earlier, later] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-01-02T00:00:00Z')]
    await world.connections.noteWebhook(_id, 'candidateHired', { verifiedAt: earlier })
    await world.connections.noteWebhook(_id, 'candidateHired', { receivedAt: later })
    await world.connections.noteWebhook(_id, 'candidateHired', { receivedAt: earlier })
    await world.connections.noteWebhook(_id, '__proto__', { receivedAt: later })
    world.neighbourhood.held = { candidateHired: 3 }

    const webhook = await shown('candidateHired')
    expect(webhook).to.include({ lastVerifiedAt: earlier.toISOString(), lastReceivedAt: later.toISOString(), held: 3, configured: false })
    expect((await shown('candidateDeleted'))?.held).to.equal(0)
  })
})
