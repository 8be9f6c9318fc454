import { writeFile } from 'node:fs/promises'
import { expect } from 'chai'
import { MongoClient } from 'mongodb'
import { freePort } from '../../scripts/free-port.ts'
import { startMongod, type RunningMongod } from '../../scripts/mongod.ts'
import { mongodFiles } from '../../scripts/mongod/mongod-process.ts'
import { eventually } from '../support/eventually.ts'
import { LEVER_ADMIN, startLever, type LeverForTests } from '../support/lever.ts'
import { startServe, type ServeProcess } from '../support/serve.ts'
import { apiAt, authorize, environmentFor, OPERATOR_KEY, SOURCE, type Api } from '../support/service.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { signedWebhook, webhookPoster, type SentWebhook } from '../support/webhook-sender.ts'

const SIGNATURE_TOKEN = 'f'.repeat(48)
const EVENT = 'candidateStageChange'
const SENDERS = 6
const BETWEEN_MS = 5

/** Kills the process that accepts webhooks, and then the database, `kills` times; then sends `burst` webhooks at once. */
export function describeWebhooksUnderKills({ kills, burst }: { kills: number; burst: number }): void {
  describe('accepted webhooks', function () {
    this.timeout(60_000 + kills * 60_000)
    const folder = temporaryFolder()
    let lever: LeverForTests
    let mongod: RunningMongod
    let env: Record<string, string>
    let serve: ServeProcess
    let database: MongoClient
    let url: string
    let opportunityId: string
    const accepted = new Set<string>()
    let poster = webhookPoster(500)

    const startDatabase = async () => startMongod({ dataDir: folder, say: () => undefined })

    before(async () => {
      const port = await freePort() // must be free after each kill
      await writeFile(mongodFiles(folder).noteFile, JSON.stringify({ port, binary: '', version: '' }))
      mongod = await startDatabase()
      const uri = new URL(mongod.uri)
      uri.pathname = '/kills'
      lever = await startLever()
      await lever.settings({ rateLimit: { enabled: false } })
      env = await environmentFor(lever, {
        MONGODB_URI: uri.toString(),
        LEVER_REQUESTS_PER_SECOND: '500',
        LEVER_burst: '500',
        LEVER_TIMEOUT_MS: '2000',
      })
      await lever.allowRedirect(`${env['PUBLIC_URL']}/oauth/lever/callback`)
      serve = await startServe(env)
      database = await MongoClient.connect(uri.toString())
      url = await endpointOf(await connectedApi())
      opportunityId = (await lever.addOpportunity({ name: 'Ann', emails: ['ann@mail.example'] })).id
    })
    after(async () => {
      poster.stop()
      await serve?.end('SIGKILL')
      await database?.close()
      await mongod?.stop()
      await lever?.stop()
    })

    async function connectedApi(): Promise<Api> {
      const made = await apiAt(serve.url, OPERATOR_KEY).post<{ apiKey: string }>('organizations', { name: 'Acme', sourceName: SOURCE })
      const api = apiAt(serve.url, made.body.apiKey)
      await api.put(`users/${LEVER_ADMIN}`, { name: 'Ana', role: 'admin' })
      await authorize(api, lever)
      return api
    }

    async function endpointOf(api: Api): Promise<string> {
      const { body } = await api.put<{ webhookUrl: string }>('connection/webhooks/any', { signatureToken: SIGNATURE_TOKEN })
      return body.webhookUrl
    }

    const deliveries = () => database.db().collection('deliveries')
    const next = () => signedWebhook(EVENT, { opportunityId }, SIGNATURE_TOKEN)

    async function send(body: SentWebhook): Promise<number | null> {
      const status = await poster.post(url, body)
      if (status === 200) accepted.add(body.token)
      return status
    }

    /** Sends webhooks while `act` runs, each until it is accepted, as Lever does. Resolves to the statuses received. */
    async function underLoad(act: () => Promise<void>): Promise<Set<number | null>> {
      let isOver = false
      const statuses = new Set<number | null>()
      const senders = Array.from({ length: SENDERS }, async () => {
        for (let body = next(); !isOver;) {
          const status = await send(body)
          statuses.add(status)
          if (status === 200) body = next()
          await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
        }
      })
      try {
        await act()
      } finally {
        isOver = true
        await Promise.all(senders)
      }
      return statuses
    }

    async function taken(count: number): Promise<void> {
      const wanted = accepted.size + count
      await eventually(`${count} more are accepted`, () => accepted.size >= wanted, 60_000)
    }

    async function missing(): Promise<string[]> {
      const stored = new Set(await deliveries().distinct('token'))
      return [...accepted].filter((token) => !stored.has(token))
    }

    it('are stored, each once, even if the process that accepts them is killed', async () => {
      const statuses = await underLoad(async () => {
        for (let kill = 0; kill < kills; kill += 1) {
          await taken(60)
          await serve.end('SIGKILL')
          serve = await startServe(env)
        }
        await taken(60)
      })

      expect(await missing()).to.deep.equal([])
      expect(await deliveries().countDocuments()).to.be.at.least(accepted.size)
      expect([...statuses].filter((status) => status !== 200 && status !== 503 && status !== null)).to.deep.equal([])
    })

    it('are stored even if the database steps down and is killed', async () => {
      const statuses = await underLoad(async () => {
        await taken(60)
        await database.db('admin').command({ replSetStepDown: 1, secondaryCatchUpPeriodSecs: 0, force: true })
        for (let kill = 0; kill < kills; kill += 1) {
          await taken(60)
          process.kill(mongod.pid, 'SIGKILL')
          await mongod.stop()
          mongod = await startDatabase()
        }
        await taken(60)
      })

      expect(await missing()).to.deep.equal([])
      expect([...statuses].filter((status) => status !== 200 && status !== 503 && status !== null)).to.deep.equal([])
    })

    it('of a burst are answered with 200 and stored, or answered with 503', async () => {
      const bodies = Array.from({ length: burst }, next)
      poster.stop()
      poster = webhookPoster(500) // a connection that the service closes just as it is reused would yield no answer

      const statuses = await Promise.all(bodies.map(send))

      expect([...new Set(statuses)].filter((status) => status !== 200 && status !== 503)).to.deep.equal([])
      expect(accepted.size).to.be.greaterThan(0)
      expect(await missing()).to.deep.equal([])
    })

    it('are all processed in the end', async () => {
      const left = () => deliveries().countDocuments({ status: 'received' })
      await eventually('none waits', async () => (await left()) === 0, 30_000 + kills * 10_000)

      expect(await deliveries().distinct('status')).to.deep.equal(['processed'])
    })
  })
}
