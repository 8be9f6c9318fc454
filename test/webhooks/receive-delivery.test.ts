import { createConnection, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { restore, stub } from 'sinon'
import mongoose from 'mongoose'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { DeliveryModel } from '../../src/webhooks/delivery-model.ts'
import { webhookIntake, webhookIntakePaths } from '../../src/web/api/webhook-intake.ts'
import { startWeb } from '../support/web.ts'
import { startWebhookWorld, webhookBody, type WebhookWorld } from './webhook-world.ts'

const CHANGE = 'candidateStageChange'
const DATA = { opportunityId: 'opp-1', fromStageId: 'lead-new', toStageId: 'offer' }

describe('receiving a delivery', () => {
  let world: WebhookWorld
  let token: string

  before(async () => {
    world = await startWebhookWorld()
  })
  beforeEach(async () => {
    await DeliveryModel.deleteMany({})
    await ConnectionModel.updateMany({}, { $unset: { webhooks: 1 }, $set: { status: 'configuring' } })
    token = await world.saveToken(CHANGE)
  })
  afterEach(() => restore())
  after(() => world.stop())

  const shownEvent = async (event: string) =>
    (await world.connections.describe(world.web.organization)).webhooks.find((webhook) => webhook.event === event)
  const send = async (body: unknown, from?: string): Promise<[number, string | undefined]> => {
    const response = await world.post(JSON.stringify(body), from)
    return [response.status, ((await response.json()) as { outcome?: string }).outcome]
  }
  const stored = async () => DeliveryModel.find({}).sort({ _id: 1 }).lean()

  describe('with a known signature token', () => {
    it('stores it durably, with its whole body, before it answers', async () => {
      const body = webhookBody(CHANGE, DATA, token, { id: 'lever-id' })

      const response = await world.post(JSON.stringify(body))

      expect([response.status, await response.json()]).to.deep.equal([200, { outcome: 'stored' }])
      const { data } = await world.webhooks.list(world.web.organization, {}, { limit: 10 })
      expect(data).to.have.length(1)
      expect(data[0]).to.deep.include({ event: CHANGE, leverId: 'lever-id', status: 'received', attempts: 0, error: null })
      const { signature, ...rest } = body
      expect(data[0]?.payload).to.deep.equal(rest)
      expect(JSON.stringify([data, await stored()]), 'the signature is not kept').not.to.contain(signature)
      expect(data[0]?.triggeredAt).to.equal(new Date(body['triggeredAt'] as number).toISOString())
      expect((await shownEvent(CHANGE))?.lastReceivedAt).not.to.equal(null)
      expect((await shownEvent(CHANGE))?.lastVerifiedAt).to.equal(null)
    })

    it('recognizes a repeat by event and token, whatever its data; another event is a new delivery', async () => {
      await world.saveToken('candidateHired', token)

      const now = Date.now()
      const first = await world.deliver(CHANGE, DATA, token, { token: 't1', triggeredAt: now })
      const second = await world.deliver(CHANGE, { opportunityId: 'opp-2' }, token, { token: 't1', triggeredAt: now - 1 })
      const other = await world.deliver('candidateHired', DATA, token, { token: 't1', triggeredAt: now - 2 })

      expect([first.outcome, second.outcome, other.outcome]).to.deep.equal(['stored', 'repeat', 'stored'])
      expect((await stored()).map(({ opportunityId }) => opportunityId)).to.deep.equal(['opp-1', 'opp-1'])
    })

    it('accepts many at once, each once', async () => {
      const bodies = Array.from({ length: 60 }, (_, at) => JSON.stringify(webhookBody(CHANGE, DATA, token, { token: `t${at % 50}` })))

      const outcomes = await Promise.all(
        bodies.map(async (body) => ((await (await world.post(body)).json()) as { outcome: string }).outcome),
      )

      expect(outcomes.filter((outcome) => outcome === 'stored')).to.have.length(50)
      expect(outcomes.filter((outcome) => outcome === 'repeat')).to.have.length(10)
    })

    it('stores one delivery sent a hundred times at once only once, and answers each with 200', async () => {
      const body = JSON.stringify(webhookBody(CHANGE, DATA, token))

      const answers = await Promise.all(Array.from({ length: 100 }, () => world.post(body)))
      const outcomes = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { outcome: string }).outcome))

      expect(answers.filter(({ status }) => status === 200)).to.have.length(100)
      expect(outcomes.toSorted()).to.deep.equal([...Array.from({ length: 99 }, () => 'repeat'), 'stored'])
      expect(await stored()).to.have.length(1)
    })

    for (const [what, change] of [
      ['a wrong signature', { signature: 'f'.repeat(64) }],
      ['a missing signature', { signature: undefined }],
      ['a null signature', { signature: null }],
      ['the signature of another time', { triggeredAt: 1 }],
      ['the signature of another token', { token: 'x' }],
    ] as const) {
      it(`refuses ${what} with 401, and stores nothing`, async () => {
        const response = await world.post(JSON.stringify({ ...webhookBody(CHANGE, DATA, token), ...change }))

        expect([response.status, ((await response.json()) as { code: string }).code]).to.deep.equal([401, 'signature_mismatch'])
        expect(await stored()).to.have.length(0)
        expect((await shownEvent(CHANGE))?.lastReceivedAt).to.equal(null)
      })
    }

    it("refuses a delivery signed with another event's token", async () => {
      const other = await world.saveToken('candidateHired')

      expect((await world.deliver(CHANGE, DATA, other)).status).to.equal(401)
    })

    it("refuses a delivery signed with another organization's token, and stores others with the right organization", async () => {
      const { id: neighbour } = await world.web.accounts.createOrganization({ name: 'Neighbour', sourceName: 'neighbour' })
      await world.connections.putSignatureToken(neighbour, CHANGE, 'of the neighbour', 'apiKey:test')

      const forged = await world.deliver(CHANGE, DATA, 'of the neighbour')
      const own = await world.deliver(CHANGE, DATA, token)

      expect([forged.status, own.outcome]).to.deep.equal([401, 'stored'])
      expect((await stored()).map(({ organization }) => String(organization))).to.deep.equal([world.web.organization])
      expect((await world.webhooks.list(neighbour, {}, { limit: 10 })).data).to.have.length(0)
    })

    it('stops accepting a replaced token with the next delivery', async () => {
      expect((await world.deliver(CHANGE, DATA, token)).outcome).to.equal('stored')
      const later = await world.saveToken(CHANGE)

      expect((await world.deliver(CHANGE, DATA, token)).status).to.equal(401)
      expect((await world.deliver(CHANGE, DATA, later)).outcome).to.equal('stored')
    })

    it('refuses nothing because of a kept connection that another process has changed since', async () => {
      const ours = { organization: new mongoose.Types.ObjectId(world.web.organization) }
      const sealed = (await ConnectionModel.collection.findOne(ours))?.['webhooks']?.[CHANGE]?.hand as object
      const later = await world.saveToken(CHANGE)
      expect((await world.deliver(CHANGE, DATA, later)).outcome).to.equal('stored')

      await ConnectionModel.collection.updateOne(ours, { $set: { [`webhooks.${CHANGE}.hand`]: sealed } })
      expect((await world.deliver(CHANGE, DATA, token)).outcome).to.equal('stored')

      await ConnectionModel.updateOne(ours, { status: 'disconnected' })
      expect((await world.deliver(CHANGE, DATA, token)).status).to.equal(401)
      await ConnectionModel.collection.updateOne(ours, { $set: { status: 'configuring' } })
      expect((await world.deliver(CHANGE, DATA, token)).outcome).to.equal('stored')
    })

    it('refuses deliveries as soon as this process ends the connection', async () => {
      expect((await world.deliver(CHANGE, DATA, token)).outcome).to.equal('stored')

      await world.connections.disconnect(world.web.organization, 'apiKey:test')

      expect((await world.deliver(CHANGE, DATA, token)).status).to.equal(401)
    })

    it("marks the event as verified after Lever's connection test, and does nothing else", async () => {
      for (const data of [{}, null, undefined]) {
        expect(await world.deliver(CHANGE, data, token)).to.deep.equal({ status: 200, outcome: 'verified' })
      }

      expect((await world.webhooks.list(world.web.organization, {}, { limit: 10 })).data).to.have.length(0)
      const shown = await shownEvent(CHANGE)
      expect(shown?.lastVerifiedAt).not.to.equal(null)
      expect(shown?.lastReceivedAt).to.equal(null)
    })

    it('does not mark the event as verified after a test with a wrong signature', async () => {
      expect((await world.deliver(CHANGE, {}, 'wrong')).status).to.equal(401)
      expect((await shownEvent(CHANGE))?.lastVerifiedAt).to.equal(null)
    })

    it('accepts the single token of an account for events without a token of their own', async () => {
      const any = await world.saveToken('any')

      expect((await world.deliver('candidateHired', DATA, any)).outcome).to.equal('stored')
      expect((await world.deliver(CHANGE, DATA, any)).status).to.equal(401)
      expect((await world.deliver('candidateHired', DATA, token)).status).to.equal(401)
    })
  })

  describe('of an unsupported event', () => {
    for (const event of ['contactCreated', '__proto__', 'constructor', 'any', 'webhooks.x', '$where']) {
      it(`ignores ${event} with a valid signature and does not store it`, async () => {
        const body = webhookBody(event, DATA, token)

        expect(await send(body)).to.deep.equal([200, 'ignored'])
        expect(await send(body)).to.deep.equal([200, 'repeat'])
        expect((await world.webhooks.list(world.web.organization, {}, { limit: 10 })).data).to.have.length(0)
        expect(JSON.stringify(await stored())).not.to.contain('opp-1')
      })
    }

    it('refuses it with a wrong signature, and without a known signature token', async () => {
      expect((await world.deliver('contactCreated', DATA, 'wrong')).status).to.equal(401)
      await world.connections.deleteSignatureToken(world.web.organization, CHANGE, 'apiKey:test')

      expect((await world.deliver('contactCreated', DATA, token)).status).to.equal(401)
      expect(await stored()).to.have.length(0)
    })
  })

  describe('before its signature token is known', () => {
    it('holds it unread, and processes it as soon as a matching token is saved', async () => {
      const early = 'the token that Lever shows first'

      const held = await world.deliver('candidateHired', DATA, early)
      const again = await world.deliver('candidateHired', DATA, early, { token: 'again' })

      expect([held.outcome, again.outcome]).to.deep.equal(['held', 'held'])
      expect(await shownEvent('candidateHired')).to.deep.include({ held: 2, lastReceivedAt: null })
      const [shown] = (await world.webhooks.list(world.web.organization, { status: 'held' }, { limit: 10 })).data
      expect(shown).to.include({ payload: null, signature: 'unchecked', opportunityId: null })

      await world.saveToken('candidateHired', early)
      expect((await stored()).map(({ status, expiresAt }) => [status, expiresAt])).to.deep.equal([['received', undefined], ['received', undefined]]) // prettier-ignore
      expect((await shownEvent('candidateHired'))?.lastReceivedAt).not.to.equal(null)
      expect((await shownEvent('candidateHired'))?.held).to.equal(0)
    })

    it('drops deliveries that do not match the token', async () => {
      await world.deliver('candidateHired', DATA, 'forged')
      await world.deliver('candidateHired', DATA)

      await world.saveToken('candidateHired')

      expect(await stored()).to.have.length(0)
      expect((await shownEvent('candidateHired'))?.lastReceivedAt).to.equal(null)
    })

    it('marks the event as verified after a test that arrived before the token', async () => {
      expect((await world.deliver('candidateHired', {}, 'early')).outcome).to.equal('held')

      await world.saveToken('candidateHired', 'early')

      expect((await world.webhooks.list(world.web.organization, {}, { limit: 10 })).data).to.have.length(0)
      expect((await shownEvent('candidateHired'))?.lastVerifiedAt).not.to.equal(null)
    })

    it("releases deliveries with an account's single token too, and ignores tokens of other events", async () => {
      await world.deliver('candidateHired', DATA, 'single')
      await world.deliver('candidateDeleted', DATA, 'single')

      await world.saveToken('applicationCreated', 'single')
      expect((await stored()).map(({ status }) => status)).to.deep.equal(['held', 'held'])
      await world.saveToken('any', 'single')
      expect((await stored()).map(({ status }) => status)).to.deep.equal(['received', 'received'])
    })

    it('recognizes a repeat', async () => {
      await world.deliver('candidateHired', DATA, 'early', { token: 't1' })

      expect((await world.deliver('candidateHired', DATA, 'early', { token: 't1' })).outcome).to.equal('repeat')
    })

    it('holds a delivery for a day', async () => {
      await world.deliver('candidateHired', DATA, 'early')

      const [{ expiresAt, receivedAt } = { expiresAt: null, receivedAt: new Date() }] = await stored()
      expect((expiresAt?.getTime() ?? 0) - receivedAt.getTime()).to.equal(24 * 3_600_000)
    })

    it('does not release expired deliveries', async () => {
      await world.deliver('candidateHired', DATA, 'early')
      await DeliveryModel.updateMany({}, { $set: { expiresAt: new Date(Date.now() - 1) } })

      await world.saveToken('candidateHired', 'early')

      expect((await stored()).map(({ status }) => status)).to.deep.equal(['held'])
    })

    it('is not left held if the token is saved between reading the connection and the write', async () => {
      const connection = await world.connections.get(world.web.organization)
      await world.saveToken('candidateHired', 'just saved')

      const outcome = await world.webhooks.receive(connection, {
        body: webhookBody('candidateHired', DATA, 'just saved'),
        sender: '203.0.113.7',
      })

      expect(outcome).to.equal('held')
      expect((await stored()).map(({ status }) => status)).to.deep.equal(['received'])
    })
  })

  describe('that cannot be accepted', () => {
    it('answers 404 for an unknown endpoint, and 405 for other methods', async () => {
      const unknown = await fetch(`${world.web.url}/webhooks/lever/unknown`, { method: 'POST', body: '{}' })
      const read = await fetch(await world.endpointUrl())

      expect([unknown.status, read.status]).to.deep.equal([404, 405])
      expect(unknown.headers.get('content-type')).to.contain('application/problem+json')
    })

    it('refuses all deliveries for a disconnected organization with 401', async () => {
      await ConnectionModel.updateMany({}, { $set: { status: 'disconnected' } })

      expect((await world.deliver(CHANGE, DATA, token)).status).to.equal(401)
      expect((await world.deliver('candidateHired', DATA, 'held?')).status).to.equal(401)
      expect(await stored()).to.have.length(0)
    })

    for (const status of ['active', 'paused', 'revoked'] as const) {
      it(`continues while the connection is ${status}`, async () => {
        await ConnectionModel.updateMany({}, { $set: { status } })

        expect((await world.deliver(CHANGE, DATA, token)).outcome).to.equal('stored')
      })
    }

    const signed = { event: CHANGE, triggeredAt: 1, token: 't' }
    for (const [what, body] of [
      ['nothing', ''],
      ['no JSON', 'event=candidateHired'],
      ['a list', '[]'],
      ['null', 'null'],
      ['no event', { ...signed, event: undefined }],
      ['an event that is a number', { ...signed, event: 5 }],
      ['an empty event', { ...signed, event: '' }],
      ['an event beyond all names', { ...signed, event: 'x'.repeat(101) }],
      ['a time that is text', { ...signed, triggeredAt: '1782975358767' }],
      ['a time that is a fraction', { ...signed, triggeredAt: 1.5 }],
      ['a time beyond all numbers', `{"event":"${CHANGE}","triggeredAt":1e400,"token":"t"}`],
      ['no token', { ...signed, token: undefined }],
      ['a token beyond all tokens', { ...signed, token: 'x'.repeat(501) }],
      ['a null for a token', { ...signed, token: null }],
      ['a token that is an object', { ...signed, token: { $ne: null } }],
      ['data that is text', { ...signed, data: 'x' }],
      ['data that is a list', { ...signed, data: [] }],
      ['a signature that is a number', { ...signed, signature: 5 }],
      ['an id that is a number', { ...signed, id: 5 }],
      ['brackets without end', `{"event":${'['.repeat(100_000)}`],
      ['JSON nested beyond reason', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
    ] as const) {
      it(`refuses ${what} with 400`, async () => {
        const response = await world.post(typeof body === 'string' ? body : JSON.stringify(body))

        expect(response.status).to.equal(400)
        expect(await stored()).to.have.length(0)
      })
    }

    it('accepts a signed body up to a depth of 64, and refuses deeper ones with 400', async () => {
      const of = (depth: number) =>
        JSON.stringify(webhookBody(CHANGE, { filler: 0 }, token)).replace(
          '"filler":0',
          `"filler":${'['.repeat(depth - 2)}${']'.repeat(depth - 2)}`,
        )

      expect([(await world.post(of(64))).status, (await world.post(of(65))).status]).to.deep.equal([200, 400])
      expect(await stored()).to.have.length(1)
    })

    it('refuses invalid UTF-8 with 400', async () => {
      const body = JSON.stringify(webhookBody(CHANGE, { opportunityId: 'x?x' }, token))
      const bytes = new Uint8Array(Buffer.from(body))
      bytes[body.indexOf('?')] = 0xff

      expect((await world.post(bytes)).status).to.equal(400)
    })

    it('refuses a compressed body with 400', async () => {
      const body = gzipSync(JSON.stringify(webhookBody(CHANGE, DATA, token)))
      const headers = { 'content-encoding': 'gzip' }

      const response = await fetch(await world.endpointUrl(), { method: 'POST', body, headers })

      expect(response.status).to.equal(400)
    })

    it('uses the last value of repeated members, both for the signature and for the rest', async () => {
      const body = webhookBody(CHANGE, DATA, token)
      const twice = JSON.stringify(body).replace('{', '{"token":"forged","event":"candidateHired",')
      const forged = JSON.stringify(body).replace(/}$/, ',"token":"forged"}')

      expect((await world.post(forged)).status).to.equal(401)
      expect((await world.post(twice)).status).to.equal(200)
      expect((await stored()).map(({ event, token: kept }) => [event, kept])).to.deep.equal([[CHANGE, body['token']]])
    })

    it('accepts up to 256 KB, and refuses more with 413, whether declared or not', async () => {
      const of = (bytes: number): string => {
        const body = JSON.stringify(webhookBody(CHANGE, { ...DATA, filler: '' }, token))
        return body.replace('"filler":""', `"filler":"${'x'.repeat(bytes - body.length)}"`)
      }
      const streamed = { method: 'POST', body: new Blob([of(256 * 1024 + 1)]).stream(), duplex: 'half' } as RequestInit

      expect((await world.post(of(256 * 1024))).status).to.equal(200)
      expect((await world.post(of(256 * 1024 + 1))).status).to.equal(413)
      expect((await fetch(await world.endpointUrl(), streamed)).status).to.equal(413)
    })

    it('accepts JSON with any content type', async () => {
      for (const contentType of [
        'text/plain',
        'application/octet-stream',
        'application/x-www-form-urlencoded',
        'application/json; charset=utf-8',
      ]) {
        const body = JSON.stringify(webhookBody(CHANGE, DATA, token))
        const response = await fetch(await world.endpointUrl(), { method: 'POST', body, headers: { 'content-type': contentType } })

        expect(response.status, contentType).to.equal(200)
      }
    })

    it('treats special names in data as plain data', async () => {
      const body = JSON.stringify(webhookBody(CHANGE, DATA, token)).replace(
        '"opportunityId"',
        '"__proto__":{"isAdmin":true},"$where":1,"a.b":2,"opportunityId"',
      )

      expect((await world.post(body)).status).to.equal(200)
      const [delivery] = (await world.webhooks.list(world.web.organization, {}, { limit: 1 })).data
      expect(JSON.stringify(delivery?.payload)).to.contain('"__proto__":{"isAdmin":true},"$where":1,"a.b":2')
      expect(({} as { isAdmin?: boolean }).isAdmin).to.equal(undefined)
    })

    it('answers 503 if it cannot be stored, so that Lever delivers again', async () => {
      const body = JSON.stringify(webhookBody(CHANGE, DATA, token))
      stub(mongoose.mongo.Collection.prototype, 'insertMany').rejects(new Error('no primary'))

      const refused = await world.post(body)
      restore()
      const again = await world.post(body)

      expect([refused.status, again.status]).to.deep.equal([503, 200])
      expect(await again.json()).to.deep.equal({ outcome: 'stored' })
    })

    it('answers 503 if the connection cannot be read', async () => {
      const url = await world.endpointUrl()
      stub(ConnectionModel, 'findOne').throws(new Error('no primary'))

      const refused = await fetch(url, { method: 'POST', body: JSON.stringify(webhookBody(CHANGE, DATA, token)) })

      expect(refused.status).to.equal(503)
    })

    it('does not wait for a body that never ends', async () => {
      const impatient = await startWeb({
        intakes: () => [webhookIntake({ ...world, trustedProxies: 0, readWithinMs: 100 })],
        intakePaths: webhookIntakePaths,
      })
      const { pathname } = new URL(await world.endpointUrl())
      const { hostname, port } = new URL(impatient.url)
      const socket: Socket = createConnection(Number(port), hostname)

      const answer = new Promise<string>((resolve) => socket.setEncoding('utf8').once('data', resolve))
      socket.write(`POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"event":`)

      expect(await answer).to.match(/^HTTP\/1\.1 408 /)
      socket.destroy()
      await impatient.stop()
    })
  })
})
