import { request, type IncomingHttpHeaders } from 'node:http'

export interface HttpAnswer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

export interface HttpCall {
  headers?: Record<string, string>
  json?: unknown
  timeoutMs?: number
}

/** Sends one request with Node's own client: tests send tens of thousands, and each takes got and `fetch` four times the processor time. */
export function callHttp(method: string, url: string, { headers = {}, json, timeoutMs = 30_000 }: HttpCall = {}): Promise<HttpAnswer> {
  const body = json === undefined ? undefined : JSON.stringify(json)
  const ofBody = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }
  return new Promise((answered, failed) => {
    const sent = request(url, { method, headers: { ...ofBody, ...headers } }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece)).on('error', failed)
      response.on('end', () =>
        answered({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(pieces).toString('utf8') }),
      )
    })
    sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`no answer within ${timeoutMs} ms to ${method} ${url}`)))
    sent.on('error', failed).end(body)
  })
}
