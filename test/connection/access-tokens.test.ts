import { expect } from 'chai'
import mongoose from 'mongoose'
import { useFakeTimers } from 'sinon'
import { z } from 'zod'
import { AuditEventModel } from '../../src/audit/audit-event-model.ts'
import { createAccessTokens } from '../../src/connection/access-tokens.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { connectionSecrets } from '../../src/connection/connection-secrets.ts'
import type { Connections } from '../../src/connection/connections.ts'
import { getGrant, storeRefreshedPair } from '../../src/connection/grant.ts'
import { leverCredentials } from '../../src/connection/lever-credentials.ts'
import { createRevoker } from '../../src/connection/revoke.ts'
import { leverPath } from '../../src/lever/lever-path.ts'
import { createLeverOAuth } from '../../src/lever/oauth.ts'
import { classifyWriteError, isWorthAnotherTry } from '../../src/lever/write-outcome.ts'
import { createLog } from '../../src/log.ts'
import { eventually } from '../support/eventually.ts'
import { rejection } from '../support/rejection.ts'
import { ACTOR, ADMIN, PUBLIC_URL } from './build-connections.ts'
import { ageAccessToken, startConnectionWorld, type ConnectionWorld } from './connection-world.ts'
import { auditWith } from '../support/audit.ts'

/** An answer that comes when the faults are cleared. */
const HELD = { match: { path: '/oauth/token' }, kind: 'slow', delayMs: 60_000 } as const

describe('connection/access tokens', () => {
  let world: ConnectionWorld
  let organization: string

  before(async () => {
    world = await startConnectionWorld()
  })
  after(() => world.stop())
  beforeEach(async () => {
    await ConnectionModel.deleteMany({})
    await world.lever.clearFaults()
    organization = await world.newOrganization()
    await world.authorize({ organization })
    await world.lever.clearRequests()
  })

  const call = async (connections: Connections = world.connections) =>
    (await connections.leverClient(organization)).get(leverPath`/users`, { query: { limit: 1 }, schema: z.unknown() })
  const tokenCalls = async () => (await world.lever.requests('/oauth/token')).length
  const stored = () => ConnectionModel.findOne({ organization }).orFail()

  it('uses a token while it is young', async () => {
    await ageAccessToken(organization, 0.7)

    await call()

    expect(await tokenCalls()).to.equal(0)
  })

  it('refreshes at 80 % of its lifetime, once for many concurrent calls', async () => {
    await ageAccessToken(organization, 0.81)
    await world.lever.fault({ match: { path: '/oauth/token' }, kind: 'slow', delayMs: 500 }) // so that all come to it while it is under way

    let leases = 0
    mongoose.set('debug', (_collection, method, _filter, update) => {
      if (method === 'findOneAndUpdate' && JSON.stringify(update).includes('refreshLeaseHolder')) leases += 1
    })
    await Promise.all(Array.from({ length: 10 }, () => call()))
    mongoose.set('debug', false)

    expect(await tokenCalls()).to.equal(1)
    expect(leases).to.be.lessThan(10) // one is taken, and given up as the pair is saved; a late caller may look once
    expect((await stored()).grant?.generation).to.equal(2)
  })

  it('refreshes once for several processes that need it at the same time', async () => {
    await ageAccessToken(organization, 1.1)
    const processes = [world.another(), world.another(), world.another(), world.another()]

    await Promise.all(processes.flatMap((connections) => [call(connections), call(connections), connections.refreshDue()]))

    const calls = await world.lever.requests('/oauth/token')
    expect(calls.map(({ status }) => status)).to.deep.equal([200])
    expect((await stored()).grant)
      .to.include({ generation: 2 })
      .and.not.have.property('refreshLeaseHolder', 'anybody')
  })

  it('keeps using the old token while Lever cannot refresh, and does not flood Lever', async () => {
    await ageAccessToken(organization, 0.9)
    await world.lever.fault({ match: { path: '/oauth/token' }, kind: 'status', status: 503, times: 50 })

    const clock = useFakeTimers({ toFake: ['performance'] })
    const countAfter = async (calls: number): Promise<number> => {
      for (let times = 0; times < calls; times += 1) await call()
      return tokenCalls()
    }

    try {
      expect(await countAfter(5)).to.equal(1)
      clock.tick(500)
      expect(await countAfter(5)).to.equal(2)
      clock.tick(999)
      expect(await countAfter(5)).to.equal(2)
      clock.tick(1)
      expect(await countAfter(5)).to.equal(3)
    } finally {
      clock.restore()
    }
    expect((await stored()).status).to.equal('configuring')
  })

  it('keeps the status when an expired token cannot be refreshed temporarily, and recovers', async () => {
    await ageAccessToken(organization, 1.1)
    await world.lever.fault({ match: { path: '/oauth/token' }, kind: 'status', status: 500, times: 50 })

    const client = await world.connections.leverClient(organization)
    const failure = await rejection(client.write('POST', leverPath`/opportunities`, { schema: z.unknown() }))
    expect(classifyWriteError(failure)).to.equal('nothing')
    expect(isWorthAnotherTry(failure)).to.equal(true)
    expect((await stored()).status).to.equal('configuring')
    expect((await stored()).grant?.refreshLeaseHolder).to.equal(undefined)
    await world.lever.clearFaults()
    await eventually('a refresh after a rest', () => call().then(() => true, () => false)) // prettier-ignore
  })

  it('leaves a new authorization alone when a refresh of the old grant returns late', async () => {
    await ageAccessToken(organization, 1.1)
    await world.lever.fault(HELD)
    const late = call(world.another())
    await eventually('the refresh to be asked for', tokenCalls)

    await world.authorize({ organization })
    const authorized = (await stored()).grant
    await world.lever.clearFaults()
    await late

    expect((await stored()).grant?.accessToken).to.equal(authorized?.accessToken)
    expect((await stored()).grant?.generation).to.equal(authorized?.generation)
  })

  it('stores no token pair of a superseded generation', async () => {
    const before = await getGrant(organization)
    await world.authorize({ organization })
    const authorized = (await stored()).grant
    const late = { accessToken: 'late', refreshToken: 'late', scopes: [], expiresInMs: 3_600_000, accountId: null, userId: null }

    expect(await storeRefreshedPair(connectionSecrets(world.sealer), before, late, performance.now())).to.equal(false)

    expect((await stored()).grant?.accessToken).to.equal(authorized?.accessToken)
    expect((await stored()).grant?.generation).to.equal(authorized?.generation)
  })

  it('refreshes after a 401 if the refused token is the current one, once for many calls', async () => {
    await world.lever.expireTokens()

    await Promise.all(Array.from({ length: 8 }, () => call()))

    expect(await tokenCalls()).to.equal(1)
    expect((await stored()).status).to.equal('configuring')
  })

  it('waits for another process that is refreshing, and uses its token', async () => {
    await ageAccessToken(organization, 1.1)
    await world.lever.fault({ match: { path: '/oauth/token' }, kind: 'slow', delayMs: 400 })

    const other = world.another()
    await Promise.all([call(), call(other)])

    expect(await tokenCalls()).to.equal(1)
  })

  it('takes over from a process that was killed before it called Lever', async () => {
    await ageAccessToken(organization, 1.1)
    const lapsesInMs = 300
    await ConnectionModel.updateOne(
      { organization },
      { 'grant.refreshLeaseHolder': 'killed', 'grant.refreshLeaseUntil': new Date(Date.now() + lapsesInMs) },
    )

    await call()

    expect(await tokenCalls()).to.equal(1)
    expect((await stored()).grant?.refreshLeaseHolder).to.equal(undefined)
  })

  it('is revoked, with the reason, when a process was killed between Lever’s response and the save', async () => {
    await ageAccessToken(organization, 1.1)
    await world.lever.fault({ match: { path: '/oauth/token' }, kind: 'resetAfter' })
    await rejection(call())

    await eventually('the spent token refused', async () => (await rejection(call())).message.includes('no longer accepts'))

    expect((await stored()).status).to.equal('revoked')
    expect(await rejection(call())).to.include({ code: 'connection_not_active', status: 409 })
  })

  it('ignores invalid_grant while a process with a lapsed lease may still save its pair', async () => {
    await ageAccessToken(organization, 1.1)
    const slow = world.another()
    await world.lever.fault(HELD)
    await world.lever.fault({ match: { path: '/oauth/token' }, kind: 'status', status: 403, body: { error: 'invalid_grant' } })
    const first = call(slow)
    await eventually('the first process to ask', tokenCalls)
    await ConnectionModel.updateOne({ organization }, { 'grant.refreshLeaseUntil': new Date(0) })

    const second = call()
    await eventually('the second to be refused', async () => (await world.lever.requests('/oauth/token'))[1]?.status)
    await world.lever.clearFaults()
    await Promise.all([first, second])

    const { status, grant } = await stored()
    expect(status).to.equal('configuring')
    expect(grant?.generation).to.equal(2)
  })

  it('keeps the pair of a process that returns after the connection was marked as revoked', async () => {
    await ageAccessToken(organization, 1.1)
    await ConnectionModel.updateOne({ organization }, { status: 'active' })
    await world.lever.fault(HELD)
    const late = call(world.another())
    await eventually('the first process to ask', tokenCalls)
    await ConnectionModel.updateOne({ organization }, { status: 'revoked', statusBeforeRevocation: 'active' })

    await world.lever.clearFaults()
    await late

    expect((await stored()).status).to.equal('active')
  })

  it('discards a pair that arrives after the connection was ended', async () => {
    await ageAccessToken(organization, 1.1)
    await world.lever.fault(HELD)
    const late = rejection(call(world.another()))
    await eventually('the refresh to be asked for', tokenCalls)

    const disconnected = world.connections.disconnect(organization, 'apiKey:test')
    await eventually('the connection ends', async () => (await stored()).status === 'disconnected')
    await world.lever.clearFaults()
    await disconnected

    expect(await late).to.include({ code: 'connection_not_active' })
    expect((await stored()).grant?.accessToken).to.equal(undefined)
  })

  it('notices a revocation within one call, holds all calls, and continues after a new authorization', async () => {
    await ConnectionModel.updateOne({ organization }, { status: 'active' })
    await world.lever.revokeGrants()

    expect(await rejection(call())).to.include({ code: 'connection_not_active' })

    const revoked = await world.connections.describe(organization)
    expect(revoked.status).to.equal('revoked')
    expect(revoked.auth).to.include({ kind: 'oauth' })
    expect(revoked.missing).to.include('authorization')
    expect(await AuditEventModel.countDocuments({ organization, action: 'connection.revoked' })).to.equal(1)
    const calls = (await world.lever.requests()).length
    expect(await rejection(call())).to.include({ code: 'connection_not_active' })
    await world.connections.refreshDue()
    expect((await world.lever.requests()).length).to.equal(calls)

    await world.authorize({ organization })
    expect((await world.connections.describe(organization)).status).to.equal('active')
    await call()
  })

  it('is revoked when Lever refuses a fresh token twice, even though it still refreshes', async () => {
    await world.lever.fault({ match: { path: '/users' }, kind: 'status', status: 401, times: 3 })

    expect(await rejection(call())).to.include({ httpStatus: 401 })
    expect((await stored()).status).to.equal('configuring')
    expect(await rejection(call())).to.include({ code: 'connection_not_active' })

    expect((await stored()).status).to.equal('revoked')
    expect(await tokenCalls()).to.equal(1)
  })

  it('is not revoked by single refusals an hour apart', async () => {
    for (let times = 0; times < 2; times += 1) {
      await world.lever.fault({ match: { path: '/users' }, kind: 'status', status: 401, times: 2 })
      await rejection(call())
      await ageAccessToken(organization, 0.5)
      await call()
    }

    expect((await stored()).status).to.equal('configuring')
  })

  it('uses a token that cannot be refreshed until it expires, and is then revoked', async () => {
    await ConnectionModel.updateOne({ organization }, { $unset: { 'grant.refreshToken': 1 } })
    await ageAccessToken(organization, 0.9)
    await call()
    await world.connections.refreshDue()
    expect((await stored()).status).to.equal('configuring')

    await ageAccessToken(organization, 0.2)

    expect(await rejection(call())).to.include({ code: 'connection_not_active' })
    expect((await stored()).status).to.equal('revoked')
  })

  it('repeats a call with the current token if Lever refused an earlier one', async () => {
    const credentials = buildCredentials(world, organization)
    const current = await credentials.header()

    expect(await credentials.renew('Bearer an-earlier-one')).to.equal(current)
    expect(await tokenCalls()).to.equal(0)
    await credentials.refused?.('Bearer an-earlier-one')
    expect((await stored()).grant?.refusals).to.equal(0)
  })

  it('revokes no grant other than the one that was refused', async () => {
    const before = await getGrant(organization)
    await world.authorize({ organization })

    await createRevoker({ audit: auditWith(world.sealer) })(before, 'refresh_refused')

    expect((await stored()).status).to.equal('configuring')
  })

  it('does not revoke an API key because the previous one was refused', async () => {
    const credentials = buildCredentials(world, organization)
    await world.connections.putApiKey(organization, { apiKey: await world.lever.newApiKey(), userEmail: ADMIN }, ACTOR)

    await credentials.refused?.('Basic of-the-key-before')

    expect((await stored()).status).to.equal('configuring')
  })

  it('refreshes due tokens for all organizations, and one failure does not affect the others', async () => {
    const second = await world.newOrganization()
    await world.authorize({ organization: second })
    await Promise.all([ageAccessToken(organization, 0.9), ageAccessToken(second, 0.9)])
    await ConnectionModel.updateOne({ organization }, { 'grant.refreshToken': 'v1.k1.unreadable' })

    await world.connections.refreshDue()

    expect((await ConnectionModel.findOne({ organization: second }).orFail()).grant?.generation).to.equal(2)
    expect((await stored()).status).to.equal('configuring')
  })
})

function buildCredentials({ sealer, lever }: ConnectionWorld, organization: string) {
  const log = createLog({ level: 'silent' })
  const secrets = connectionSecrets(sealer)
  const revoke = createRevoker({ audit: auditWith(sealer) })
  const oauth = createLeverOAuth({ ...lever, redirectUri: `${PUBLIC_URL}/oauth/lever/callback`, timeoutMs: 2000, log })
  return leverCredentials({ tokens: createAccessTokens({ oauth, secrets, timeoutMs: 2000, log, revoke }), secrets, revoke }, organization)
}
