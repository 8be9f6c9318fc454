import { expect } from 'chai'
import { z } from 'zod'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { leverPath } from '../../src/lever/lever-path.ts'
import { eventually } from '../support/eventually.ts'
import { ACTOR, ADMIN } from './build-connections.ts'
import { ageAccessToken, startConnectionWorld, type ConnectionWorld } from './connection-world.ts'
import { startTokenProcess, type TokenProcess } from './token-processes.ts'

const TOKEN = { path: '/oauth/token' }
const TEN_MINUTES_MS = 600_000
const CALLERS = 100
const INVALID_GRANT = { kind: 'status', status: 403, body: { error: 'invalid_grant' } } as const

/** Several processes, at least two, call Lever for one organization at once. The clocks of the first two are ten minutes off. */
export function describeTokenStorm(processCount: number): void {
  describe('many processes that share a connection', function () {
    this.timeout(90_000)
    const clockShiftsMs = [TEN_MINUTES_MS, -TEN_MINUTES_MS, ...Array.from({ length: processCount - 2 }, () => 0)]
    let world: ConnectionWorld
    let organization: string
    /** The last one is stopped, stalled and killed, and takes part in no storm. */
    let processes: TokenProcess[]
    let pool: TokenProcess[]
    let ill: TokenProcess

    before(async () => {
      world = await startConnectionWorld()
      processes = await Promise.all([...clockShiftsMs, 0].map((clockShiftMs) => startTokenProcess(world, clockShiftMs)))
      pool = processes.slice(0, processCount)
      ill = processes.at(-1) as TokenProcess
    })
    after(async () => {
      await Promise.all(processes.map((one) => one.end()))
      await world.stop()
    })
    beforeEach(async () => {
      await ConnectionModel.deleteMany({})
      await world.lever.clearFaults()
      organization = await world.newOrganization()
      await world.authorize({ organization })
      await world.lever.clearRequests()
    })

    /** All callers, spread over the processes of the pool: how many calls ended how. */
    const storm = async (): Promise<Record<string, number>> => {
      const callsOf = (index: number): number => Math.floor((CALLERS + index) / processCount)
      const outcomes = (await Promise.all(pool.map((one, index) => one.call(organization, callsOf(index))))).flat()
      const counts: Record<string, number> = {}
      for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
      return counts
    }
    /** The status with which Lever refuses a refresh token. */
    const refusal = (): number => (world.lever.answers.tokenErrors === 'auth0' ? 403 : 400)
    const tokenCalls = async (): Promise<(number | null)[]> => (await world.lever.requests('/oauth/token')).map(({ status }) => status)
    const connection = async () => ConnectionModel.findOne({ organization }).orFail().lean()
    /** Ends the lease as if its time were over. */
    const lapseLease = () => ConnectionModel.updateOne({ organization }, { 'grant.refreshLeaseUntil': new Date(0) })
    const assertAtRest = async (): Promise<void> => {
      const before = (await world.lever.requests()).length
      expect(await storm()).to.deep.equal({ connection_not_active: CALLERS })
      expect((await world.lever.requests()).length).to.equal(before)
    }

    it(`make one refresh for ${CALLERS} callers in ${processCount} processes when the token expires`, async () => {
      await ageAccessToken(organization, 1.1)

      expect(await storm()).to.deep.equal({ ok: CALLERS })

      const { grant, status } = await connection()
      expect(await tokenCalls()).to.deep.equal([200])
      expect([grant?.generation, status]).to.deep.equal([2, 'configuring'])
    })

    it('make one refresh when Lever refuses the token before it expires', async () => {
      await world.lever.expireTokens()

      expect(await storm()).to.deep.equal({ ok: CALLERS })

      expect(await tokenCalls()).to.deep.equal([200])
      expect((await connection()).status).to.equal('configuring')
    })

    it('use the old token, and seldom request a new one, while Lever cannot refresh', async () => {
      await ageAccessToken(organization, 0.9)
      await world.lever.fault({ match: TOKEN, kind: 'status', status: 503, times: 1000 })

      expect(await storm()).to.deep.equal({ ok: CALLERS })

      expect((await tokenCalls()).length).to.be.at.most(3 * pool.length) // each process rests after a failure, twice as long each time
      expect((await connection()).status).to.equal('configuring')
    })

    it('keep the token pair of a refresh that is answered in time but saved after its lease, and lock nobody out', async () => {
      await ageAccessToken(organization, 1.1)
      const answered = ill.next('answered')
      const outcomes = ill.next('outcomes')
      ill.order({ organization, calls: 3, stallSave: true })
      await answered
      await world.lever.fault({ match: TOKEN, ...INVALID_GRANT, times: 100 })
      await lapseLease()

      expect(Object.keys(await storm())).to.deep.equal(['connection_not_active'])
      expect((await connection()).revokedBecause).to.equal('refresh_lost')
      ill.order({ organization, calls: 0, letSave: true })
      expect(await outcomes).to.deep.equal(['ok', 'ok', 'ok'])
      expect((await connection()).status).to.equal('configuring')
      expect(await storm()).to.deep.equal({ ok: CALLERS })
      expect((await tokenCalls()).length).to.equal(2)
    })

    it('revoke the connection once, without a loop, when a process is stopped beyond its lease and its pair is lost', async () => {
      await ageAccessToken(organization, 1.1)
      await world.lever.fault({ match: TOKEN, kind: 'hangAfter' })
      const outcomes = ill.next('outcomes')
      ill.order({ organization, calls: 5 })
      await eventually('the token is spent', async () => (await world.lever.requests('/oauth/token'))[0]?.effectId)
      ill.signal('SIGSTOP')
      await lapseLease()

      await storm()
      ill.signal('SIGCONT')

      expect(new Set(await outcomes)).to.deep.equal(new Set(['connection_not_active']))
      expect(await connection()).to.include({ status: 'revoked', revokedBecause: 'refresh_lost' })
      expect(await tokenCalls()).to.deep.equal([null, refusal()])
      await assertAtRest()
    })

    it('revoke the connection when a response is lost, say why, and continue after a new authorization', async () => {
      await ageAccessToken(organization, 1.1)
      await world.lever.fault({ match: TOKEN, kind: 'resetAfter' })

      await storm()
      await eventually('the spent token is refused', async () => {
      await storm()
      return (await connection()).status === 'revoked'
    }, 15_000) // prettier-ignore

      expect((await connection()).revokedBecause).to.equal('refresh_lost')
      expect((await world.connections.describe(organization)).revokedBecause).to.equal('refresh_lost')
      expect(await tokenCalls()).to.deep.equal([null, refusal()])
      await assertAtRest()
      await world.authorize({ organization })
      expect(await storm()).to.deep.equal({ ok: CALLERS })
      expect((await world.connections.describe(organization)).revokedBecause).to.equal(null)
    })

    it('revoke the connection, with the reason, after one more attempt when a process is killed between Lever’s response and the save', async () => {
      await ageAccessToken(organization, 1.1)
      const answered = ill.next('answered')
      ill.order({ organization, calls: 1, stallSave: true })
      await answered
      await ill.end()
      await lapseLease()

      expect(Object.keys(await storm())).to.deep.equal(['connection_not_active'])

      expect(await tokenCalls()).to.deep.equal([200, refusal()])
      expect(await connection()).to.include({ status: 'revoked', revokedBecause: 'refresh_lost' })
      await assertAtRest()
    })

    it('distinguish access revoked in Lever from a lost pair', async () => {
      await world.lever.revokeGrants()

      expect(Object.keys(await storm())).to.deep.equal(['connection_not_active'])

      expect(await connection()).to.include({ status: 'revoked', revokedBecause: 'refresh_refused' })
      expect(await tokenCalls()).to.deep.equal([refusal()])
      await assertAtRest()
    })

    it('stop after a few refreshes when each fresh token is refused', async () => {
      await world.lever.fault({ match: { path: '^/users$' }, kind: 'status', status: 401, times: 10_000 })

      await storm()
      await storm()

      expect((await tokenCalls()).length).to.be.within(1, 3)
      expect(await connection()).to.include({ status: 'revoked', revokedBecause: 'token_refused' })
      expect((await world.lever.requests('/users')).length).to.be.at.most(400) // twice a caller
      await assertAtRest()
    })

    it('make at most three refreshes in a row, and assume no revocation, when Lever refuses each new token once', async () => {
      for (let times = 0; times < 6; times += 1) {
        await world.lever.fault({ match: { path: '^/users$' }, kind: 'status', status: 401 })
        expect(await pool[times % processCount]?.call(organization, 1)).to.deep.equal(['ok'])
      }

      expect(await tokenCalls()).to.deep.equal([200, 200, 200])
      expect((await connection()).status).to.equal('configuring')
    })

    it('refresh neither early, late, nor twice with clocks ten minutes off, and create working start addresses', async () => {
      await ageAccessToken(organization, 0.75)
      expect(await storm()).to.deep.equal({ ok: CALLERS })
      expect(await tokenCalls()).to.deep.equal([])

      await ageAccessToken(organization, 0.1)
      expect(await storm()).to.deep.equal({ ok: CALLERS })
      expect(await storm()).to.deep.equal({ ok: CALLERS })

      expect(await tokenCalls()).to.deep.equal([200])
      const { grant } = await connection()
      expect(Math.abs((grant?.accessTokenExpiresAt?.getTime() ?? 0) - Date.now() - 3_600_000)).to.be.below(60_000)
      for (const one of pool.slice(0, 2)) {
        const token = one.next('token')
        one.order({ organization, calls: 0, link: true })
        expect((await world.connections.openAuthorization(await token)).organization).to.equal(organization)
      }
    })

    describe('with fewer scopes granted than requested', () => {
      const FEWER = 'offline_access users:read:admin'

      beforeEach(async () => {
        await world.connections.disconnect(organization, ACTOR)
        const { token } = await world.connections.authorizeLink(organization, ADMIN, ACTOR)
        const opened = await world.connections.openAuthorization(token)
        const url = new URL(opened.leverUrl)
        url.searchParams.set('scope', FEWER)
        const { searchParams } = new URL(await world.lever.consent(url.toString()))
        const returned = {
          state: searchParams.get('state') ?? '',
          code: searchParams.get('code') ?? '',
          error: undefined,
          errorDescription: undefined,
        }
        await world.connections.finishAuthorization({ ...returned, browserToken: opened.browserToken })
        await world.lever.clearRequests()
      })

      it('name the missing scopes, also after a refresh', async () => {
        await ageAccessToken(organization, 1.1)
        expect(await storm()).to.deep.equal({ ok: CALLERS })

        const { status, auth, warnings } = await world.connections.describe(organization)
        expect(status).to.equal('configuring')
        expect(auth).to.deep.include({ kind: 'oauth', scopes: FEWER.split(' ') })
        expect(warnings).to.include('scope:opportunities:write:admin').and.not.include('scope:users:read:admin')
        expect(await tokenCalls()).to.deep.equal([200])
      })

      it('refuse only the calls that need them', async () => {
        const client = await world.connections.leverClient(organization)
        const refused = await client.get(leverPath`/stages`, { schema: z.unknown() }).catch((error: unknown) => error)

        expect(refused).to.include({ code: 'lever_rejected', httpStatus: 403 })
        expect(await storm()).to.deep.equal({ ok: CALLERS })
        expect((await connection()).status).to.equal('configuring')
        expect(await tokenCalls()).to.deep.equal([])
      })
    })
  })
}
