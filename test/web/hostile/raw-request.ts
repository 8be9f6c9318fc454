/** HTTP requests sent exactly as written; an ordinary client would correct them. */
import { connect } from 'node:net'
import { Agent, request as httpRequest, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'

export interface RawRequest {
  method: string
  /** Includes the query, as sent. */
  path: string
  headers?: Record<string, string | string[]>
  body?: string | Uint8Array
}

export interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })
/** With a thousand requests at once, the last one waits for all others. */
const WITHIN_MS = 60_000

/** Rejects if no response arrives within 60 s on an established connection. */
export function sendRaw(url: string, { method, path, headers = {}, body }: RawRequest, through: Agent = agent): Promise<RawAnswer> {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  return new Promise((answered, failed) => {
    const request = open(url, { method, path, headers: { ...length, ...headers } }, through)
    request.on('error', failed)
    request.on('response', (response) => void readAnswer(response).then(answered, failed))
    request.setTimeout(WITHIN_MS, () => request.destroy(new Error(`no answer within ${WITHIN_MS} ms to ${method} ${path.slice(0, 200)}`)))
    request.end(body)
  })
}

function open(url: string, { method, path, headers = {} }: RawRequest, through: Agent | false): ClientRequest {
  const { hostname, port } = new URL(url)
  return httpRequest({ hostname, port, method, path, headers, agent: through })
}

async function readAnswer(response: IncomingMessage): Promise<RawAnswer> {
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece as Buffer)
  return { status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(pieces).toString('utf8') }
}

/** Sends the headers but never the body. Resolves to the answer. */
export function sendHeadOnly(url: string, request: RawRequest): Promise<RawAnswer> {
  return sendSlowly(url, request, '')
}

/** Sends the headers and the beginning of a body, but never the rest. Resolves to the answer. */
export function sendSlowly(url: string, request: RawRequest, beginning: string): Promise<RawAnswer> {
  return new Promise((answered, failed) => {
    const sent = open(url, request, false)
    sent.on('error', failed)
    sent.on(
      'response',
      (response) =>
        void readAnswer(response)
          .then(answered, failed)
          .finally(() => sent.destroy()),
    )
    sent.flushHeaders()
    if (beginning !== '') sent.write(beginning)
  })
}

/** Sends endless chunks until it is answered or has sent `atMost` bytes. Resolves to the answer and the number of bytes sent. */
export function sendWithoutEnd(url: string, request: RawRequest, chunk: Uint8Array, atMost: number): Promise<RawAnswer & { sent: number }> {
  return new Promise((answered, failed) => {
    const headers = { ...request.headers, 'transfer-encoding': 'chunked' }
    const outgoing = open(url, { ...request, headers }, false)
    let sent = 0
    let isAnswered = false
    const goOn = (): void => {
      while (!isAnswered && sent < atMost) {
        sent += chunk.length
        if (!outgoing.write(chunk)) return void outgoing.once('drain', goOn)
      }
      if (!isAnswered) outgoing.end()
    }
    outgoing.on('error', (error) => (isAnswered ? undefined : failed(error)))
    outgoing.on('response', (response) => {
      isAnswered = true
      void readAnswer(response)
        .then((answer) => answered({ ...answer, sent }), failed)
        .finally(() => outgoing.destroy())
    })
    goOn()
  })
}

/** Sends bytes on a new connection. Resolves to everything that is received until the server closes it. */
export function sendBytes(url: string, bytes: string | Uint8Array): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((ended, failed) => {
    const pieces: Buffer[] = []
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.setTimeout(WITHIN_MS, () =>
      socket.destroy(new Error(`the connection stays open after ${JSON.stringify(String(bytes).slice(0, 100))}`)),
    )
    socket.on('data', (piece) => pieces.push(piece)).on('error', failed)
    socket.on('close', () => ended(Buffer.concat(pieces).toString('latin1')))
  })
}

/** Sends the headers and the beginning of a body, then disconnects. */
export function sendAndLeave(url: string, request: RawRequest, beginning: string): Promise<void> {
  return new Promise((left) => {
    const outgoing = open(url, request, false)
    outgoing.on('error', () => undefined).on('close', () => left())
    outgoing.flushHeaders()
    if (beginning !== '') outgoing.write(beginning)
    outgoing.once('socket', (socket) => socket.once('connect', () => setTimeout(() => outgoing.destroy(), 20)))
  })
}
