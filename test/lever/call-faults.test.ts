import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import { useFakeTimers } from 'sinon'
import { z } from 'zod'
import { LeverCallError } from '../../src/lever/lever-call-error.ts'
import { leverPath } from '../../src/lever/lever-path.ts'
import { classifyWriteError, isWorthAnotherTry } from '../../src/lever/write-outcome.ts'
import { rejection } from '../support/rejection.ts'
import { clientFor } from './client-under-test.ts'
import { json, startHttpServer, startTcpServer, type Answer, type TestServer } from './http-server.ts'

const Any = z.unknown()
const LARGE = 21 * 1024 * 1024

async function closedPort(): Promise<string> {
  const server = await startTcpServer(() => undefined)
  await server.stop()
  return server.url
}

const TIME_LIMIT_MS = 2000

/** The time limit of the call that this begins is over as soon as it has come so far. */
async function outOfTime(begin: () => Promise<LeverCallError>, hasComeSoFar: () => boolean | undefined): Promise<LeverCallError> {
  const clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const error = begin()
    while (!hasComeSoFar()) await nextTurn()
    await nextTurn()
    clock.tick(TIME_LIMIT_MS)
    return await error
  } finally {
    clock.restore()
  }
}

async function writeTo(url: string, timeoutMs = TIME_LIMIT_MS): Promise<LeverCallError> {
  const { client } = clientFor(url, { timeoutMs })
  const error = await rejection(
    client.write('POST', leverPath`/opportunities`, { json: { name: 'Ada' }, schema: z.object({ id: z.string() }) }),
  )
  expect(error).to.be.instanceOf(LeverCallError)
  return error as LeverCallError
}

async function readFrom(url: string, timeoutMs = TIME_LIMIT_MS): Promise<LeverCallError> {
  const error = await rejection(clientFor(url, { timeoutMs }).client.get(leverPath`/users`, { schema: Any }))
  expect(error).to.be.instanceOf(LeverCallError)
  return error as LeverCallError
}

interface Expected {
  kind: string
  httpStatus: number | null
  arrived: boolean
  outcome: string
  again: boolean
  code: string
}

function expectFault(error: LeverCallError, expected: Expected): void {
  expect({
    kind: error.kind,
    httpStatus: error.httpStatus,
    arrived: error.requestMayHaveArrived,
    outcome: classifyWriteError(error),
    again: isWorthAnotherTry(error),
    code: error.code,
  }).to.deep.equal(expected)
}

const UNAVAILABLE = { again: true, code: 'lever_unavailable' }
const NOT_SENT = { httpStatus: null, arrived: false, outcome: 'nothing', ...UNAVAILABLE }
const UNCLEAR = { httpStatus: null, arrived: true, outcome: 'unclear', ...UNAVAILABLE }
const DONE = { arrived: true, outcome: 'doneIdUnknown', again: false, code: 'lever_unavailable' }

describe('lever/client: classification of failed writes', () => {
  let server: TestServer | undefined

  afterEach(async () => {
    await server?.stop()
    server = undefined
  })

  async function writeAnsweredBy(answer: Answer): Promise<LeverCallError> {
    server = await startHttpServer(answer)
    return writeTo(server.url)
  }

  async function writeOverTcp(onConnection: Parameters<typeof startTcpServer>[0], scheme = 'http'): Promise<LeverCallError> {
    server = await startTcpServer(onConnection)
    return writeTo(`${scheme}://127.0.0.1:${server.port}`)
  }

  it('connection refused: nothing', async () => {
    expectFault(await writeTo(await closedPort()), { kind: 'refused', ...NOT_SENT })
  })

  it('a host name that does not exist: nothing', async () => {
    expectFault(await writeTo('http://lever.invalid'), { kind: 'dns', ...NOT_SENT })
  })

  it('connection timeout: nothing', async () => {
    expectFault(await writeTo('http://[100::1]', 300), { kind: 'connect', ...NOT_SENT })
  })

  it('TLS failure, by response, by close, or by silence: nothing', async () => {
    const plain = await writeOverTcp((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')), 'https')
    await server?.stop()
    const closed = await writeOverTcp((socket) => socket.once('data', () => socket.destroy()), 'https')
    await server?.stop()
    let greeted = false
    const silent = await outOfTime(
      () => writeOverTcp((socket) => socket.once('data', () => (greeted = true)), 'https'),
      () => greeted,
    )

    for (const error of [plain, closed, silent]) expectFault(error, { kind: 'tls', ...NOT_SENT })
  })

  it('a reset after the request: unclear', async () => {
    expectFault(await writeAnsweredBy((response) => response.destroy()), { kind: 'reset', ...UNCLEAR })
  })

  it('a route that vanishes, or a TLS alert, after the request: unclear', async () => {
    for (const code of ['EHOSTUNREACH', 'ENETUNREACH', 'ECONNREFUSED', 'EPROTO', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED']) {
      const opened: Socket[] = []
      const onSocket = (message: unknown): void => void opened.push((message as { socket: Socket }).socket)
      subscribe('net.client.socket', onSocket)

      const error = await writeAnsweredBy(() => opened[0]?.destroy(Object.assign(new Error(code), { code })))
      unsubscribe('net.client.socket', onSocket)

      expect(server?.seen).to.have.length(1)
      expectFault(error, { kind: 'reset', ...UNCLEAR })
      await server?.stop()
    }
  })

  it('response timeout: unclear', async () => {
    const error = await outOfTime(
      () => writeAnsweredBy(() => undefined),
      () => server?.seen.length === 1,
    )

    expectFault(error, { kind: 'timeout', ...UNCLEAR })
  })

  it('a response that is not HTTP: unclear', async () => {
    const error = await writeOverTcp((socket) => socket.once('data', () => socket.end('it is done\r\n\r\n')))

    expectFault(error, { kind: 'unreadable', ...UNCLEAR })
  })

  it('201 with a truncated body: done, id unknown', async () => {
    const error = await writeAnsweredBy((response) => {
      response.writeHead(201, { 'content-length': '100' }).write('{"data"', () => response.destroy())
    })

    expectFault(error, { kind: 'truncated', httpStatus: 201, ...DONE })
  })

  it('201 with a body that never ends: done, id unknown, within the time limit of the call', async () => {
    let begun = false
    const onResponse = (): void => void (begun = true)
    subscribe('http.client.response.finish', onResponse)

    const error = await outOfTime(
      () => writeAnsweredBy((response) => void response.writeHead(201, { 'content-length': '100' }).write('{"data"')),
      () => begun,
    )
    unsubscribe('http.client.response.finish', onResponse)

    expectFault(error, { kind: 'timeout', httpStatus: 201, ...DONE })
  })

  for (const [what, body] of Object.entries({ HTML: '<html>', 'no id': '{"data":{}}', nothing: '', 'half of its JSON': '{"id":' })) {
    it(`201 with ${what}: done, id unknown`, async () => {
      const error = await writeAnsweredBy((response) => void response.writeHead(201).end(body))

      expectFault(error, { kind: 'unreadable', httpStatus: 201, ...DONE })
    })
  }

  it('201 with an oversized body: done, id unknown', async () => {
    const error = await writeAnsweredBy((response) => void response.writeHead(201).end(Buffer.alloc(LARGE, ' ')))

    expectFault(error, { kind: 'too_large', httpStatus: 201, ...DONE })
  })

  it('a redirect that is not followed: unclear', async () => {
    const answers = [
      ...[301, 302, 303].map((status) => ({ status, location: '/v1/elsewhere' })),
      ...[307, 308].map((status) => ({ status, location: 'https://lever.example/v1/opportunities' })),
    ]
    for (const { status, location } of answers) {
      const error = await writeAnsweredBy((response) => json(response, status, undefined, { location }))

      expectFault(error, {
        kind: 'redirect',
        httpStatus: status,
        arrived: true,
        outcome: 'unclear',
        again: false,
        code: 'lever_unavailable',
      })
      expect(server?.seen).to.have.length(1)
      await server?.stop()
    }
  })

  const rejected = { kind: 'status', arrived: true, outcome: 'nothing', again: false, code: 'lever_rejected' }
  for (const httpStatus of [400, 403, 404, 405, 409, 413, 422]) {
    it(`${httpStatus}: nothing`, async () => {
      expectFault(await writeAnsweredBy((response) => json(response, httpStatus, {})), { ...rejected, httpStatus })
    })
  }

  it('401, renewed and refused again: nothing, and worth a retry once authorized', async () => {
    expectFault(await writeAnsweredBy((response) => json(response, 401)), { ...rejected, httpStatus: 401, again: true })
  })

  it('429: nothing, and worth a retry', async () => {
    const error = await writeAnsweredBy((response) => json(response, 429))

    expectFault(error, { ...rejected, httpStatus: 429, ...UNAVAILABLE })
  })

  it('408: unclear', async () => {
    const error = await writeAnsweredBy((response) => json(response, 408))

    expectFault(error, { ...rejected, httpStatus: 408, outcome: 'unclear', ...UNAVAILABLE })
  })

  for (const httpStatus of [500, 502, 503, 504]) {
    it(`${httpStatus}: unclear, and sent only once`, async () => {
      const error = await writeAnsweredBy((response) => json(response, httpStatus))

      expectFault(error, { ...rejected, httpStatus, outcome: 'unclear', ...UNAVAILABLE })
      expect(server?.seen).to.have.length(1)
    })
  }

  it('a 4xx with a truncated body keeps its status: nothing', async () => {
    const error = await writeAnsweredBy((response) => {
      response.writeHead(400, { 'content-length': '100' }).write('{"code"', () => response.destroy())
    })

    expectFault(error, { ...rejected, kind: 'truncated', httpStatus: 400 })
  })

  it('any unknown error: unclear', () => {
    expect(classifyWriteError(new Error('a bug'))).to.equal('unclear')
    expect(classifyWriteError('a text')).to.equal('unclear')
    expect(isWorthAnotherTry(new Error('a bug'))).to.equal(false)
  })
})

describe('lever/client: failed reads', () => {
  let server: TestServer | undefined

  afterEach(async () => {
    await server?.stop()
    server = undefined
  })

  async function readAnsweredBy(answer: Answer, timeoutMs?: number): Promise<LeverCallError> {
    server = await startHttpServer(answer)
    return readFrom(server.url, timeoutMs)
  }

  it('distinguish refused connections, DNS, and TLS', async () => {
    server = await startTcpServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))

    expect((await readFrom(await closedPort())).kind).to.equal('refused')
    expect((await readFrom('http://lever.invalid')).kind).to.equal('dns')
    expect((await readFrom(`https://127.0.0.1:${server.port}`)).kind).to.equal('tls')
  })

  it('distinguish a reset and a truncated, an unreadable, and an oversized response', async () => {
    const answers: Record<string, Answer> = {
      reset: (response) => response.destroy(),
      truncated: (response) => response.writeHead(200, { 'content-length': '100' }).write('{"data"', () => response.destroy()),
      unreadable: (response) => response.writeHead(200).end('<html>'),
      too_large: (response) => response.writeHead(200).end(Buffer.alloc(LARGE, ' ')),
    }
    for (const [kind, answer] of Object.entries(answers)) {
      expect((await readAnsweredBy(answer)).kind).to.equal(kind)
      await server?.stop()
    }
  })

  it('do not wait again after a timeout', async () => {
    const error = await outOfTime(
      () => readAnsweredBy(() => undefined),
      () => server?.seen.length === 1,
    )

    expect(error.kind).to.equal('timeout')
    expect(server?.seen).to.have.length(1)
  })

  it('give up on a redirect loop', async () => {
    const error = await readAnsweredBy((response) => json(response, 302, undefined, { location: '/v1/users' }))

    expect(error.kind).to.equal('redirect')
  })

  it('keep the time limit across redirects', async () => {
    const startedAt = performance.now()
    const error = await readAnsweredBy((response) => {
      setTimeout(() => json(response, 302, undefined, { location: '/v1/users' }), 120)
    }, 200)

    expect(error.kind).to.equal('timeout')
    expect(performance.now() - startedAt).to.be.below(10_000)
  })
})
