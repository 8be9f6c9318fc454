/** Walks the OpenAPI document: whatever is sent, the answer says what is wrong with it, and nothing breaks. */
import { expect } from 'chai'
import { isBelowApi, isList, namesInPath, resolve, takesJson, type Operation, type Schema } from './hostile/api-document.ts'
import { assertWellFormed, problemOf } from './hostile/answer-rules.ts'
import { NAMES_OF_NOTHING, NOT_JSON, NOT_JSON_TYPES, QUERY_VALUES, UNKNOWN_PARAMETERS } from './hostile/hostile-texts.ts'
import { sendBytes, sendHeadOnly, sendRaw, sendSlowly, sendWithoutEnd, type RawAnswer } from './hostile/raw-request.ts'
import { mutationsOf, sampleOf, type Mutation } from './hostile/sample-values.ts'
import { forEachOf, namesAnOwnThing, startWorld, type World } from './hostile/world.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const MB = 1024 * 1024
/** Bodies must come in within 20 s. */
const SLOW_WITHIN_MS = 25_000

const nameOf = ({ name }: Operation): string => name

describe('every endpoint: input', function () {
  this.timeout(30_000)
  let world: World
  let operations: Operation[]
  let writes: Operation[]
  let slow: { operation: Operation; answer: Promise<RawAnswer & { afterMs: number }> }[]

  before(async () => {
    world = await startWorld()
    operations = world.operations.filter(isBelowApi)
    writes = operations.filter(
      ({ method, body }) => method !== 'GET' && (takesJson({ body } as Operation) || Object.keys(body).length === 0),
    )
    slow = operations
      .filter(({ body }) => Object.keys(body).length > 0)
      .map((operation) => ({ operation, answer: sendSlowBody(operation) }))
  })
  after(() => world.stop())

  const sendSlowBody = async (operation: Operation): Promise<RawAnswer & { afterMs: number }> => {
    const since = performance.now()
    const type = Object.keys(operation.body)[0] ?? ''
    const { headers, ...request } = world.requestFor(operation, { headers: { 'content-type': type, 'content-length': '1000' } })
    const answer = await sendSlowly(world.service.url, { ...request, headers: headers ?? {} }, '{')
    return { ...answer, afterMs: performance.now() - since }
  }

  /** A refusal, and where it lies. */
  const expectRefusal = (answer: RawAnswer, status: number, code: string): void => {
    expect([answer.status, problemOf(answer).code], answer.text.slice(0, 300)).to.deep.equal([status, code])
  }
  const expectNamed = (answer: RawAnswer, path: string): void => {
    expectRefusal(answer, 422, 'invalid_request')
    const paths = problemOf(answer).errors?.map((fault) => fault.path) ?? []
    expect(paths.some((given) => given === path || given.startsWith(`${path}.`) || given.startsWith(`${path}[`)), `${path} in ${paths.join()}`).to.equal(true) // prettier-ignore
  }

  describe('query', () => {
    it('refuses each unknown parameter by its name', async () => {
      await forEachOf(operations, nameOf, async (operation) => {
        for (const [query, path] of Object.entries(UNKNOWN_PARAMETERS))
          expectNamed(await world.ask(operation, { query: `?${query}` }), path)
      })
    })

    it('refuses parameters that are given twice, or are not what is documented', async () => {
      const documented = operations.flatMap((operation) =>
        operation.parameters.filter(({ in: place }) => place === 'query').map((parameter) => ({ operation, parameter })),
      )
      expect(documented.length).to.be.at.least(30)

      await forEachOf(documented, ({ operation, parameter }) => `${operation.name}?${parameter.name}`, async ({ operation, parameter: { name, schema } }) => {
        expectNamed(await world.ask(operation, { query: `?${name}=1&${name}=1` }), `query.${name}`)
        for (const value of QUERY_VALUES) {
          const answer = await world.ask(operation, { query: `?${name}=${value}` })
          const text = new URLSearchParams(`v=${value}`).get('v') ?? ''
          const isRight = readingsOf(text).some((read) => world.rules.faultOf(schema, read) === null)
          if (!isRight) expectNamed(answer, `query.${name}`)
          else expect(answer.status).to.be.oneOf([200, 422])
        }
        expectNamed(await world.ask(operation, { query: `?${name}=${'a'.repeat(12_000)}` }), `query.${name}`)
      }) // prettier-ignore
    })

    it('refuses a limit beyond 1 to 100 and cursors that are none of its own', async () => {
      const lists = operations.filter(isList)
      expect(lists.length).to.be.at.least(12)

      await forEachOf(lists, nameOf, async (operation) => {
        for (const limit of ['0', '101', 'abc', '-1', '1.5', '1e1', '010', ' 1', '']) {
          expectNamed(await world.ask(operation, { query: `?limit=${encodeURIComponent(limit)}` }), 'query.limit')
        }
        for (const cursor of ['', 'abc', 'null', '0', world.us.id, 'eyJfaWQiOnsiJGd0IjoiIn19', Buffer.from('{"$gt":""}').toString('base64url'), 'a'.repeat(200)]) {
          expectNamed(await world.ask(operation, { query: `?cursor=${cursor}` }), 'query.cursor')
        }
      }) // prettier-ignore
    })
  })

  it('finds nothing under names of nothing', async () => {
    const naming = operations.filter((operation) => namesInPath(operation).length > 0)
    expect(naming.length).to.be.at.least(14)

    await forEachOf(naming, nameOf, async (operation) => {
      const json = await world.bodyOf(operation)
      for (const name of NAMES_OF_NOTHING) {
        const path = operation.path.replace(/\{\w+\}/, () => name)
        const answer = await world.ask(operation, { path, ...(json === undefined ? {} : { json }), isUndocumented: true })
        expect(answer.status, `${name.slice(0, 30)}: ${answer.text.slice(0, 200)}`).to.be.oneOf([404, ...(operation.method === 'PUT' ? [422] : [])]) // prettier-ignore
      }
    })
  })

  describe('body', () => {
    /** Operation and mutation of its body, with what the document says of it. */
    const mutated = async (): Promise<{ operation: Operation; mutation: Mutation; isRight: boolean }[]> => {
      const all = await Promise.all(
        writes.filter(takesJson).map(async (operation) => {
          const schema = operation.body['application/json']?.schema ?? {}
          return mutationsOf(world, schema, await world.bodyOf(operation)).map((mutation) => {
            const sent: unknown = JSON.parse(JSON.stringify(mutation.body))
            return { operation, mutation, isRight: !mutation.isNeverRight && world.rules.faultOf(schema, sent) === null }
          })
        }),
      )
      return all.flat()
    }

    it('names each member that is unknown, missing, too long or of a wrong type', async () => {
      const wrong = (await mutated()).filter(({ isRight }) => !isRight)
      expect(wrong.length).to.be.at.least(700)

      await forEachOf(wrong, ({ operation, mutation }) => `${operation.name} ${mutation.path} = ${mutation.what}`, async ({ operation, mutation }) => {
        expectNamed(await world.ask(operation, { json: mutation.body }), mutation.path)
      }) // prettier-ignore
      expect(({} as { polluted?: unknown }).polluted).to.equal(undefined)
    })

    it('lives through all that the document allows', async () => {
      const right = (await mutated()).filter(({ isRight }) => isRight)
      expect(right.length).to.be.at.least(100)

      await forEachOf(right, ({ operation, mutation }) => `${operation.name} ${mutation.path} = ${mutation.what}`, async ({ operation, mutation }) => {
        const answer = await world.ask(operation, { json: mutation.body })
        expect(answer.status, answer.text.slice(0, 300)).to.be.below(500)
      }) // prettier-ignore
    })

    it('is an object', async () => {
      await forEachOf(writes, nameOf, async (operation) => {
        for (const json of [null, true, 7, 'text', [], [{}]]) expectRefusal(await world.ask(operation, { json }), 422, 'invalid_request')
      })
    })

    it('is JSON in UTF-8 of bearable depth', async () => {
      await forEachOf(writes, nameOf, async (operation) => {
        for (const [what, body] of Object.entries(NOT_JSON)) {
          const answer = await world.ask(operation, { body, headers: JSON_TYPE })
          expect([what, answer.status, problemOf(answer).code]).to.deep.equal([what, 400, 'malformed_json'])
        }
      })
    })

    it('may begin with a byte order mark', async () => {
      await forEachOf(writes.filter(takesJson), nameOf, async (operation) => {
        const text = JSON.stringify({ ...((await world.bodyOf(operation)) as object), unknownMember: 1 })
        expectNamed(await world.ask(operation, { body: `\uFEFF${text}`, headers: JSON_TYPE }), 'unknownMember')
      })
    })

    it('says the last word where a member is repeated', async () => {
      await forEachOf(writes.filter(takesJson), nameOf, async (operation) => {
        const schema = resolve(world.document, operation.body['application/json']?.schema ?? {})
        const [[name, member]] = Object.entries(schema.properties ?? {}) as [[string, Schema]]
        const body = `{"${name}":${JSON.stringify(sampleOf(world, member))},"${name}":{"$ne":null}}`
        expectNamed(await world.ask(operation, { body, headers: JSON_TYPE }), name)
      })
    })

    it('is announced as JSON', async () => {
      await forEachOf(writes, nameOf, async (operation) => {
        for (const type of NOT_JSON_TYPES) {
          const answer = await world.ask(operation, { body: '{}', headers: { 'content-type': type } })
          expect([type, answer.status, problemOf(answer).code]).to.deep.equal([type, 415, 'unsupported_media_type'])
        }
        expect((await world.ask(operation, { body: '{}' })).status).to.equal(415)
        for (const encoding of ['gzip', 'br', 'deflate', 'x']) {
          const headers = { ...JSON_TYPE, 'content-encoding': encoding }
          expect((await world.ask(operation, { body: '{}', headers })).status).to.equal(415)
        }
      })
    })

    it('is a file only where one is taken', async () => {
      const uploads = operations.filter(({ body }) => Object.keys(body).length > 0 && !('application/json' in body))
      await forEachOf(uploads, nameOf, async (operation) => {
        for (const type of ['application/json', 'image/png', 'text/html', 'application/zip', 'x']) {
          expect((await world.ask(operation, { body: 'x', headers: { 'content-type': type } })).status, type).to.equal(415)
        }
        for (const body of ['', 'x', '--x', '--x\r\n\r\n', '--x\r\nContent-Disposition: form-data; name="other"\r\n\r\na\r\n--x--\r\n', '\u0000'.repeat(100)]) {
          const answer = await world.ask(operation, { body, headers: { 'content-type': 'multipart/form-data; boundary=x' } })
          expect(answer.status, `${JSON.stringify(body)}: ${answer.text}`).to.be.oneOf([400, 422])
        }
        expect((await world.ask(operation, { body: 'x', headers: { 'content-type': 'multipart/form-data' } })).status).to.equal(400)
      }) // prettier-ignore
    })
  })

  describe('size', () => {
    it('is refused by its announcement, before any of it has come', async () => {
      await forEachOf(operations.filter(({ method }) => method !== 'GET'), nameOf, async (operation) => {
        const isUpload = Object.keys(operation.body).length > 0 && !takesJson(operation)
        const headers = { 'content-type': isUpload ? 'text/csv' : 'application/json', 'content-length': String((isUpload ? 60 : 20) * MB) }
        const answer = await sendHeadOnly(world.service.url, world.requestFor(operation, { headers }))

        assertWellFormed(operation.name, answer)
        world.rules.assertDocumented(operation, answer)
        expectRefusal(answer, 413, 'payload_too_large')
      }) // prettier-ignore
    })

    it('is refused where it is not announced, without being read to its end', async () => {
      const chunk = Buffer.alloc(64 * 1024, ' ')
      await forEachOf(writes, nameOf, async (operation) => {
        const answer = await sendWithoutEnd(world.service.url, world.requestFor(operation, { headers: JSON_TYPE }), chunk, 20 * MB)

        expectRefusal(answer, 413, 'payload_too_large')
        expect(answer.sent).to.be.below(8 * MB)
      }, 4) // prettier-ignore
    })

    it('does not matter to who is not let in', async () => {
      await forEachOf(writes, nameOf, async (operation) => {
        const headers = { ...JSON_TYPE, 'content-length': String(20 * MB) }
        const answer = await sendHeadOnly(world.service.url, world.requestFor(operation, { as: 'nobody', headers }))
        expectRefusal(answer, 401, 'unauthenticated')
      })
    })
  })

  describe('method and head', () => {
    it('answers other methods with 405 and what is possible', async () => {
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

    it('answers HEAD as GET, without its body', async () => {
      await forEachOf(world.operations.filter(({ method }) => method === 'GET'), nameOf, async (operation) => {
        const get = await world.ask(operation)
        const head = await world.ask({ ...operation, method: 'HEAD' })

        expect([head.status, head.headers['content-type'], head.text]).to.deep.equal([get.status, get.headers['content-type'], ''])
        expect((await world.ask({ ...operation, method: 'HEAD' }, { as: 'nobody', isUndocumented: true })).status).to.be.oneOf(
          operation.audience === 'anybody' ? [200] : [401],
        )
      }) // prettier-ignore
    })

    it('answers 406 to who takes no JSON', async () => {
      await forEachOf(operations, nameOf, async (operation) => {
        expectRefusal(await world.ask(operation, { headers: { accept: 'image/png' } }), 406, 'not_acceptable')
      })
    })

    it('lives through heads of any kind', async () => {
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
          expect(answer.status, authorization).to.equal(401)
        }
      }) // prettier-ignore
    })
  })

  it('answers what is no request with a problem, too', async () => {
    const line = 'GET /healthz HTTP/1.1\r\n'
    const broken: Record<string, [status: number, text: string]> = {
      'no HTTP': [400, 'hello\r\n\r\n'],
      TLS: [400, '\u0016\u0003\u0001\u0002\u0000\u0001'],
      'a head that is too large': [431, `${line}Host: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
      'an address that is too long': [431, `GET /healthz?${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
      'two lengths': [400, `${line}Host: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`],
      'a length and chunks': [400, `${line}Host: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
      'a length that is no number': [400, `${line}Host: x\r\nContent-Length: x\r\n\r\n`],
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

  describe('after all', () => {
    it('gives a slow body up in time', async function () {
      this.timeout(SLOW_WITHIN_MS + 5000)
      await forEachOf(slow, ({ operation }) => operation.name, async ({ operation, answer }) => {
        const given = await answer

        assertWellFormed(operation.name, given)
        world.rules.assertDocumented(operation, given)
        expectRefusal(given, 408, 'request_timeout')
        expect(given.afterMs).to.be.below(SLOW_WITHIN_MS)
      }, slow.length) // prettier-ignore
    })

    it('still serves', async () => {
      expect((await sendRaw(world.service.url, { method: 'GET', path: '/readyz' })).status).to.equal(200)
      expect((await world.us.api.get('connection')).status).to.equal(200)
      expect(operations.filter(namesAnOwnThing)).not.to.have.length(0)
    })
  })
})

/** What a query's text may stand for. */
function readingsOf(text: string): unknown[] {
  return [text, ...(/^\d+$/.test(text) ? [Number(text)] : []), ...(text === 'true' || text === 'false' ? [text === 'true'] : [])]
}

/** What the document says of a path as it is asked: `/candidates/import` is also a `/candidates/{id}`. */
function methodsAt(operations: readonly Operation[], concrete: string): Set<string> {
  const here = operations.filter(({ path }) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(concrete))
  return new Set(here.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))
}
