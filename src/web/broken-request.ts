import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { ServiceError } from '../errors.ts'
import { toProblem } from './problem.ts'

/** What Node's parser stumbles over, by its codes; all else is just no HTTP. */
const REFUSALS: Readonly<Record<string, () => ServiceError>> = {
  HPE_HEADER_OVERFLOW: () => new ServiceError('bad_request', 'The head of the request is too large.', { status: 431 }),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: () => new ServiceError('payload_too_large', 'The chunks of the body are too large.'),
  ERR_HTTP_REQUEST_TIMEOUT: () => new ServiceError('request_timeout', 'The request took too long.'),
}

/**
 * Answers what never became a request, so that no application sees it, as all else is answered: with a problem document and an id.
 * The connection ends with it, since nobody knows where the next request would begin.
 */
export function answerBrokenRequests(server: Server): Server {
  const underWay = new WeakMap<Duplex, ServerResponse>()
  server.on('request', (request, response) => underWay.set(request.socket, response))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const isAnswered = underWay.get(socket)?.headersSent === true && underWay.get(socket)?.writableFinished === false
    if (!socket.writable || error.code === 'ECONNRESET' || isAnswered) socket.destroy()
    else socket.end(answerTo(REFUSALS[error.code ?? '']?.() ?? new ServiceError('bad_request', 'This is not a request of HTTP/1.1.')))
  })
  return server
}

function answerTo(error: ServiceError): string {
  const id = randomUUID()
  const body = JSON.stringify(toProblem(error, id))
  return [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `X-Request-Id: ${id}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
