/** Walks the OpenAPI document with sizes, methods and headers of requests, and with malformed requests. */
import { expect } from 'chai'
import { assertWellFormed, expectRefusal } from './hostile/answer-rules.ts'
import { isBelowApi, isWrite, nameOf, takesFile, uploadTypeOf, type Operation } from './hostile/api-document.ts'
import { sendBytes, sendHeadOnly, sendWithoutEnd } from './hostile/raw-request.ts'
import { forEachOf, startWorld, type World } from './hostile/world.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const MB = 1024 * 1024

describe('every endpoint: HTTP', function () {
  this.timeout(120_000)
  let world: World
  let operations: Operation[]
  let writes: Operation[]

  before(async () => {
    world = await startWorld()
    operations = world.operations.filter(isBelowApi)
    writes = operations.filter((operation) => isWrite(operation) && !takesFile(operation))
  })
  after(() => world.stop())

  describe('size', () => {
    it('is refused by its declared length, before the body arrives', async () => {
      await forEachOf(operations.filter(isWrite), nameOf, async (operation) => {
        const isUpload = takesFile(operation)
        const type = isUpload ? uploadTypeOf(operation) : 'application/json'
        const headers = { 'content-type': type, 'content-length': String((isUpload ? 60 : 20) * MB) }
        const answer = await sendHeadOnly(world.service.url, world.requestFor(operation, { headers }))

        assertWellFormed(operation.name, answer)
        world.rules.assertDocumented(operation, answer)
        expectRefusal(answer, 413, 'payload_too_large')
      }) // prettier-ignore
    })

    it('is refused if it is not declared, without reading the whole body', async () => {
      const chunk = Buffer.alloc(64 * 1024, ' ')
      await forEachOf(writes, nameOf, async (operation) => {
        const answer = await sendWithoutEnd(world.service.url, world.requestFor(operation, { headers: JSON_TYPE }), chunk, 20 * MB)

        expectRefusal(answer, 413, 'payload_too_large')
        expect(answer.sent).to.be.below(8 * MB)
      }, 4) // prettier-ignore
    })

    it('does not matter if the caller is not authorized', async () => {
      await forEachOf(writes, nameOf, async (operation) => {
        const headers = { ...JSON_TYPE, 'content-length': String(20 * MB) }
        const answer = await sendHeadOnly(world.service.url, world.requestFor(operation, { as: 'nobody', headers }))
        expectRefusal(answer, 401, 'unauthenticated')
      })
    })
  })

  describe('method and headers', () => {
    it('answers other methods with 405 and the allowed methods', async () => {
      const paths = [...new Set(world.operations.map(({ path }) => path))]
      await forEachOf(paths, (path) => path, async (path) => {
        const [operation] = world.operations.filter((candidate) => candidate.path === path) as [Operation]
        const concrete = world.pathOf(operation)
        const possible = methodsAt(world.operations, concrete)
        for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY'].filter((name) => !possible.has(name))) {
          const answer = await world.ask({ ...operation, method }, { path: concrete, isUndocumented: true })
          expectRefusal(answer, 405, 'method_not_allowed')
          expect(new Set(answer.headers.allow?.split(', '))).to.deep.equal(new Set([...possible, 'OPTIONS']))
        }
        const options = await world.ask({ ...operation, method: 'OPTIONS' }, { path: concrete, as: 'nobody', isUndocumented: true })
        expect([options.status, options.text]).to.deep.equal([204, ''])
        expect(new Set(options.headers.allow?.split(', '))).to.deep.equal(new Set([...possible, 'OPTIONS']))
        expect(options.headers['access-control-allow-origin']).to.equal(undefined)
      }) // prettier-ignore
    })

    it('answers HEAD like GET, without the body', async () => {
      await forEachOf(world.operations.filter(({ method }) => method === 'GET'), nameOf, async (operation) => {
        const get = await world.ask(operation)
        const head = await world.ask({ ...operation, method: 'HEAD' })

        expect([head.status, head.headers['content-type'], head.text]).to.deep.equal([get.status, get.headers['content-type'], ''])
        expect((await world.ask({ ...operation, method: 'HEAD' }, { as: 'nobody', isUndocumented: true })).status).to.be.oneOf(
          operation.audience === 'anybody' ? [200] : [401],
        )
      }) // prettier-ignore
    })

    it('answers 406 to clients that do not accept JSON', async () => {
      await forEachOf(operations, nameOf, async (operation) => {
        expectRefusal(await world.ask(operation, { headers: { accept: 'image/png' } }), 406, 'not_acceptable')
      })
    })

    it('survives headers of any kind', async () => {
      const heads: Record<string, string>[] = [
        { 'x-request-id': 'a\tb', 'x-forwarded-for': '::::, ,,', 'x-forwarded-proto': 'javascript', 'x-forwarded-host': '"><script>' },
        { 'accept-language': '*;q=x,,;;', 'accept-encoding': 'x;q=9' },
        { cookie: `${'a=b; '.repeat(400)}fulcrum_session=%00; __proto__=1; fulcrum_language=__proto__` },
        { 'content-type': 'x'.repeat(4000) },
        { expect: '100-continue' },
        { upgrade: 'websocket', connection: 'Upgrade' },
        { 'if-none-match': '*', range: 'bytes=5-1', 'if-modified-since': 'never' },
        { host: 'evil.example"><script>' },
        { 'x-http-method-override': 'DELETE' },
      ]

      await forEachOf(operations.filter(({ method }) => method === 'GET'), nameOf, async (operation) => {
        for (const headers of heads) expect((await world.ask(operation, { headers })).status, JSON.stringify(headers)).to.equal(200)
        for (const authorization of ['', 'Bearer', `Bearer ${'x'.repeat(8000)}`, 'Bearer \u00e9', 'Bearer a b', 'Digest x', ',']) {
          const answer = await world.ask(operation, { as: 'nobody', headers: { authorization } })
          // 429 from the eleventh wrong key per minute
          expect(answer.status, authorization).to.be.oneOf(authorization.startsWith('Bearer ') ? [401, 429] : [401])
        }
      }) // prettier-ignore
    })
  })

  it('answers malformed HTTP requests with a problem, too', async () => {
    const line = 'GET /healthz HTTP/1.1\r\n'
    const broken: Record<string, [status: number, text: string]> = {
      'no HTTP': [400, 'hello\r\n\r\n'],
      TLS: [400, '\u0016\u0003\u0001\u0002\u0000\u0001'],
      'a head that is too large': [431, `${line}Host: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
      'an address that is too long': [431, `GET /healthz?${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
      'two lengths': [400, `${line}Host: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`],
      'a length and chunks': [400, `${line}Host: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
      'a length that is no number': [400, `${line}Host: x\r\nContent-Length: x\r\n\r\n`],
      'no Host': [400, `${line}\r\n`],
      'an expectation of any other kind': [417, `${line}Host: x\r\nExpect: wonders\r\n\r\n`],
      'a header without a name': [400, `${line}Host: x\r\n: x\r\n\r\n`],
      'a space in the address': [400, 'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n'],
      'chunks that are none': [400, `POST /api/v1/candidates HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n`],
    }

    for (const [what, [status, text]] of Object.entries(broken)) {
      const answer = await sendBytes(world.service.url, text)
      const [head = '', body = ''] = answer.split('\r\n\r\n')
      expect(head, what).to.match(new RegExp(`^HTTP/1.1 ${status} `)).and.match(/\r\nX-Request-Id: [0-9a-f-]{36}\r\n/i) // prettier-ignore
      expect(head, what).to.match(/\r\nContent-Type: application\/problem\+json/i)
      expect(JSON.parse(body), what).to.include({ status })
    }
  })
})

/** The allowed methods of a requested path: `/candidates/import` is a separate path, although `/candidates/{id}` would match it. */
function methodsAt(operations: readonly Operation[], concrete: string): Set<string> {
  const matching = operations.filter(({ path }) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(concrete))
  const [owner] = matching.map(({ path }) => path).toSorted((one, other) => namesIn(one) - namesIn(other))
  const here = matching.filter(({ path }) => path === owner)
  return new Set(here.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))
}

function namesIn(path: string): number {
  return path.split('{').length - 1
}
