import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { got } from 'got'
import { CookieJar } from 'tough-cookie'
import { freePort } from '../../scripts/free-port.ts'
import { eventually } from '../support/eventually.ts'
import { freshMongoUri } from '../support/mongo.ts'
import { startServe, type ServeProcess } from '../support/serve.ts'
import { apiAt, OPERATOR_KEY, SECRET_KEYS, SOURCE, waitForEnd, type ExportAnswer } from '../support/service.ts'

interface Seen {
  method: string
  path: string
  query: URLSearchParams
  body: string
  authorization: string
}

/** All scopes that exports need; a write scope includes the read scope of the same name. */
const GRANTED =
  'offline_access opportunities:write:admin notes:write:admin users:read:admin postings:read:admin stages:read:admin archive_reasons:read:admin requisitions:read:admin sources:read:admin contact:read:admin webhooks:write:admin'

/**
 * A Lever that does only what its documentation promises: opaque tokens without claims, no `expand`, no `hasNext` with a single
 * page, status 200 where 201 was recorded, and unknown additional members.
 */
class PlainLever {
  readonly seen: Seen[] = []
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response))
  url = ''

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url)
    let body = ''
    for await (const chunk of request) body += String(chunk)
    this.seen.push({
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      body,
      authorization: request.headers.authorization ?? '',
    })
    if (url.pathname === '/authorize') {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      back.searchParams.set('code', 'a-code')
      back.searchParams.set('state', url.searchParams.get('state') ?? '')
      response.writeHead(302, { location: back.toString() }).end()
      return
    }
    const found = this.#data(request.method ?? '', url, body)
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(found ?? { code: 'ResourceNotFound', message: `${url.pathname} does not exist` }))
  }

  #data(method: string, { pathname, searchParams }: URL, body: string): unknown {
    if (pathname === '/oauth/token') {
      return {
        access_token: 'opaque-access',
        refresh_token: 'opaque-refresh',
        expires_in: 3600,
        token_type: 'Bearer',
        scope: GRANTED,
      }
    }
    const user = { id: 'user-bo', name: 'Bo', email: 'Bo@Acme.Example', accessRole: 'team member', unheardOf: { a: 1 } }
    const posting = { id: 'posting-1', text: 'Backend Engineer', state: 'published', categories: {} }
    switch (`${method} ${pathname}`) {
      case 'GET /v1/users':
        return { data: !searchParams.get('email') || searchParams.get('email')?.toLowerCase() === 'bo@acme.example' ? [user] : [] }
      case 'GET /v1/stages':
        return { data: [{ id: 'lead-new', text: 'New lead' }], hasNext: false }
      case 'GET /v1/archive_reasons':
        return { data: [] }
      case 'GET /v1/postings':
        return { data: [posting], hasNext: false }
      case 'GET /v1/postings/posting-1':
        return { data: posting }
      case 'GET /v1/opportunities':
        return { data: [] }
      case 'POST /v1/opportunities':
        return {
          data: {
            data: {
              id: `opp-${this.seen.length}`,
              contact: 'contact-1',
              ...(JSON.parse(body) as object),
              applications: [],
              urls: { show: 'https://hire.lever.co/x' },
            },
          },
        }
      default:
        return null
    }
  }
}

describe('any Lever that follows its documentation', function () {
  this.timeout(60_000)
  const lever = new PlainLever()
  let serve: ServeProcess

  before(async () => {
    await lever.start()
    const port = String(await freePort())
    serve = await startServe({
      PORT: port,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      MONGODB_URI: freshMongoUri(),
      SECRET_KEYS,
      OPERATOR_API_KEY: OPERATOR_KEY,
      LEVER_API_URL: `${lever.url}/v1`,
      LEVER_AUTH_URL: lever.url,
      LEVER_AUDIENCE: `${lever.url}/v1/`,
      LEVER_CLIENT_ID: 'app',
      LEVER_CLIENT_SECRET: 'app-secret',
    })
  })
  after(async () => {
    await serve.end()
    await lever.stop()
  })

  it('accepts a candidate, as a general opportunity and on a posting, from scratch', async () => {
    const made = await apiAt(serve.url, OPERATOR_KEY).post<{ apiKey: string }>('organizations', { name: 'Acme', sourceName: SOURCE })
    const api = apiAt(serve.url, made.body.apiKey)
    await api.put('users/ana@acme.example', { name: 'Ana', role: 'admin' })
    await api.put('users/bo@acme.example', { name: 'Bo', role: 'sourcer' })
    const { body: link } = await api.post<{ authorizeUrl: string }>('connection/authorize', { userEmail: 'ana@acme.example' })
    const landed = await pressContinue(link.authorizeUrl)
    const mapped = await api.put('user-mappings/bo@acme.example', { leverEmail: ' bo@acme.example ' })
    const activated = await api.post<{ status: string }>('connection/activate')

    const person = { name: 'Ada Example', emails: ['ada@mail.example'], headline: 'Engineer' }
    const wish = { candidate: { ...person, externalId: 'ada' }, requestedBy: 'bo@acme.example' }
    const preview = await api.post<{ request: { path: string; query: unknown; body: unknown } }>('exports/preview', wish)

    const general = await waitForEnd(api, (await api.post<ExportAnswer>('exports', wish)).body.id)
    const asked = await api.post<ExportAnswer>('exports', { ...wish, postingId: 'posting-1', onDuplicate: 'create' })
    const onPosting = await waitForEnd(api, asked.body.id)

    expect(new URL(landed.url).pathname).to.equal('/settings/ats/webhooks')
    expect([mapped.status, activated.body.status, general.status, onPosting.status]).to.deep.equal([200, 'active', 'exported', 'exported'])
    const [first, second] = lever.seen.filter(({ method, path }) => method === 'POST' && path === '/v1/opportunities')
    expect(JSON.parse(first?.body ?? '')).to.deep.equal({
      ...person,
      stage: 'lead-new',
      sources: [SOURCE],
      origin: 'sourced',
      owner: 'user-bo',
    })
    expect(preview.body.request).to.deep.include({
      path: first?.path,
      query: Object.fromEntries(first?.query ?? []),
      body: JSON.parse(first?.body ?? ''),
    })
    expect(JSON.parse(second?.body ?? '')).to.deep.include({ postings: ['posting-1'] })
    expect(first?.authorization).to.equal('Bearer opaque-access')
  })

  it('is synced even if its plan has no requisitions, and the sync says what it could not read', async () => {
    const made = await apiAt(serve.url, OPERATOR_KEY).post<{ apiKey: string }>('organizations', { name: 'Other', sourceName: SOURCE })
    const api = apiAt(serve.url, made.body.apiKey)
    await api.put('users/ana@acme.example', { name: 'Ana', role: 'admin' })
    const { body } = await api.post<{ authorizeUrl: string }>('connection/authorize', { userEmail: 'ana@acme.example' })
    await pressContinue(body.authorizeUrl)

    const connection = await eventually('the sync ends', async () => {
      const seen = (await api.get<{ sync: { finishedAt: string | null; resources: Record<string, number> } }>('connection')).body
      return seen.sync.finishedAt ? seen : null
    }, 20_000) // prettier-ignore

    expect(connection.sync.resources).to.include({ users: 1, stages: 1, postings: 1 })
  })
})

/** Opens the page that shows whose link it is, presses its button, and goes through Lever. */
async function pressContinue(authorizeUrl: string) {
  const browser = got.extend({ cookieJar: new CookieJar(), throwHttpErrors: false, methodRewriting: true })
  const asked = await browser(authorizeUrl)
  const [, token = ''] = /name="continue" value="([^"]+)"/.exec(asked.body) ?? []
  return browser.post(authorizeUrl, { form: { continue: token } })
}
