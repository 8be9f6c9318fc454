import { randomUUID } from 'node:crypto'
import { createServer, STATUS_CODES, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ServiceError } from '../errors.ts'
import { toProblem } from './shell/problem.ts'

/** Errors of Node's parser, by code; everything else is not HTTP. */
const REFUSALS: Readonly<Record<string, () => ServiceError>> = {
  HPE_HEADER_OVERFLOW: () => new ServiceError('bad_request', 'The request headers are too large.', { status: 431 }),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: () => new ServiceError('payload_too_large', 'The chunks of the body are too large.'),
  ERR_HTTP_REQUEST_TIMEOUT: () => new ServiceError('request_timeout', 'The request took too long.'),
}

/** How long the head of a request may take. The body reader watches for silence in the body. */
const TIMES = { headersTimeout: 15_000, connectionsCheckingInterval: 2000 }

/**
 * How long a request that was answered early is still read and discarded. Closing at once would reset the connection, and the sender might
 * never read the answer (RFC 9112, 9.6).
 */
const LINGER_MS = 2000

/**
 * Returns an HTTP server that also answers requests that no application sees: those that were never complete or are not HTTP/1.1. The
 * answers are problem documents with an id, like all others. The connection then ends, since the start of the next request is unknown.
 */
export function createWebServer(listener: RequestListener): Server {
  const underWay = new WeakMap<Duplex, ServerResponse>()
  const server = createServer({ ...TIMES, requireHostHeader: false }, (request, response) => {
    underWay.set(request.socket, response)
    endWithEarlyAnswer(response)
    if (request.headers.host !== undefined || request.httpVersion === '1.0') listener(request, response)
    else refuse(response, new ServiceError('bad_request', 'The request has no Host header.'))
  })
  server.on('connection', (socket) => lingerAfterEarlyAnswer(socket, () => underWay.get(socket)?.req))
  server.on('checkExpectation', (_request, response) =>
    refuse(response, new ServiceError('bad_request', 'The server cannot do what the Expect header asks for.', { status: 417 })),
  )
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const isAnswered = underWay.get(socket)?.headersSent === true && underWay.get(socket)?.writableFinished === false
    if (!socket.writable || error.code === 'ECONNRESET' || isAnswered) socket.destroy()
    else socket.end(asText(REFUSALS[error.code ?? '']?.() ?? new ServiceError('bad_request', 'This is not an HTTP/1.1 request.')))
  })
  return server
}

/**
 * An answer sent before the end of its request is the last on its connection. Otherwise Node would read the rest of the request, for as
 * long as a request may take, to find the next one.
 */
function endWithEarlyAnswer(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...parameters: unknown[]) => ServerResponse
  response.writeHead = (...parameters: unknown[]) => {
    if (!response.req.complete) response.shouldKeepAlive = false
    return writeHead(...parameters)
  }
}

/** Replaces `destroySoon`, which Node uses to close a connection after the answer. */
function lingerAfterEarlyAnswer(socket: Socket, lastRequest: () => IncomingMessage | undefined): void {
  const destroySoon = socket.destroySoon.bind(socket)
  socket.destroySoon = () => {
    const request = lastRequest()
    if (request === undefined || request.complete) return destroySoon()
    socket.end()
    request.once('end', destroySoon).resume()
    const timer = setTimeout(destroySoon, LINGER_MS)
    socket.once('close', () => clearTimeout(timer))
  }
}

function refuse(response: ServerResponse, error: ServiceError): void {
  const { headers, body } = refusalOf(error)
  response.writeHead(error.status, headers).end(body)
}

function asText(error: ServiceError): string {
  const { headers, body } = refusalOf(error)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`, ...lines, '', body].join('\r\n')
}

function refusalOf(error: ServiceError): { headers: Record<string, string>; body: string } {
  const id = randomUUID()
  const body = JSON.stringify(toProblem(error, id))
  const headers = {
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': id,
    Connection: 'close',
  }
  return { headers, body }
}
