import { createServer, connect, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { freePort } from '../../scripts/free-port.ts'
import { compose, type Service } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { eventually } from '../support/eventually.ts'
import { apiAt, newPerson, SOURCER, startService, waitForEnd, type Api, type ExportAnswer, type ServiceForTests } from '../support/service.ts' // prettier-ignore

/** A way to the local Lever that can be closed and opened. */
class Way {
  readonly port: number
  readonly #target: number
  #server: Server | null = null
  readonly #sockets = new Set<Socket>()

  constructor(port: number, target: number) {
    this.port = port
    this.#target = target
  }

  async open(): Promise<void> {
    const server = createServer((incoming) => {
      const outgoing = connect(this.#target, '127.0.0.1')
      for (const socket of [incoming, outgoing]) {
        this.#sockets.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => this.#sockets.delete(socket))
      }
      incoming.pipe(outgoing)
      outgoing.pipe(incoming)
    })
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    this.#server = server
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}

describe('export, Lever out of reach:', function () {
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
  async function leverAt(apiUrl: string): Promise<Api> {
    const port = String(await freePort())
    const config = readConfig({ ...first.env, PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, LEVER_API_URL: apiUrl })
    second = compose({ ...config, mongodbUri: first.mongodbUri }, createLog({ level: 'silent' }))
    const { url } = await second.start()
    await second.whenReady
    return apiAt(url, apiKey)
  }

  async function waiting(api: Api): Promise<ExportAnswer> {
    const { body } = await api.post<ExportAnswer>('exports', { candidate: newPerson(), requestedBy: SOURCER })
    return eventually('it waits for Lever', async () => {
      const seen = (await api.get<ExportAnswer>(`exports/${body.id}`)).body
      return seen.waitingFor === 'lever' ? seen : null
    }, 20_000) // prettier-ignore
  }

  it('refused: it waits, and goes on once Lever is there, once', async () => {
    const way = new Way(await freePort(), Number(new URL(first.lever.apiUrl).port))
    const api = await leverAt(`http://127.0.0.1:${way.port}/v1`)

    const held = await waiting(api)
    await way.open()
    const done = await waitForEnd(api, held.id, 30_000)
    await way.close()

    expect([held.status, done.status]).to.deep.equal(['queued', 'exported'])
    expect(held.attempts.at(-1)).to.deep.include({ step: 'check', outcome: 'failed' })
    expect((await first.lever.allOpportunities()).filter(({ id }) => id === done.opportunityId)).to.have.length(1)
  })

  it('a name that is not found: it waits, saying so', async () => {
    const api = await leverAt('https://lever.invalid/v1')

    const held = await waiting(api)

    expect(JSON.stringify(held.attempts)).to.contain('host name')
  })

  it('no secure connection: it waits, saying so', async () => {
    const plain = createServer((socket) => socket.end('this is not TLS'))
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    const api = await leverAt(`https://127.0.0.1:${(plain.address() as AddressInfo).port}/v1`)

    const held = await waiting(api)
    plain.close()

    expect(JSON.stringify(held.attempts)).to.contain('secure connection')
  })
})
