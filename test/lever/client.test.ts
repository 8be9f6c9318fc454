import { expect } from 'chai'
import { z } from 'zod'
import { ServiceError } from '../../src/errors.ts'
import { LeverCallError } from '../../src/lever/lever-call-error.ts'
import { leverPath } from '../../src/lever/lever-path.ts'
import { classifyWriteError } from '../../src/lever/write-outcome.ts'
import { createLog } from '../../src/log.ts'
import { rejection } from '../support/rejection.ts'
import { clientFor } from './client-under-test.ts'
import { json, startHttpServer, type Answer, type TestServer } from './http-server.ts'

const Any = z.unknown()

describe('lever/client', () => {
  let server: TestServer
  let others: TestServer[] = []

  afterEach(async () => {
    await Promise.all([server, ...others].map((one) => one.stop()))
    others = []
  })

  async function serve(answer: Answer): Promise<string> {
    server = await startHttpServer(answer)
    return server.url
  }

  describe('reads', () => {
    it('are repeated on 429, 5xx, and a reset until they succeed, each attempt within the budget', async () => {
      const { client, asked } = clientFor(
        await serve((response, _request, count) => {
          if (count === 1) json(response, 500)
          else if (count === 2) response.destroy()
          else json(response, 200, { data: 'here' })
        }),
      )

      expect(await client.get(leverPath`/users`, { schema: Any, lane: 'sync' })).to.deep.equal({ data: 'here' })
      expect(asked).to.deep.equal(['take sync', 'take sync', 'take sync'])
    })

    it('are given up after four attempts', async () => {
      const { client } = clientFor(await serve((response) => json(response, 502)))

      const error = await rejection(client.get(leverPath`/users`, { schema: Any }))

      expect(error).to.be.instanceOf(LeverCallError).with.property('httpStatus', 502)
      expect(server.seen).to.have.length(4)
    })

    it('are not repeated if they would be refused again', async () => {
      for (const status of [400, 403, 404, 422]) {
        const { client } = clientFor(await serve((response) => json(response, status)))

        await rejection(client.get(leverPath`/users`, { schema: Any }))

        expect(server.seen).to.have.length(1)
        await server.stop()
      }
    })

    it('share a kept-alive connection', async () => {
      const { client } = clientFor(await serve((response) => json(response, 200, {})))

      for (let turn = 0; turn < 3; turn++) await client.get(leverPath`/users`, { schema: Any })

      expect(server.connections()).to.equal(1)
    })

    it('repeat a parameter that has several values, and omit undefined ones', async () => {
      const { client } = clientFor(await serve((response) => json(response, 200, {})))

      const query = { email: 'ana+x@acme.example', expand: ['stage', 'owner'], archived: false, limit: 5, tag: undefined }
      await client.get(leverPath`/opportunities`, { query, schema: Any })

      expect(server.seen[0]?.target).to.equal(
        '/v1/opportunities?email=ana%2Bx%40acme.example&expand=stage&expand=owner&archived=false&limit=5',
      )
    })
  })

  describe('the pause after 429 and 503', () => {
    it('lasts as long as Lever requests, for reads and writes', async () => {
      const { client, asked } = clientFor(
        await serve((response, request, count) => {
          if (request.method === 'GET' && count > 1) json(response, 200, {})
          else json(response, count === 1 ? 429 : 503, {}, { 'retry-after': '0.02' })
        }),
      )

      await client.get(leverPath`/users`, { schema: Any })
      const error = await rejection(client.write('POST', leverPath`/notes`, { schema: Any }))

      expect(asked).to.deep.equal(['take interactive', 'pause 20', 'take interactive', 'take interactive', 'pause 20'])
      expect(error).to.have.property('retryAfterMs', 20)
    })

    it('is jittered when Lever does not specify it', async () => {
      const { client, asked } = clientFor(await serve((response) => json(response, 429)))

      await rejection(client.write('POST', leverPath`/notes`, { schema: Any }))

      const [, pause] = asked
      expect(Number(pause?.replace('pause ', ''))).to.be.within(0, 5)
    })

    it('does not hide the response if it cannot be stored', async () => {
      const pause = async (): Promise<never> => {
        throw new Error('MongoDB is away')
      }
      const { client } = clientFor(await serve((response) => json(response, 503)), { budget: { pause } })

      const error = await rejection(client.write('POST', leverPath`/notes`, { schema: Any }))

      expect(error).to.have.property('httpStatus', 503)
      expect(classifyWriteError(error)).to.equal('unclear')
    })
  })

  describe('a 401', () => {
    const onlyNew: Answer = (response, request) => json(response, request.headers.authorization === 'Bearer new' ? 201 : 401, { data: 1 })

    it('renews the token once and repeats, also for writes', async () => {
      const { client, asked } = clientFor(await serve(onlyNew))

      expect(await client.write('POST', leverPath`/notes`, { json: { value: 'x' }, schema: Any })).to.deep.equal({
        status: 201,
        body: { data: 1 },
      })
      expect(await client.get(leverPath`/users`, { schema: Any })).to.deep.equal({ data: 1 })

      const once = ['take interactive', 'renew Bearer old', 'take interactive']
      expect(asked).to.deep.equal([...once, ...once])
      expect(server.seen[1]?.body).to.equal('{"value":"x"}')
    })

    it('reports a second refusal to the credentials, and repeats no more', async () => {
      const refused: string[] = []
      const { client } = clientFor(await serve((response) => json(response, 401)), {
        credentials: { refused: async (header) => void refused.push(header) },
      })

      const error = await rejection(client.get(leverPath`/users`, { schema: Any }))

      expect(error).to.have.property('httpStatus', 401)
      expect(refused).to.deep.equal(['Bearer new'])
      expect(server.seen).to.have.length(2)
    })

    it('ends with the error of the credentials when the grant is gone: nothing was done', async () => {
      const gone = new ServiceError('connection_not_active', 'Lever no longer accepts the authorization')
      const renew = async (): Promise<never> => {
        throw gone
      }
      const { client } = clientFor(await serve((response) => json(response, 401)), { credentials: { renew } })

      const error = await rejection(client.write('POST', leverPath`/notes`, { schema: Any }))

      expect(error).to.equal(gone)
      expect(classifyWriteError(error)).to.equal('nothing')
    })
  })

  describe('writes', () => {
    it('open a connection each, and close it', async () => {
      const { client } = clientFor(await serve((response) => json(response, 200, {})))

      for (let turn = 0; turn < 3; turn++) await client.write('PUT', leverPath`/x`, { json: { turn }, schema: Any })

      expect(server.connections()).to.equal(3)
      expect(server.seen.map(({ headers }) => headers.connection)).to.deep.equal(['close', 'close', 'close'])
    })

    it('did nothing if they never got a token or a place in the budget', async () => {
      const away = async (): Promise<never> => {
        throw new Error('MongoDB is away')
      }
      const url = await serve((response) => json(response, 200, {}))

      for (const settings of [{ budget: { take: away } }, { credentials: { header: away } }]) {
        const error = await rejection(clientFor(url, settings).client.write('POST', leverPath`/x`, { schema: Any }))
        expect(classifyWriteError(error)).to.equal('nothing')
      }
      expect(server.seen).to.deep.equal([])
    })

    it('send a form as multipart, with a length', async () => {
      const { client } = clientFor(await serve((response) => json(response, 201, {})))
      const form = new FormData()
      form.append('name', 'Ada Éxample')
      form.append('resumeFile', new Blob(['%PDF-1.7 résumé'], { type: 'application/pdf' }), 'cv.pdf')

      await client.write('POST', leverPath`/opportunities`, { query: { perform_as: 'u1' }, form, schema: Any })

      const [seen] = server.seen
      expect(seen?.target).to.equal('/v1/opportunities?perform_as=u1')
      expect(seen?.headers['content-type']).to.match(/^multipart\/form-data; boundary=/)
      expect(Number(seen?.headers['content-length'])).to.equal(Buffer.byteLength(seen?.body ?? ''))
      expect(seen?.body).to.include('Ada Éxample').and.include('filename="cv.pdf"').and.include('%PDF-1.7 résumé')
    })

    it('read an empty response as undefined', async () => {
      const { client } = clientFor(await serve((response) => json(response, 204)))

      expect(await client.write('DELETE', leverPath`/webhooks/w1`, { schema: Any })).to.deep.equal({ status: 204, body: undefined })
    })
  })

  describe('errors and log', () => {
    it("keep Lever's code and message, on one line and of limited length", async () => {
      const { client } = clientFor(
        await serve((response) => json(response, 400, { code: 'BadRequestError', message: `a\n b ${'x'.repeat(999)}` })),
      )

      const error = await rejection(client.get(leverPath`/users`, { schema: Any }))

      expect(error).to.include({
        kind: 'status',
        leverCode: 'BadRequestError',
        code: 'lever_rejected',
        message: 'Lever answered 400 to GET /users',
      })
      expect((error as LeverCallError).leverMessage)
        .to.match(/^a b x+…$/)
        .with.length(300)
    })

    it('contain neither token, query, nor body', async () => {
      const { client, logLines } = clientFor(
        await serve((response, request) => {
          if (request.method === 'GET') json(response, 400, { message: 'ada@example.com is odd' })
          else response.destroy()
        }),
      )
      const read = await rejection(client.get(leverPath`/opportunities`, { query: { email: 'ada@example.com' }, schema: Any }))
      const write = await rejection(client.write('POST', leverPath`/opportunities`, { json: { name: 'Ada Example' }, schema: Any }))
      createLog({ level: 'trace', destination: { write: (line) => void logLines.push(line) } }).error({ err: read, other: write }, 'failed')

      const written = logLines.join('')
      expect(written).to.include('GET /opportunities').and.include('POST /opportunities')
      expect(written).to.not.match(/Bearer|ada@|ada%40|Ada Example/)
      expect(JSON.stringify([read.cause, write.cause])).to.not.match(/Bearer|ada/)
    })
  })
})
