import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { got, RequestError, type OptionsOfTextResponseBody } from 'got'
import { LeverCallError, type LeverFault } from './lever-call-error.ts'
import { openConnection } from './open-connection.ts'
import { refuseDowngrade } from './refuse-downgrade.ts'
import { exchangeFault } from './transport-fault.ts'

/** A list of a hundred opportunities is some 200 kB. */
export const LARGEST_ANSWER_BYTES = 20 * 1024 * 1024
const MOST_REDIRECTS = 3
const IDLE_MS = 30_000

/** One request as it goes out, once. */
export interface LeverRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  url: URL
  /** Such as `GET /users`: what errors and the log call it. */
  call: string
  authorization: string
  json?: unknown
  form?: FormData | undefined
  /** For the connection, the request and the whole answer together. */
  timeoutMs: number
  beforeSend?: (() => void) | undefined
}

/** An answer that came whole, whatever its status. */
export interface LeverAnswer {
  status: number
  text: string
  retryAfter: string | undefined
}

const keptAlive = {
  http: new HttpAgent({ keepAlive: true, timeout: IDLE_MS }),
  https: new HttpsAgent({ keepAlive: true, timeout: IDLE_MS }),
}

/**
 * Sends a read over a kept-alive connection. Follows a few redirects, to https where the request was https; got leaves out the
 * `Authorization` when they lead to another host or port.
 * @throws LeverCallError for every fault but a status
 */
export function exchangeRead(request: LeverRequest): Promise<LeverAnswer> {
  return exchange(request, request.timeoutMs, {
    agent: keptAlive,
    followRedirect: true,
    maxRedirects: MOST_REDIRECTS,
    hooks: { beforeRedirect: [(next) => refuseDowngrade(request.url, next.url)] },
  })
}

/**
 * Sends a write over a connection opened for it, once, following no redirect. `beforeSend` is called when the connection stands, in the
 * tick in which the bytes go out; what it throws is thrown on, and nothing was sent.
 * @throws LeverCallError for every fault but a status
 */
export async function exchangeWrite(request: LeverRequest): Promise<LeverAnswer> {
  const startedAt = performance.now()
  const socket = await openConnection(request.url, { call: request.call, withinMs: request.timeoutMs })
  let refusal: { error: unknown } | undefined
  const lastCheck = (): void => {
    try {
      request.beforeSend?.()
    } catch (error) {
      refusal = { error }
      throw error
    }
  }
  try {
    return await exchange(request, request.timeoutMs - (performance.now() - startedAt), {
      createConnection: () => socket,
      followRedirect: false,
      hooks: { beforeRequest: [lastCheck] },
    })
  } catch (error) {
    throw refusal ? refusal.error : error
  } finally {
    socket.destroy()
  }
}

async function exchange(request: LeverRequest, withinMs: number, options: OptionsOfTextResponseBody): Promise<LeverAnswer> {
  const stop = new AbortController()
  let stoppedFor: LeverFault | undefined
  const stopFor = (fault: LeverFault): void => {
    stoppedFor ??= fault
    stop.abort()
  }
  const timer = setTimeout(() => stopFor('timeout'), Math.max(0, withinMs))
  try {
    const sent = got(request.url, { ...baseOptions(request), ...options, signal: stop.signal, responseType: 'text' })
    void sent.on('downloadProgress', ({ transferred }) => transferred > LARGEST_ANSWER_BYTES && stopFor('too_large'))
    const answer = await sent
    return { status: answer.statusCode, text: answer.body, retryAfter: answer.headers['retry-after'] }
  } catch (error) {
    throw faultOf(request, error, { stoppedFor, connected: options.createConnection !== undefined })
  } finally {
    clearTimeout(timer)
  }
}

function baseOptions({ method, authorization, json, form }: LeverRequest): OptionsOfTextResponseBody {
  return {
    method,
    headers: { authorization, accept: 'application/json', 'user-agent': 'fulcrum' },
    ...(json === undefined ? {} : { json }),
    ...(form === undefined ? {} : { body: form }),
    retry: { limit: 0 },
    throwHttpErrors: false,
  }
}

/** The native error is the cause, not got's: that one carries the request, and with it the token. */
function faultOf({ call }: LeverRequest, error: unknown, { stoppedFor, connected }: Ending): LeverCallError {
  if (error instanceof LeverCallError) return error
  const httpStatus = error instanceof RequestError ? (error.response?.statusCode ?? null) : null
  const cause = error instanceof RequestError ? error.cause : error
  const kind = stoppedFor ?? exchangeFault(error, { answered: httpStatus !== null, connected })
  return new LeverCallError({ kind, call, httpStatus, cause })
}

interface Ending {
  stoppedFor: LeverFault | undefined
  connected: boolean
}
