import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { expect } from 'chai'
import mongoose from 'mongoose'
import { z } from 'zod'
import type { AccountEvidence } from '../../src/connection/account-identity.ts'
import type { ConnectionContext } from '../../src/connection/connection-context.ts'
import { keepGrant } from '../../src/connection/grant.ts'
import type { LeverClient } from '../../src/lever/client.ts'
import { createLog } from '../../src/log.ts'
import { AuthorizationFlowModel } from '../../src/connection/authorization-flow-model.ts'
import type { AuthorizationFailure } from '../../src/connection/authorization-failure.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { leverPath } from '../../src/lever/lever-path.ts'
import { eventually } from '../support/eventually.ts'
import { rejection } from '../support/rejection.ts'
import { ACTOR, ADMIN, SOURCER } from './build-connections.ts'
import { ageAccessToken, goThroughLever, startConnectionWorld, type ConnectionWorld } from './connection-world.ts'
import { auditWith } from '../support/audit.ts'

const causeOf = async (promise: Promise<unknown>) => ((await rejection(promise)) as AuthorizationFailure).why
const whole = async (organization: string) => JSON.stringify(await ConnectionModel.findOne({ organization }).lean())

describe('connection/authorize', () => {
  let world: ConnectionWorld
  let organization: string

  before(async () => {
    world = await startConnectionWorld()
  })
  after(() => world.stop())
  beforeEach(async () => {
    organization = await world.newOrganization()
    world.neighbourhood.calls.length = 0
    await world.connections.get(organization)
  })

  it('connects an organization: stores status, scopes, and authorizer, and notifies the mirror', async () => {
    await world.authorize({ organization })

    const { status, auth, missing, warnings } = await world.connections.describe(organization)
    expect(status).to.equal('configuring')
    expect(auth).to.include({ kind: 'oauth', authorizedBy: ADMIN })
    expect(auth).to.have.property('scopes').that.includes('opportunities:write:admin')
    expect(missing).to.deep.equal(['activeMapping'])
    expect(warnings.filter((warning) => warning.startsWith('scope:'))).to.deep.equal([])
    expect(world.neighbourhood.calls).to.deep.equal(['authorized'])
  })

  it('refuses a link for strangers and sourcers, and without an OAuth app', async () => {
    const link = (email: string) => world.connections.authorizeLink(organization, email, ACTOR)

    expect(await rejection(link('nobody@x.example'))).to.include({ code: 'user_not_found', status: 404 })
    expect(await rejection(link(SOURCER))).to.include({ code: 'admin_required', status: 403 })
    const withoutApp = world.another({ clientId: undefined })
    expect(await rejection(withoutApp.authorizeLink(organization, ADMIN, ACTOR))).to.include({ code: 'oauth_not_configured', status: 409 })
  })

  it('opens a link once', async () => {
    const { token } = await world.connections.authorizeLink(organization, ADMIN, ACTOR)
    await world.connections.openAuthorization(token)

    expect(await causeOf(world.connections.openAuthorization(token))).to.equal('link_used')
    expect(await causeOf(world.connections.findAuthorization(token))).to.equal('link_used')
    expect(await causeOf(world.connections.openAuthorization('connect_unknown'))).to.equal('link_unknown')
  })

  it('says whose link it is without using it up', async () => {
    const { token } = await world.connections.authorizeLink(organization, ADMIN, ACTOR)
    const admin = await world.accounts.findPerson(organization, ADMIN)

    const found = await world.connections.findAuthorization(token)

    expect(found).to.deep.equal({ organizationName: 'Headhunters', personId: admin?.id, personName: 'Ada' })
    await world.connections.openAuthorization(token)
  })

  it('lets through one of two people who open a link at once', async () => {
    const { token } = await world.connections.authorizeLink(organization, ADMIN, ACTOR)

    const tries = await Promise.allSettled([world.connections.openAuthorization(token), world.another().openAuthorization(token)])

    expect(tries.map(({ status }) => status).toSorted()).to.deep.equal(['fulfilled', 'rejected'])
  })

  it('opens neither an expired link nor the link of a former admin', async () => {
    const expired = await world.connections.authorizeLink(organization, ADMIN, ACTOR)
    await AuthorizationFlowModel.updateOne({ _id: expired.id }, { expiresAt: new Date(Date.now() - 1) })
    expect(await causeOf(world.connections.openAuthorization(expired.token))).to.equal('link_expired')

    const demoted = await world.connections.authorizeLink(organization, ADMIN, ACTOR)
    await world.accounts.putPerson(organization, ADMIN, { name: 'Ada', role: 'sourcer' }, ACTOR)
    expect(await causeOf(world.connections.openAuthorization(demoted.token))).to.equal('not_admin')
  })

  it('ends the pending flows of a removed person permanently, and accepts no callback during the removal', async () => {
    const link = await world.connections.authorizeLink(organization, ADMIN, ACTOR)
    const { returned } = await goThroughLever(world.lever, world.connections, organization)

    await world.connections.endAuthorizations(organization, ADMIN)

    expect(await causeOf(world.connections.openAuthorization(link.token))).to.equal('link_unknown')
    expect(await causeOf(world.connections.finishAuthorization(returned))).to.equal('state_unknown')
    expect((await world.connections.get(organization)).status).to.equal('disconnected')

    const leaving = await goThroughLever(world.lever, world.connections, organization)
    await world.lever.fault({ match: { path: '/oauth/token' }, kind: 'slow', delayMs: 600_000 })
    const finishing = causeOf(world.connections.finishAuthorization(leaving.returned))
    await eventually(
      'the code is being exchanged',
      async () => (await AuthorizationFlowModel.exists({ organization, usedAt: { $ne: null } })) !== null,
    )
    await world.accounts.putPerson(organization, ADMIN, { name: 'Ada', role: 'sourcer' }, ACTOR)
    await world.lever.clearFaults()
    expect(await finishing).to.equal('not_admin')
    expect((await world.connections.get(organization)).status).to.equal('disconnected')
  })

  it('accepts the callback from Lever only in the browser that started, where it remains usable', async () => {
    const { returned } = await goThroughLever(world.lever, world.connections, organization)
    const other = await goThroughLever(world.lever, world.connections, organization)
    const before = await whole(organization)

    for (const browserToken of [undefined, 'browser_other', other.returned.browserToken]) {
      expect(await causeOf(world.connections.finishAuthorization({ ...returned, browserToken }))).to.equal('other_browser')
    }
    expect(await whole(organization)).to.equal(before)
    await world.connections.finishAuthorization(returned)
  })

  it('accepts a state once, and never an unknown or expired one', async () => {
    const first = await goThroughLever(world.lever, world.connections, organization)
    await world.connections.finishAuthorization(first.returned)
    const before = await whole(organization)
    const stranger = { ...first.returned, browserToken: undefined }
    expect(await causeOf(world.connections.finishAuthorization(stranger))).to.equal('other_browser')
    expect(await causeOf(world.connections.finishAuthorization({ ...first.returned, state: 'state_wrong' }))).to.equal('state_unknown')
    expect(await causeOf(world.connections.finishAuthorization({ ...first.returned, state: undefined }))).to.equal('state_unknown')

    const late = await goThroughLever(world.lever, world.connections, organization)
    await AuthorizationFlowModel.updateMany({ usedAt: null }, { expiresAt: new Date(Date.now() - 1) })
    expect(await causeOf(world.connections.finishAuthorization(late.returned))).to.equal('state_expired')
    expect(await whole(organization)).to.equal(before)
  })

  it('reports a successful callback again, to its browser and its person, while Lever is connected, and exchanges nothing', async () => {
    const { returned, opened } = await goThroughLever(world.lever, world.connections, organization)
    const finished = await world.connections.finishAuthorization(returned)
    const before = await whole(organization)
    await world.lever.clearRequests()
    const elsewhere = { ...returned, browserToken: undefined }
    const sourcer = await world.accounts.findPerson(organization, SOURCER)

    const again = await world.connections.finishAuthorization({ ...returned, code: 'another code' })
    const bySession = await world.connections.finishAuthorization({ ...elsewhere, personId: opened.personId })

    expect(finished).to.include({ organization, organizationName: 'Headhunters', personId: opened.personId, isRepeat: false })
    expect([again, bySession]).to.deep.equal([
      { ...finished, isRepeat: true },
      { ...finished, isRepeat: true },
    ])
    expect(await world.lever.requests()).to.deep.equal([])
    expect(await whole(organization)).to.equal(before)
    for (const personId of [undefined, sourcer?.id]) {
      expect(await causeOf(world.connections.finishAuthorization({ ...elsewhere, personId }))).to.equal('other_browser')
    }
    await world.connections.disconnect(organization, ACTOR)
    expect(await causeOf(world.connections.finishAuthorization(returned))).to.equal('state_used')
  })

  it('does not accept a session instead of the cookie before a callback succeeded', async () => {
    const { returned, opened } = await goThroughLever(world.lever, world.connections, organization)

    const elsewhere = { ...returned, browserToken: undefined, personId: opened.personId }
    expect(await causeOf(world.connections.finishAuthorization(elsewhere))).to.equal('other_browser')
    await world.connections.finishAuthorization(returned)
  })

  it('uses one of two concurrent callbacks with the same state', async () => {
    const { returned } = await goThroughLever(world.lever, world.connections, organization)

    const tries = await Promise.allSettled([world.connections.finishAuthorization(returned), world.another().finishAuthorization(returned)])

    expect(tries.flatMap((tried) => (tried.status === 'rejected' ? [(tried.reason as AuthorizationFailure).why] : []))).to.deep.equal([
      'state_used',
    ])
    expect((await world.connections.get(organization)).status).to.equal('configuring')
  })

  it('compares accounts again when another authorization came in between', async () => {
    await world.authorize({ organization })
    await ConnectionModel.updateOne({ organization }, { $unset: { leverAccountId: 1 }, knownLeverUserIds: [] })
    await world.lever.revokeGrants()
    const newAccount: AccountEvidence = {
      accountId: 'another account',
      userId: null,
      client: clientThatFirst(() => world.authorize({ organization })),
    }
    const context = { audit: auditWith(world.sealer), log: createLog({ level: 'silent' }), neighbours: {} } as unknown as ConnectionContext

    const kept = keepGrant(context, organization, { evidence: newAccount, fields: {}, action: 'connection.authorized', actor: ACTOR })

    expect(await rejection(kept)).to.include({ code: 'lever_account_mismatch' })
    expect((await world.connections.describe(organization)).auth).to.include({ authorizedBy: ADMIN })
  })

  it('names why Lever refused: denied, not a Super Admin', async () => {
    await world.lever.revokeGrants() // else Lever does not ask again
    const denied = await goThroughLever(world.lever, world.connections, organization, { accept: false })
    expect(await causeOf(world.connections.finishAuthorization(denied.returned))).to.equal('denied')

    const noSuperAdmin = await goThroughLever(world.lever, world.connections, organization, { as: 'bo@acme.example' })
    expect(await causeOf(world.connections.finishAuthorization(noSuperAdmin.returned))).to.equal('not_super_admin')
    expect((await world.connections.get(organization)).status).to.equal('disconnected')
  })

  it('distinguishes an unavailable token endpoint from a refused code', async () => {
    const first = await goThroughLever(world.lever, world.connections, organization)
    await world.lever.fault({ match: { path: '/oauth/token' }, kind: 'status', status: 503 })
    expect(await causeOf(world.connections.finishAuthorization(first.returned))).to.equal('lever_unavailable')

    const second = await goThroughLever(world.lever, world.connections, organization)
    expect(await causeOf(world.connections.finishAuthorization({ ...second.returned, code: 'wrong' }))).to.equal('code_refused')
    expect(await causeOf(world.connections.finishAuthorization({ ...second.returned, code: undefined }))).to.equal('state_used')
    expect((await world.connections.get(organization)).status).to.equal('disconnected')
  })

  it('refuses a different Lever account, detected by the claim, and accepts it after a disconnect', async () => {
    await world.authorize({ organization })
    await ConnectionModel.updateOne({ organization }, { leverAccountId: 'another account' })
    const before = await whole(organization)

    const failure = (await rejection(world.authorize({ organization }))) as AuthorizationFailure
    expect(failure).to.include({ why: 'other_account', code: 'lever_account_mismatch', status: 409 })
    expect(await whole(organization)).to.equal(before)

    await world.connections.disconnect(organization, ACTOR)
    await world.authorize({ organization })
    expect((await world.connections.get(organization)).status).to.equal('configuring')
  })

  it('recognizes an account by its users if there is no claim to compare', async () => {
    await world.authorize({ organization })
    const { knownLeverUserIds } = await world.connections.get(organization)
    expect(knownLeverUserIds).to.have.lengthOf(1)

    await ConnectionModel.updateOne({ organization }, { $unset: { leverAccountId: 1 }, knownLeverUserIds: ['a user of another account'] })
    expect(await causeOf(world.authorize({ organization }))).to.equal('other_account')

    await ConnectionModel.updateOne({ organization }, { knownLeverUserIds: ['one who left', ...knownLeverUserIds] })
    await world.authorize({ organization, as: 'dilnoza@acme.example' })
    expect((await world.connections.get(organization)).leverAccountId).to.be.a('string')
  })

  it('can be repeated in place: settings, signature tokens, and status remain', async () => {
    await world.authorize({ organization })
    await world.connections.putSignatureToken(organization, 'candidateHired', 'f00d', ACTOR)
    await ConnectionModel.updateOne({ organization }, { status: 'paused' })

    await world.authorize({ organization })

    const connection = await world.connections.get(organization)
    expect(connection.status).to.equal('paused')
    expect(connection.grant.generation).to.equal(2)
    expect(world.connections.signatureTokensFor(connection, 'candidateHired')).to.deep.equal(['f00d'])
  })

  it('stores no token, state, verifier, or cookie in plain text', async () => {
    const { token, opened, returned } = await goThroughLever(world.lever, world.connections, organization)
    await world.connections.finishAuthorization(returned)
    await world.connections.putSignatureToken(organization, 'any', 'plain-signature-token', ACTOR)
    const { accessToken, refreshToken } = await sentTokens(world, organization)

    const collections = await mongoose.connection.db?.collections()
    const stored = JSON.stringify(await Promise.all((collections ?? []).map((collection) => collection.find().toArray())))
    const secrets = [token, opened.browserToken, returned.state, returned.code, accessToken, refreshToken, 'plain-signature-token']
    for (const secret of secrets) {
      expect(secret).to.be.a('string').with.length.greaterThan(8)
      expect(stored).to.not.include(secret)
    }
  })
})

/** A client that does something else before it answers its first question, which is for a user. */
function clientThatFirst(act: () => Promise<void>): LeverClient {
  return { get: () => act().then(() => ({ data: [] })) } as unknown as LeverClient
}

/** The pair of tokens as they go over the wire. */
async function sentTokens(world: ConnectionWorld, organization: string): Promise<{ accessToken: string; refreshToken: string }> {
  const sent = { accessToken: '', refreshToken: '' }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readText(request)
    const isToken = request.url === '/oauth/token'
    if (isToken) sent.refreshToken = new URLSearchParams(body).get('refresh_token') ?? ''
    else sent.accessToken = request.headers.authorization?.replace('Bearer ', '') ?? ''
    response.writeHead(isToken ? 503 : 200, { 'content-type': 'application/json' }).end('{"data":[]}')
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const connections = world.another({ apiUrl: url, authUrl: url })
  await (await connections.leverClient(organization)).get(leverPath`/users`, { schema: z.unknown() })
  await ageAccessToken(organization, 0.9)
  await connections.refreshDue()
  server.close()
  return sent
}
