import { createServer, type AddressInfo } from 'node:net'
import { expect } from 'chai'
import { freePort } from '../../../scripts/free-port.ts'
import { compose, type Service } from '../../../src/compose/compose.ts'
import { readConfig } from '../../../src/config.ts'
import { createLog } from '../../../src/log.ts'
import { eventually } from '../../support/eventually.ts'
import { apiAt, newPerson, SOURCER, startService, waitForEnd, type Api, type ExportAnswer, type ServiceForTests } from '../../support/service.ts' // prettier-ignore
import { WayToLever } from './way-to-lever.ts'

describe('export, Lever unreachable:', function () {
  this.timeout(60_000)
  let first: ServiceForTests
  let apiKey: string
  let second: Service | undefined

  before(async () => {
    first = await startService()
    apiKey = (await first.connected()).apiKey
    await first.service.stop()
  })
  afterEach(async () => {
    await second?.stop()
  })
  after(() => first.lever.stop())

  /** The same organization, from now on with Lever at this address. */
  async function leverAt(apiUrl: string, overrides: Record<string, string> = {}): Promise<Api> {
    const port = String(await freePort())
    const address = { PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, LEVER_API_URL: apiUrl }
    const config = readConfig({ ...first.env, ...address, ...overrides })
    second = compose({ ...config, mongodbUri: first.mongodbUri }, createLog({ level: 'silent' }))
    const { url } = await second.start()
    await second.whenReady
    return apiAt(url, apiKey)
  }

  const newWay = async () => new WayToLever(await freePort(), Number(new URL(first.lever.apiUrl).port))

  async function waiting(api: Api): Promise<ExportAnswer> {
    const { body } = await api.post<ExportAnswer>('exports', { candidate: newPerson(), requestedBy: SOURCER })
    return eventually('it waits for Lever', async () => {
      const seen = (await api.get<ExportAnswer>(`exports/${body.id}`)).body
      return seen.waitingFor === 'lever' ? seen : null
    }, 20_000) // prettier-ignore
  }

  it('connection refused: waits, and continues once Lever is reachable, without duplicates', async () => {
    const way = await newWay()
    const api = await leverAt(`http://127.0.0.1:${way.port}/v1`)

    const held = await waiting(api)
    await way.open()
    const done = await waitForEnd(api, held.id, 30_000)
    await way.close()

    expect([held.status, done.status]).to.deep.equal(['queued', 'exported'])
    expect(held.attempts.at(-1)).to.deep.include({ step: 'check', outcome: 'failed' })
    expect((await first.lever.allOpportunities()).filter(({ id }) => id === done.opportunityId)).to.have.length(1)
  })

  it('connection timeout for the create call: sends nothing, then continues without duplicates', async () => {
    const way = await newWay()
    await way.open()
    const api = await leverAt(`http://127.0.0.1:${way.port}/v1`, { LEVER_TIMEOUT_MS: '4000', LEASE_MS: '10000' })
    const filledUp = way.fillUpAt('GET /v1/opportunities?email=')
    await first.lever.clearRequests()

    const held = await waiting(api)
    await filledUp
    await way.open()
    const done = await waitForEnd(api, held.id, 30_000)
    await way.close()

    expect(held.attempts[0]).to.include({ step: 'send', outcome: 'nothing' })
    expect(done.status).to.equal('exported')
    const creates = (await first.lever.requests('/opportunities')).filter(({ method }) => method === 'POST')
    expect(creates.map(({ effectId }) => effectId)).to.deep.equal([done.opportunityId])
  })

  it('unknown host name: waits, and says why', async () => {
    const api = await leverAt('https://lever.invalid/v1')

    const held = await waiting(api)

    expect(JSON.stringify(held.attempts)).to.contain('host name')
  })

  it('no secure connection: waits, and says why', async () => {
    const plain = createServer((socket) => socket.end('this is not TLS'))
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    const api = await leverAt(`https://127.0.0.1:${(plain.address() as AddressInfo).port}/v1`)

    const held = await waiting(api)
    plain.close()

    expect(JSON.stringify(held.attempts)).to.contain('secure connection')
  })
})
