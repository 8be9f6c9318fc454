import { expect } from 'chai'
import { ServiceError } from '../../../src/errors.ts'
import type { Intake } from '../../../src/web/shell/intake.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'
import { startWeb, type RunningWeb } from '../../support/web.ts'

const intake: Intake = {
  route: '/webhooks/things/:key',
  async take(key) {
    if (key === 'fails') throw new Error('secret inner words')
    if (key === 'refused')
      throw new ServiceError('payload_too_large', 'Too large.', { hint: 'Send less.', headers: { Connection: 'close' } })
    return { taken: key }
  },
}

describe('intake', () => {
  let web: RunningWeb

  before(async () => {
    await connectEmptyDatabase()
    web = await startWeb({ intakes: () => [intake] })
  })
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })

  const ask = (key: string, method = 'POST') => fetch(`${web.url}/webhooks/things/${key}`, { method })
  const linesOf = (response: Response) =>
    web.logged
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ requestId }) => requestId === response.headers.get('x-request-id'))

  it('answers with what it was given, with the protection of every response', async () => {
    const response = await ask('abc')

    expect([response.status, await response.json()]).to.deep.equal([200, { taken: 'abc' }])
    const headers = Object.fromEntries(response.headers)
    expect(headers).to.include({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' })
    expect(headers['content-type']).to.match(/^application\/json/)
    expect(headers['content-security-policy']).to.contain("default-src 'self'")
    expect(headers['x-request-id']).to.match(/^[0-9a-f-]{36}$/)
  })

  it('is one line in the log and one metric, by route and never by address', async () => {
    const [line, ...more] = linesOf(await ask('a-secret-key'))

    expect(line).to.include({ msg: 'request', method: 'POST', route: '/webhooks/things/:key', status: 200 })
    expect(more).to.have.length(0)
    expect(web.logged.join('')).not.to.contain('a-secret-key')
    const metrics = await (await fetch(`${web.url}/metrics`)).text()
    expect(metrics).to.contain('duration_seconds_count{method="POST",route="/webhooks/things/:key",status="200"}')
  })

  it('refuses with a problem, its hint, and its headers', async () => {
    const response = await ask('refused')

    expect([response.status, response.headers.get('content-type')]).to.deep.equal([413, 'application/problem+json'])
    expect(await response.json()).to.include({ status: 413, code: 'payload_too_large', detail: 'Too large.', hint: 'Send less.' })
    expect(response.headers.get('connection')).to.equal('close')
  })

  it('hides the details of unexpected errors except the number, and logs them', async () => {
    const response = await ask('fails')

    const id = response.headers.get('x-request-id')
    expect(await response.json()).to.deep.include({ status: 500, code: 'internal_error', requestId: id })
    expect(JSON.stringify(linesOf(response).find(({ msg }) => msg === 'request failed'))).to.contain('secret inner words')
  })

  it('accepts only POST, and says so', async () => {
    const answers = await Promise.all(['GET', 'PUT', 'HEAD', 'OPTIONS'].map((method) => ask('abc', method)))

    expect(answers.map(({ status }) => status)).to.deep.equal([405, 405, 405, 204])
    for (const { headers } of answers) expect(headers.get('allow')).to.equal('POST, OPTIONS')
  })

  it('passes other addresses on to the site', async () => {
    const statuses = await Promise.all(['', 'a/b', 'abc/', 'abc?x=1'].map(async (key) => (await ask(key)).status))

    expect(statuses).to.deep.equal([404, 404, 200, 200])
  })
})
