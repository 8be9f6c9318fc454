import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { startLever, type FaultOrder, type LeverForTests } from '../support/lever.ts'
import { callLever, userId, type Answer, type CallLever } from './call-lever.ts'

describe('faults of the local Lever', () => {
  let lever: LeverForTests
  let api: CallLever
  let ana: string
  let count = 0

  before(async () => {
    lever = await startLever()
    await lever.settings({ rateLimit: { enabled: false } })
    api = callLever(lever)
    ana = await userId(api, 'ana')
  })
  beforeEach(async () => {
    count += 1
    await lever.clearFaults()
  })
  after(async () => lever.stop())

  const email = (): string => `fault${count}@example.test`
  const made = async (): Promise<number> => (await lever.opportunitiesByEmail(email())).length

  async function create(order: Omit<FaultOrder, 'match'>): Promise<Answer> {
    await lever.fault({ match: { method: 'POST', path: '^/opportunities$' }, ...order })
    return api.send('POST', `/opportunities?perform_as=${ana}`, { name: 'Fault', emails: [email()] })
  }

  async function failure(promise: Promise<unknown>): Promise<Error> {
    return promise.then(
      () => expect.fail('an answer came'),
      (error: unknown) => error as Error,
    )
  }

  it('return a status without an effect, with the given body and headers', async () => {
    const answer = await create({ kind: 'status', status: 429, headers: { 'retry-after': '7' }, body: { code: 'X' } })
    expect([answer.status, answer.headers.get('retry-after'), answer.body, await made()]).to.deep.equal([429, '7', { code: 'X' }, 0])
    expect((await create({ kind: 'status' })).status).to.equal(503)
  })

  it('return a status after the effect', async () => {
    expect([(await create({ kind: 'statusAfterEffect', status: 500 })).status, await made()]).to.deep.equal([500, 1])
  })

  it('reset the connection before or after the effect', async () => {
    await failure(create({ kind: 'resetBefore' }))
    expect(await made()).to.equal(0)
    await failure(create({ kind: 'resetAfter' }))
    expect(await made()).to.equal(1)
  })

  it('hang before or after the effect, until the caller gives up or for a given time', async () => {
    await failure(create({ kind: 'hangBefore', delayMs: 50 }))
    expect(await made()).to.equal(0)
    await lever.fault({ kind: 'hangAfter', match: { path: '^/opportunities' } })
    const init = {
      method: 'POST',
      body: JSON.stringify({ emails: [email()] }),
      headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`${lever.apiKey}:`)}` },
    }
    const caller = new AbortController()
    const error = failure(fetch(`${lever.apiUrl}/opportunities?perform_as=${ana}`, { ...init, signal: caller.signal }))
    await eventually('its effect', async () => (await made()) === 1)
    caller.abort()
    expect((await error).name).to.equal('AbortError')
  })

  it('delay the effect, while the connection is reset at once or hangs', async () => {
    await failure(create({ kind: 'lateEffect', delayMs: 1500 }))
    expect(await made(), 'not yet').to.equal(0)
    await eventually('the late effect', async () => (await made()) === 1)
  })

  it('corrupt the response after the effect: truncated, empty, HTML, without an id', async () => {
    await failure(create({ kind: 'truncate' }))
    const empty = await create({ kind: 'empty' })
    expect([empty.status, empty.body]).to.deep.equal([201, ''])
    const html = await create({ kind: 'html', status: 200 })
    expect([html.status, html.headers.get('content-type')]).to.deep.equal([200, 'text/html; charset=utf-8'])
    expect((await create({ kind: 'noId' })).body).to.deep.equal({ data: {} })
    expect(await made()).to.equal(4)
  })

  it('redirect, and slow down', async () => {
    await lever.fault({ kind: 'redirect', match: { path: '^/stages$' }, headers: { location: 'https://elsewhere.example.test/' } })
    const answer = await fetch(`${lever.apiUrl}/stages`, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).to.deep.equal([307, 'https://elsewhere.example.test/'])
    const startedAt = performance.now()
    expect((await create({ kind: 'slow', delayMs: 120 })).status).to.equal(201)
    expect(performance.now() - startedAt).to.be.above(110)
  })

  it('release slow responses as soon as they are cleared', async () => {
    const answer = create({ kind: 'slow', delayMs: 600_000 })
    await eventually('it is held', async () => (await made()) === 1)

    await lever.clearFaults()

    expect((await answer).status).to.equal(201)
  })

  it('refuse late without an effect, or as soon as they are cleared', async () => {
    const startedAt = performance.now()
    expect((await create({ kind: 'status', status: 401, delayMs: 120 })).status).to.equal(401)
    expect(performance.now() - startedAt).to.be.above(110)
    await lever.clearRequests()
    const answer = create({ kind: 'status', status: 422, delayMs: 600_000 })
    await eventually('it is held', async () => (await lever.requests('/opportunities')).length === 1)

    await lever.clearFaults()

    expect([(await answer).status, await made()]).to.deep.equal([422, 0])
  })

  it('apply a given number of times, after a given number of calls, to matching calls only, and are counted', async () => {
    await lever.fault({ kind: 'status', match: { method: 'GET', path: '^/users', query: 'limit=1$' }, after: 1, times: 2 })
    expect((await api.get('/users?limit=2')).status).to.equal(200)
    const statuses: number[] = []
    for (let times = 0; times < 4; times += 1) statuses.push((await api.get('/users?limit=1')).status)
    expect(statuses).to.deep.equal([200, 503, 503, 200])
    expect((await api.get('/stages')).status).to.equal(200)
    const { data } = (await (await fetch(`${lever.url}/control/faults`)).json()) as { data: unknown[] }
    expect(data[0]).to.include({ hits: 2, skipped: 1 })
  })

  it('apply to the token endpoint too', async () => {
    await lever.fault({ kind: 'status', match: { path: '^/oauth/token' }, status: 500 })
    expect((await fetch(`${lever.authUrl}/oauth/token`, { method: 'POST' })).status).to.equal(500)
  })

  it('are recorded with every request: what was requested, answered, and created, and which fault applied', async () => {
    await lever.clearRequests()
    await create({ kind: 'statusAfterEffect', status: 500 })
    await failure(create({ kind: 'resetBefore' }))

    const [first, second] = await lever.requests('/opportunities')

    const [opportunity] = await lever.opportunitiesByEmail(email())
    expect(first).to.deep.include({
      method: 'POST',
      path: '/opportunities',
      query: { perform_as: ana },
      status: 500,
      effectId: opportunity?.id,
      fault: 'statusAfterEffect',
    })
    expect(first?.body).to.deep.equal({ name: 'Fault', emails: [email()] })
    expect(first?.credential).to.match(/^key:/)
    expect(second).to.include({ status: null, effectId: null, fault: 'resetBefore' })
  })

  it('add latency on request', async () => {
    await lever.settings({ latencyMs: 80 })
    const startedAt = performance.now()
    await api.get('/stages')
    expect(performance.now() - startedAt).to.be.above(75)
    await lever.settings({ latencyMs: 0 })
  })
})
