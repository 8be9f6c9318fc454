import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { got } from 'got'
import { Counter, Registry } from 'prom-client'
import { createLog } from '../../../src/log.ts'
import { createSealer } from '../../../src/secrets/sealer.ts'
import { createHealthApp } from '../../../src/web/app.ts'
import { createSignInFailures } from '../../../src/web/shell/sign-in-failures.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'

describe('health of a worker-only process', () => {
  const servers: Server[] = []
  let url: string
  let missing: string[]

  const start = async (publicUrl: string): Promise<string> => {
    const registry = new Registry()
    new Counter({ name: 'things_total', help: 'h', registers: [registry] }).inc(3)
    const { listener } = createHealthApp({
      log: createLog({ level: 'silent' }),
      readiness: async () => missing,
      registry,
      operatorApiKey: 'operator-key',
      publicUrl,
      authUrl: 'https://auth.lever.co',
      trustedProxies: 0,
      failures: createSignInFailures(createSealer([{ id: 'test', key: randomBytes(32) }])),
    })
    const server = createServer(listener)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  before(async () => {
    await connectEmptyDatabase()
    url = await start('http://127.0.0.1:4000')
  })
  after(async () => {
    for (const server of servers) server.close()
    await leaveDatabase()
  })
  beforeEach(() => {
    missing = []
  })

  it('reports that it is live', async () => {
    const response = await fetch(`${url}/healthz`)

    expect(response.status).to.equal(200)
    expect(await response.json()).to.deep.equal({ version: '0.1.0' })
  })

  it('reports that it is ready, or says what is missing', async () => {
    expect(await (await fetch(`${url}/readyz`)).json()).to.deep.equal({ ready: true, missing: [] })

    missing = ['database']
    const response = await fetch(`${url}/readyz`)

    expect(response.status).to.equal(503)
    expect(await response.json()).to.deep.equal({ ready: false, missing: ['database'] })
  })

  it('serves metrics to the local machine and to the operator', async () => {
    const metrics = (headers: Record<string, string>) => fetch(`${url}/metrics`, { headers })

    const own = await metrics({})
    expect(own.headers.get('content-type')).to.match(/^text\/plain; version=/)
    expect(await own.text()).to.contain('things_total 3')
    expect((await metrics({ 'x-forwarded-for': '10.0.0.1', authorization: 'Bearer wrong-key' })).status).to.equal(401)
    expect((await metrics({ authorization: 'Bearer other' })).status).to.equal(401)
    expect((await metrics({ 'x-forwarded-for': '10.0.0.1', authorization: 'Bearer operator-key' })).status).to.equal(200)
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'])
      expect((await metrics({ [name]: '127.0.0.1' })).status, name).to.equal(401)
  })

  it('counts wrong keys, so that the operator key cannot be guessed here', async () => {
    const guarded = await start('https://fulcrum.example')
    const status = async (key: string) => (await fetch(`${guarded}/metrics`, { headers: { authorization: `Bearer ${key}` } })).status

    const refused = await Promise.all(Array.from({ length: 12 }, (_, index) => status(`guess-${index}`)))

    expect(refused.filter((code) => code === 401)).to.have.length(10)
    expect(refused.filter((code) => code === 429)).to.have.length(2)
    expect(await status('operator-key')).to.equal(200)
  })

  it('requires the key even from the local machine if PUBLIC_URL is not its own http address, whatever the Host header says', async () => {
    const behindProxy = await start('https://fulcrum.example')
    const status = async (headers: Record<string, string>) =>
      (await got(`${behindProxy}/metrics`, { headers, throwHttpErrors: false })).statusCode

    for (const host of ['fulcrum.example', '127.0.0.1', 'localhost']) expect(await status({ host }), host).to.equal(401)
    expect(await status({ host: 'fulcrum.example', authorization: 'Bearer operator-key' })).to.equal(200)
  })

  it('times requests by their route pattern', async () => {
    await fetch(`${url}/readyz`)

    expect(await (await fetch(`${url}/metrics`)).text()).to.match(/duration_seconds_count\{method="GET",route="\/readyz",status="200"\}/)
  })

  it('serves nothing else', async () => {
    for (const path of ['/', '/sign-in', '/api/v1/users', '/api/openapi.json', '/assets/fulcrum.css'])
      expect((await fetch(`${url}${path}`)).status, path).to.equal(404)
    const wrong = await fetch(`${url}/healthz`, { method: 'POST' })
    expect(wrong.status).to.equal(405)
    expect(wrong.headers.get('allow')).to.equal('GET, HEAD, OPTIONS')
  })
})
