import { request as httpRequest } from 'node:http'
import { expect } from 'chai'
import { z } from 'zod'
import { ServiceError } from '../../../src/errors.ts'
import { defineEndpoint } from '../../../src/web/api/endpoint.ts'
import { IdParams } from '../../../src/web/api/request-fields.ts'
import { pageQuery } from '../../../src/web/api/paging.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'
import { startWeb, type RunningWeb, type SignedIn } from '../../support/web.ts'

const Thing = z.strictObject({
  name: z.string().min(1),
  tags: z.array(z.string()).optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
})
const answers = { 200: { description: 'ok' } }
const endpoints = () => [
  defineEndpoint({ method: 'post', path: '/things', tag: 'T', summary: 's', access: 'sourcer', body: Thing, answers, handle: async ({ body }) => ({ status: 200, body }) }),
  defineEndpoint({ method: 'get', path: '/things', tag: 'T', summary: 's', access: 'sourcer', query: pageQuery, answers, handle: async ({ query, caller }) => ({ status: 200, body: { ...query, kind: caller.kind } }) }),
  defineEndpoint({ method: 'get', path: '/things/{id}', tag: 'T', summary: 's', access: 'sourcer', params: IdParams, answers, handle: async ({ params }) => ({ status: 200, body: params }) }),
  defineEndpoint({ method: 'delete', path: '/things/{id}', tag: 'T', summary: 's', access: 'admin', params: IdParams, answers, handle: async () => ({ status: 204 }) }),
  defineEndpoint({ method: 'post', path: '/go', tag: 'T', summary: 's', access: 'sourcer', answers, handle: async () => ({ status: 202 }) }),
  defineEndpoint({ method: 'post', path: '/maybe', tag: 'T', summary: 's', access: 'sourcer', body: z.strictObject({ resources: z.array(z.string()).optional() }), answers, handle: async ({ body }) => ({ status: 200, body }) }),
  defineEndpoint({ method: 'post', path: '/fail', tag: 'T', summary: 's', access: 'sourcer', answers, handle: () => Promise.reject(new Error('secret inner words')) }),
  defineEndpoint({ method: 'post', path: '/refuse', tag: 'T', summary: 's', access: 'sourcer', answers, handle: () => Promise.reject(new ServiceError('not_ready', 'Not yet.', { hint: 'Wait.', extra: { missing: ['a'], status: 1 } })) }),
  defineEndpoint({ method: 'post', path: '/upload', tag: 'T', summary: 's', access: 'sourcer', upload: { contentTypes: ['text/csv'], limitBytes: 100 }, answers, handle: async () => ({ status: 200, body: 'a,b\n', contentType: 'text/csv' }) }),
  defineEndpoint({ method: 'post', path: '/operate', tag: 'T', summary: 's', access: 'operator', answers, handle: async ({ caller }) => ({ status: 200, body: caller }) }),
] // prettier-ignore

const problemOf = async (response: Response) => {
  expect(response.headers.get('content-type')).to.equal('application/problem+json')
  return (await response.json()) as { status: number; code: string; errors?: { path: string; message: string }[]; [key: string]: unknown }
}

describe('API router', () => {
  let web: RunningWeb
  let admin: SignedIn
  let sourcer: SignedIn

  before(async () => {
    await connectEmptyDatabase()
    web = await startWeb({ endpoints })
    admin = await web.signIn('admin@acme.example', 'admin')
    sourcer = await web.signIn('sourcer@acme.example', 'sourcer')
  })
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })

  describe('access', () => {
    it('refuses a request without credentials, and says how to send them', async () => {
      const response = await web.call('GET', '/api/v1/things', { headers: { cookie: '' } })

      expect((await problemOf(response)).code).to.equal('unauthenticated')
      expect(response.headers.get('www-authenticate')).to.match(/^Bearer/)
    })

    for (const authorization of ['Bearer nonsense', 'Bearer flc_nonsense', 'Basic YTpi', 'Bearer', `bearer  `]) {
      it(`refuses "${authorization}"`, async () => {
        const response = await web.call('GET', '/api/v1/things', { headers: { authorization } })

        expect((await problemOf(response)).status).to.equal(401)
      })
    }

    it('identifies a person by the cookie, within their role', async () => {
      const read = await web.call('GET', '/api/v1/things', { headers: { cookie: sourcer.cookie } })
      const remove = await web.call('DELETE', `/api/v1/things/${'a'.repeat(24)}`, {
        headers: { cookie: sourcer.cookie, 'x-csrf-token': sourcer.csrfToken },
      })

      expect(((await read.json()) as { kind: string }).kind).to.equal('person')
      expect((await problemOf(remove)).code).to.equal('forbidden')
    })

    it('accepts a write with a cookie only with the CSRF token of that session', async () => {
      const withToken = (token: string) =>
        web.call('POST', '/api/v1/go', { headers: { cookie: admin.cookie, ...(token === '' ? {} : { 'x-csrf-token': token }) } })

      expect((await withToken(admin.csrfToken)).status).to.equal(202)
      expect((await problemOf(await withToken(''))).code).to.equal('csrf_token_missing')
      expect((await problemOf(await withToken(sourcer.csrfToken))).code).to.equal('csrf_token_missing')
    })

    for (const from of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      it(`refuses a write with a cookie from ${Object.values(from).join()}`, async () => {
        const response = await web.call('POST', '/api/v1/go', {
          headers: { cookie: admin.cookie, 'x-csrf-token': admin.csrfToken, ...from },
        })

        expect((await problemOf(response)).code).to.equal('forbidden')
      })
    }

    it('accepts a write from a page of its own origin', async () => {
      const headers = { cookie: admin.cookie, 'x-csrf-token': admin.csrfToken, origin: web.url, 'sec-fetch-site': 'same-origin' }

      expect((await web.call('POST', '/api/v1/go', { headers })).status).to.equal(202)
    })

    it('keeps the operator key and the keys of organizations apart', async () => {
      const asOperator = { authorization: `Bearer ${web.operatorApiKey}` }

      expect((await web.call('POST', '/api/v1/operate', { headers: asOperator })).status).to.equal(200)
      expect((await problemOf(await web.call('POST', '/api/v1/go', { headers: asOperator }))).code).to.equal('forbidden')
      expect((await problemOf(await web.call('POST', '/api/v1/operate'))).code).to.equal('forbidden')
    })

    it('has no operator API without an operator key', async () => {
      const bare = await startWeb({ endpoints, operatorApiKey: null })

      const response = await bare.call('POST', '/api/v1/operate', { headers: { authorization: 'Bearer undefined' } })

      expect((await problemOf(response)).code).to.equal('not_found')
      await bare.stop()
    })

    it('ends a session as soon as the person is deactivated, and applies a changed role', async () => {
      const { cookie } = await web.signIn('leaver@acme.example', 'admin')
      const read = () => web.call('GET', '/api/v1/things', { headers: { cookie } })
      expect((await read()).status).to.equal(200)

      await web.accounts.putPerson(web.organization, 'leaver@acme.example', { name: 'L', role: 'admin', active: false }, 'operator')
      expect((await read()).status).to.equal(401)

      await web.accounts.putPerson(web.organization, 'leaver@acme.example', { name: 'L', role: 'admin', active: true }, 'operator')
      expect((await read()).status).to.equal(401)
    })
  })

  it('answers 429 from the eleventh wrong key per minute and address, across processes, and still accepts right keys', async () => {
    const sites = [await startWeb({ endpoints, trustedProxies: 1 }), await startWeb({ endpoints, trustedProxies: 1 })]
    const statusOf = async (index: number, key: string, address: string) => {
      const headers = { authorization: `Bearer ${key}`, 'x-forwarded-for': address }
      return (await sites[index % sites.length]?.call('GET', '/api/v1/things', { headers }))?.status
    }

    const wrong = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        statusOf(index, index % 3 ? `flc_${index}` : `operator-${index}`, `2001:db8:1:1::${index}`),
      ),
    )

    expect(wrong.filter((status) => status === 401)).to.have.length(10)
    expect(wrong.filter((status) => status === 429)).to.have.length(90)
    expect(await statusOf(0, sites[0]?.apiKey ?? '', '2001:db8:1:1::7')).to.equal(200)
    expect(await statusOf(0, 'flc_another', '2001:db8:1:2::7')).to.equal(401)
    await Promise.all(sites.map((site) => site.stop()))
  })

  describe('paths, methods, and headers', () => {
    it('answers 404 for an unknown path and for a malformed id', async () => {
      expect((await problemOf(await web.call('GET', '/api/v1/nothing'))).code).to.equal('not_found')
      expect((await problemOf(await web.call('GET', '/api/nothing'))).code).to.equal('not_found')
      const inCapitals = await web.call('GET', '/API/V1/nothing', { headers: { accept: 'text/html' } })
      expect((await problemOf(inCapitals)).code).to.equal('not_found')
      expect((await problemOf(await web.call('GET', '/api/v1/things/xyz'))).code).to.equal('not_found')
      expect((await problemOf(await web.call('GET', '/api/v1/things/%E0%A4%A'))).code).to.equal('not_found')
    })

    it('answers 405 with the allowed methods', async () => {
      const response = await web.call('PATCH', '/api/v1/things')

      expect((await problemOf(response)).code).to.equal('method_not_allowed')
      expect(response.headers.get('allow')).to.equal('GET, HEAD, POST, OPTIONS')
    })

    it('answers OPTIONS with the allowed methods, and HEAD without a body', async () => {
      const options = await web.call('OPTIONS', '/api/v1/things')
      const head = await web.call('HEAD', '/api/v1/things')

      expect(options.status).to.equal(204)
      expect(options.headers.get('allow')).to.equal('GET, HEAD, POST, OPTIONS')
      expect(head.status).to.equal(200)
      expect(await head.text()).to.equal('')
    })

    it('answers 406 if it cannot produce an acceptable type', async () => {
      const response = await web.call('GET', '/api/v1/things', { headers: { authorization: `Bearer ${web.apiKey}`, accept: 'image/png' } })

      expect((await problemOf(response)).code).to.equal('not_acceptable')
    })

    it('sends a request id of its own with every response', async () => {
      const headers = { authorization: `Bearer ${web.apiKey}`, 'x-request-id': 'mine' }

      const ids = await Promise.all(
        ['/api/v1/things', '/api/v1/nothing', '/sign-in', '/assets/fulcrum.css'].map(async (path) =>
          (await web.call('GET', path, { headers })).headers.get('x-request-id'),
        ),
      )

      for (const id of ids) expect(id).to.match(/^[0-9a-f-]{36}$/)
      expect(new Set(ids).size).to.equal(ids.length)
    })

    it('hides the details of unexpected errors except the request id', async () => {
      const response = await web.call('POST', '/api/v1/fail')
      const problem = await problemOf(response)

      expect(problem).to.have.all.keys('type', 'title', 'status', 'detail', 'code', 'requestId')
      expect(problem.code).to.equal('internal_error')
      expect(problem['requestId']).to.equal(response.headers.get('x-request-id'))
      expect(JSON.stringify(problem)).not.to.contain('secret inner words')
    })

    it('logs what went wrong, and where', async () => {
      const response = await web.call('POST', '/api/v1/fail')

      const id = response.headers.get('x-request-id') ?? ''
      const line = web.logged.find((one) => one.includes(id) && one.includes('request failed')) ?? ''
      expect(line).to.contain('secret inner words').and.contain('stack')
    })

    it('passes on the hint and extra members of a refusal, which cannot override standard members', async () => {
      const problem = await problemOf(await web.call('POST', '/api/v1/refuse'))

      expect(problem).to.include({ status: 409, code: 'not_ready', title: 'Conflict', detail: 'Not yet.', hint: 'Wait.' })
      expect(problem['missing']).to.deep.equal(['a'])
    })
  })

  describe('input', () => {
    const post = (body: string | Uint8Array<ArrayBuffer>, contentType = 'application/json') =>
      web.call('POST', '/api/v1/things', { body, headers: { authorization: `Bearer ${web.apiKey}`, 'content-type': contentType } })

    it('names every wrong and every unknown field', async () => {
      const problem = await problemOf(await post(JSON.stringify({ tags: ['a', 1], colour: 'red', size: 2 })))

      expect(problem.code).to.equal('invalid_request')
      expect(problem.errors?.map(({ path }) => path)).to.have.members(['name', 'tags[1]', 'colour', 'size'])
      expect(problem.errors?.find(({ path }) => path === 'name')?.message).to.equal('is required')
    })

    for (const query of [
      'limit=0',
      'limit=101',
      'limit=abc',
      'limit=1&limit=2',
      'limit=1.5',
      'colour=red',
      'cursor=a&cursor=b',
      '__proto__=1',
    ]) {
      it(`refuses ?${query}`, async () => {
        const problem = await problemOf(await web.call('GET', `/api/v1/things?${query}`))

        expect(problem.code).to.equal('invalid_request')
        expect(problem.errors?.[0]?.path).to.equal(`query.${query.split('=')[0]}`)
      })
    }

    it('refuses a query where the operation takes none', async () => {
      expect((await problemOf(await web.call('POST', '/api/v1/go?a=1'))).code).to.equal('invalid_request')
    })

    it('refuses members where the operation takes none, and accepts an empty object', async () => {
      expect((await problemOf(await web.call('POST', '/api/v1/go', { json: { a: 1 } }))).code).to.equal('invalid_request')
      expect((await web.call('POST', '/api/v1/go', { json: {} })).status).to.equal(202)
    })

    it('accepts a missing body if all members are optional', async () => {
      expect((await web.call('POST', '/api/v1/maybe')).status).to.equal(200)
      expect((await problemOf(await web.call('POST', '/api/v1/things'))).code).to.equal('malformed_json')
    })

    it('treats an empty chunked body as a missing body', async () => {
      expect(await statusOfChunked(web, '', '/api/v1/go', {})).to.equal(202)
      expect(await statusOfChunked(web, '{"a":1}', '/api/v1/go', {})).to.equal(415)
    })

    for (const [what, body] of Object.entries({
      'text that is no JSON': '{"name":',
      'two documents': '{"name":"a"}{"name":"b"}',
      'invalid UTF-8': new Uint8Array([0x7b, 0x22, 0x6e, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]),
      'deep nesting': `{"name":"a","extra":{"a":${'['.repeat(100)}${']'.repeat(100)}}}`,
      'very deep nesting': '['.repeat(1_000_000),
      'an object of thousands of members': `{${Array.from({ length: 5000 }, (_, at) => `"k${at}":1`).join()}}`,
      'white space': '  ',
    })) {
      it(`refuses ${what} as malformed`, async () => {
        expect((await problemOf(await post(body))).code).to.equal('malformed_json')
      })
    }

    it('accepts a byte order mark, a charset, and a +json type', async () => {
      expect((await post('\uFEFF{"name":"ä"}', 'application/json; charset=UTF-8')).status).to.equal(200)
      expect((await post('{"name":"ä"}', 'application/vnd.x+json')).status).to.equal(200)
    })

    for (const contentType of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-16',
      'multipart/form-data; boundary=x',
    ]) {
      it(`refuses ${contentType}`, async () => {
        expect((await problemOf(await post('{"name":"a"}', contentType))).code).to.equal('unsupported_media_type')
      })
    }

    it('refuses a compressed body', async () => {
      const headers = { authorization: `Bearer ${web.apiKey}`, 'content-type': 'application/json', 'content-encoding': 'gzip' }

      expect((await problemOf(await web.call('POST', '/api/v1/things', { body: 'x', headers }))).code).to.equal('unsupported_media_type')
    })

    it('refuses more than 1 MB, whether declared or not', async () => {
      const large = JSON.stringify({ name: 'a'.repeat(1_100_000) })
      expect((await problemOf(await post(large))).code).to.equal('payload_too_large')
      expect(await statusOfChunked(web, large)).to.equal(413)
      expect((await post(JSON.stringify({ name: 'a'.repeat(1_000_000) }))).status).to.equal(200)
    })

    it('handles __proto__ and repeated members safely', async () => {
      const proto = await problemOf(await post('{"name":"a","__proto__":{"polluted":true}}'))
      const nested = await post('{"name":"a","extra":{"__proto__":{"polluted":true}}}')
      const repeated = await post('{"name":"a","name":"b"}')

      expect(proto.code).to.equal('invalid_request')
      expect(nested.status).to.be.oneOf([200, 422])
      expect(({} as { polluted?: boolean }).polluted).to.equal(undefined)
      expect(await repeated.json()).to.deep.equal({ name: 'b' })
    })

    it('checks the content type of an upload, and responds with its own', async () => {
      const upload = (type: string) =>
        web.call('POST', '/api/v1/upload', { body: 'a,b', headers: { authorization: `Bearer ${web.apiKey}`, 'content-type': type } })

      const accepted = await upload('text/csv; charset=utf-8')

      expect(accepted.headers.get('content-type')).to.equal('text/csv')
      expect(await accepted.text()).to.equal('a,b\n')
      expect((await problemOf(await upload('image/png'))).code).to.equal('unsupported_media_type')
    })
  })

  it('limits a person to a burst of 100, and says when to retry', async () => {
    const { cookie } = await web.signIn('busy@acme.example', 'sourcer')
    const since = performance.now()

    const responses = await Promise.all(Array.from({ length: 250 }, () => web.call('GET', '/api/v1/things', { headers: { cookie } })))
    const [passed, refused] = [200, 429].map((wanted) => responses.filter(({ status }) => status === wanted)) as [Response[], Response[]]

    expect(passed.length).to.be.within(100, 101 + (performance.now() - since) / 100)
    expect(passed.length + refused.length).to.equal(responses.length)
    expect(refused).not.to.have.length(0)
    expect(Number(refused[0]?.headers.get('retry-after'))).to.be.at.least(1)
    expect((await web.call('GET', '/api/v1/things')).status).to.equal(200)
  })

  it('logs one line per request, with ids and the route pattern', async () => {
    await web.call('GET', `/api/v1/things/${'b'.repeat(24)}`)

    const line = web.logged
      .map((text) => JSON.parse(text) as Record<string, unknown>)
      .findLast(({ route }) => route === '/api/v1/things/:id')
    expect(line).to.include({ method: 'GET', status: 200, organization: web.organization })
    expect(web.logged.join('')).not.to.contain('b'.repeat(24))
    expect(web.logged.join('')).not.to.contain(web.apiKey)
    expect(web.logged.join('')).not.to.contain('@acme.example')
  })
})

/** Sends a body in chunks, without a `Content-Length`. */
function statusOfChunked(
  web: RunningWeb,
  body: string,
  path = '/api/v1/things',
  type: Record<string, string> = { 'content-type': 'application/json' },
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${web.apiKey}`, 'transfer-encoding': 'chunked', ...type }
    const request = httpRequest(`${web.url}${path}`, { method: 'POST', headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    request.on('error', reject)
    if (body !== '') request.write(body.slice(0, 500_000))
    request.end(body.slice(500_000))
  })
}
