/** Walks the OpenAPI document: whatever body is sent, the answer names the fault, and nothing breaks. */
import { expect } from 'chai'
import {
  isBelowApi,
  isWrite,
  nameOf,
  resolve,
  takesFile,
  takesJson,
  uploadTypeOf,
  type Operation,
  type Schema,
} from './hostile/api-document.ts'
import { assertWellFormed, expectNamed, expectRefusal, problemOf } from './hostile/answer-rules.ts'
import { NOT_JSON, NOT_JSON_TYPES } from './hostile/hostile-texts.ts'
import { sendSlowly, type RawAnswer } from './hostile/raw-request.ts'
import { mutationsOf, sampleOf, type Mutation } from './hostile/sample-values.ts'
import { forEachOf, startWorld, type World } from './hostile/world.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
/** The service gives a body 20 s to arrive. */
const SLOW_WITHIN_MS = 25_000

interface SlowBody {
  operation: Operation
  answer: Promise<RawAnswer>
  afterMs: Promise<number>
}

describe('every endpoint: input', function () {
  this.timeout(120_000)
  let world: World
  let operations: Operation[]
  let writes: Operation[]
  /** Started before everything else, because they take long. */
  let slow: SlowBody[]

  before(async () => {
    world = await startWorld()
    operations = world.operations.filter(isBelowApi)
    writes = operations.filter((operation) => isWrite(operation) && !takesFile(operation))
    slow = operations.filter(({ body }) => Object.keys(body).length > 0).map(sendSlowBody)
  })
  after(() => world.stop())

  const sendSlowBody = (operation: Operation): SlowBody => {
    const since = performance.now()
    const headers = { 'content-type': uploadTypeOf(operation), 'content-length': '1000' }
    const answer = sendSlowly(world.service.url, world.requestFor(operation, { headers }), '-')
    const afterMs = answer.then(() => performance.now() - since)
    afterMs.catch(() => undefined) // the test that awaits it reports the error
    return { operation, answer, afterMs }
  }

  describe('body', () => {
    /** Each operation with each mutation of its body, and whether the document allows it. */
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

    it('names each member that is unknown, missing, too long, or of a wrong type', async () => {
      const wrong = (await mutated()).filter(({ isRight }) => !isRight)
      expect(wrong.length).to.be.at.least(700)

      await forEachOf(wrong, ({ operation, mutation }) => `${operation.name} ${mutation.path} = ${mutation.what}`, async ({ operation, mutation }) => {
        expectNamed(await world.ask(operation, { json: mutation.body }), mutation.path)
      }) // prettier-ignore
      expect(({} as { polluted?: unknown }).polluted).to.equal(undefined)
    })

    it('survives everything that the document allows', async () => {
      const right = (await mutated()).filter(({ isRight }) => isRight)
      expect(right.length).to.be.at.least(100)

      await forEachOf(right, ({ operation, mutation }) => `${operation.name} ${mutation.path} = ${mutation.what}`, async ({ operation, mutation }) => {
        const answer = await world.ask(operation, { json: mutation.body })
        expect(answer.status, answer.text.slice(0, 300)).to.be.below(500)
      }) // prettier-ignore
    })

    it('must be an object', async () => {
      await forEachOf(writes, nameOf, async (operation) => {
        for (const json of [null, true, 7, 'text', [], [{}]]) expectRefusal(await world.ask(operation, { json }), 422, 'invalid_request')
      })
    })

    it('must be JSON in UTF-8 of limited depth', async () => {
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

    it('uses the last value of a repeated member', async () => {
      await forEachOf(writes.filter(takesJson), nameOf, async (operation) => {
        const schema = resolve(world.document, operation.body['application/json']?.schema ?? {})
        const [[name, member]] = Object.entries(schema.properties ?? {}) as [[string, Schema]]
        const body = `{"${name}":${JSON.stringify(sampleOf(world, member))},"${name}":{"$ne":null}}`
        expectNamed(await world.ask(operation, { body, headers: JSON_TYPE }), name)
      })
    })

    it('must be declared as JSON', async () => {
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

    it('may be a file only if the operation takes one', async () => {
      await forEachOf(operations.filter(takesFile), nameOf, async (operation) => {
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

  describe('afterwards', () => {
    it('gives up on a slow body in time', async function () {
      this.timeout(SLOW_WITHIN_MS + 5000)
      await forEachOf(slow, ({ operation }) => operation.name, async ({ operation, answer, afterMs }) => {
        const given = await answer

        assertWellFormed(operation.name, given)
        world.rules.assertDocumented(operation, given)
        expectRefusal(given, 408, 'request_timeout')
        expect(await afterMs).to.be.below(SLOW_WITHIN_MS)
      }, slow.length) // prettier-ignore
    })

    it('still serves', async () => {
      expect((await fetch(`${world.service.url}/readyz`)).status).to.equal(200)
      expect((await world.us.api.get('connection')).status).to.equal(200)
    })
  })
})
