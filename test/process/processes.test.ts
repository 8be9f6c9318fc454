import { expect } from 'chai'
import { MongoClient } from 'mongodb'
import { freePort } from '../../scripts/free-port.ts'
import { eventually } from '../support/eventually.ts'
import { LEVER_ADMIN, startLever, type LeverForTests } from '../support/lever.ts'
import { startServe, type ServeProcess } from '../support/serve.ts'
import { apiAt, authorize, environmentFor, newPerson, OPERATOR_KEY, SECRET_KEYS, SOURCE, SOURCER, type Api, type ExportAnswer } from '../support/service.ts' // prettier-ignore
import { visit } from '../web/pages/visitor.ts'

describe('processes on one database', function () {
  this.timeout(60_000)
  let lever: LeverForTests
  let env: Record<string, string>
  let processes: ServeProcess[] = []
  let api: Api
  let apiKey: string

  const start = async (): Promise<ServeProcess> => {
    const port = String(await freePort())
    const started = await startServe({ ...env, PORT: port })
    processes.push(started)
    return started
  }

  before(async () => {
    lever = await startLever()
    env = await environmentFor(lever, { LOG_LEVEL: 'debug', LEVER_TIMEOUT_MS: '3000' })
    await lever.allowRedirect(`${env['PUBLIC_URL']}/oauth/lever/callback`)
    const first = await startServe(env)
    processes.push(first)
    await start()
    const made = await apiAt(first.url, OPERATOR_KEY).post<{ apiKey: string }>('organizations', { name: 'Acme', sourceName: SOURCE })
    apiKey = made.body.apiKey
    api = apiAt(first.url, apiKey)
    await api.put(`users/${LEVER_ADMIN}`, { name: 'Ana', role: 'admin' })
    await api.put(`users/${SOURCER}`, { name: 'Bo', role: 'sourcer' })
    await authorize(api, lever)
    await api.put(`user-mappings/${SOURCER}`, { leverEmail: SOURCER })
    await api.post('connection/activate')
  })
  after(async () => {
    await Promise.all(processes.map((one) => one.end('SIGKILL')))
    await lever.stop()
  })

  const apis = (): Api[] => processes.map(({ url }) => apiAt(url, apiKey))
  const wished = async (at: Api, fields: Record<string, unknown> = {}): Promise<{ id: string; email: string }> => {
    const person = newPerson(fields)
    const { body } = await at.post<ExportAnswer>('exports', { candidate: person, requestedBy: SOURCER })
    return { id: body.id, email: String((person['emails'] as string[])[0]) }
  }
  const isDone = async (id: string): Promise<boolean> => {
    const seen = await apis()[0]?.get<ExportAnswer>(`exports/${id}`)
    return seen?.body.status === 'exported'
  }

  it('create one opportunity per export', async () => {
    const wishes = await Promise.all(Array.from({ length: 24 }, (_, i) => wished(apis()[i % 2] ?? api)))
    await eventually('all are exported', async () => (await Promise.all(wishes.map(({ id }) => isDone(id)))).every(Boolean), 30_000)

    const counts = await Promise.all(wishes.map(async ({ email }) => (await lever.opportunitiesByEmail(email)).length))
    expect(counts).to.deep.equal(wishes.map(() => 1))
  })

  it('offer the person who starts the first process to become the first admin, and nobody once people exist', async () => {
    const offers = (): string[] => processes.map((one) => /"setUpLink":"([^"]+)"/.exec(one.output())?.[1] ?? '')
    await eventually('a link is printed', () => offers()[0] !== '')

    expect(offers()[0]).to.match(new RegExp(`^${env['PUBLIC_URL']}/set-up/fsu_[\\w-]{43}$`))
    expect((await fetch(offers()[0] ?? '')).status).to.equal(400)
  })

  it('refuse a common password, although its list is loaded only then', async () => {
    const visitor = await visit(processes[0]?.url ?? '', api, SOURCER)

    const common = await visitor.send('/account/password', { password: 'password1234' })
    const chosen = await visitor.send('/account/password', { password: 'three words suffice' })

    expect([common.status, chosen.status]).to.deep.equal([422, 200])
  })

  it('log one JSON line per event', async () => {
    const { id } = await wished(api)
    await eventually('it is exported', () => isDone(id), 30_000)

    const whole = () => processes.flatMap((one) => one.output().split('\n').slice(0, -1))
    const lines = () => whole().map((line) => JSON.parse(line) as Record<string, unknown>)
    const ended = () => lines().filter((line) => line['msg'] === 'export.exported' && line['subject'] === `export:${id}`)
    await eventually('its end is logged', () => ended().length > 0)
    expect(ended()).to.have.length(1)
    expect(ended()[0]).to.include({ level: 'info', actor: 'worker' }).and.have.property('organization')
    expect(lines().filter(({ level, time, msg }) => typeof level !== 'string' || typeof time !== 'string' || typeof msg !== 'string')).to.deep.equal([]) // prettier-ignore
  })

  it('refresh an expired token once', async () => {
    await lever.expireTokens()
    await lever.clearRequests()

    const wishes = await Promise.all(Array.from({ length: 8 }, (_, i) => wished(apis()[i % 2] ?? api)))
    await eventually('all are exported', async () => (await Promise.all(wishes.map(({ id }) => isDone(id)))).every(Boolean), 30_000)

    expect(await lever.requests('/oauth/token')).to.have.length(1)
    expect((await api.get<{ status: string }>('connection')).body.status).to.equal('active')
  })

  it('adopt the opportunity of a process that was killed between the POST and the save', async () => {
    const [first, second] = processes
    await second?.end('SIGTERM')
    await lever.fault({ kind: 'hangAfter', match: { method: 'POST', path: '^/opportunities$' }, times: 1 })
    const { id, email } = await wished(apiAt(first?.url ?? '', apiKey))
    await eventually('it stands in Lever', async () => (await lever.opportunitiesByEmail(email)).length === 1)

    await first?.end('SIGKILL')
    processes = []
    await start()
    await eventually('it is exported', () => isDone(id), 30_000)

    const [made, ...others] = await lever.opportunitiesByEmail(email)
    const seen = await apis()[0]?.get<ExportAnswer>(`exports/${id}`)
    expect(others).to.deep.equal([])
    expect(seen?.body.opportunityId).to.equal(made?.id)
    expect(
      (await lever.requests('/opportunities')).filter(({ method, body }) => method === 'POST' && JSON.stringify(body).includes(email)),
    ).to.have.length(1)
  })

  it('store no token, key, or secret in plain text, neither in the database nor in the log', async () => {
    const webhook = await lever.addWebhook('candidateHired', 'https://elsewhere.example')
    await apis()[0]?.put('connection/webhooks/candidateHired', { signatureToken: webhook.signatureToken })
    const link = await apis()[0]?.post<{ url: string }>('sign-in-links', { userEmail: LEVER_ADMIN })
    const secrets = [
      apiKey,
      OPERATOR_KEY,
      webhook.signatureToken,
      lever.clientSecret,
      link?.body.url.split('/').at(-1) ?? '',
      'eyJhbGciOi',
      SECRET_KEYS.slice(3),
    ]

    const client = await MongoClient.connect(env['MONGODB_URI'] ?? '')
    const collections = await client.db().collections()
    const stored = JSON.stringify(await Promise.all(collections.map((collection) => collection.find().toArray())))
    await client.close()
    const logged = processes.map((one) => one.output()).join('\n')

    expect(stored.length).to.be.above(1000)
    expect(logged.length).to.be.above(1000)
    for (const secret of secrets) {
      expect(secret.length).to.be.above(8)
      expect(stored.includes(secret), `stored: ${secret.slice(0, 4)}…`).to.equal(false)
      expect(logged.includes(secret), `logged: ${secret.slice(0, 4)}…`).to.equal(false)
    }
  })

  it('exit with 0 on SIGTERM', async () => {
    const [last] = processes

    expect(await last?.end('SIGTERM')).to.equal(0)
    processes = []
  })
})
