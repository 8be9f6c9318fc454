import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { got, RequestError, type OptionsOfTextResponseBody } from 'got'
import { LeverCallError, type LeverFault } from './lever-call-error.ts'
import { openConnection } from './open-connection.ts'
import { mayFollow } from './may-follow.ts'
import { exchangeFault } from './transport-fault.ts'

/** A list of a hundred opportunities is about 200 kB. */
export const LARGEST_ANSWER_BYTES = 20 * 1024 * 1024
/** Statuses whose `Location` a call follows; a write follows only those that require an unchanged repeat. */
const REDIRECTS = {
  read: { statuses: new Set([301, 302, 303, 307, 308]), most: 3 },
  write: { statuses: new Set([307, 308]), most: 1 },
} as const
/** Statuses of permanent redirects. */
const PERMANENT = new Set([301, 308])
const IDLE_MS = 30_000

/** One request as it is sent, once. */
export interface LeverRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  url: URL
  /** Name of the call for errors and the log, such as `GET /users`. */
  call: string
  authorization: string
  json?: unknown
  form?: FormData | undefined
  /** For the connection, the request and the whole answer together. */
  timeoutMs: number
  /** See {@link mayFollow}. */
  amongLoopback?: boolean | undefined
  beforeSend?: (() => void) | undefined
}

/** A complete answer, whatever its status. */
export interface LeverAnswer {
  status: number
  text: string
  retryAfter: string | undefined
  location: string | undefined
  /** The target, if Lever permanently redirected to another host, whether it was followed or not. */
  movedTo?: URL
}

const keptAlive = {
  http: new HttpAgent({ keepAlive: true, timeout: IDLE_MS }),
  https: new HttpsAgent({ keepAlive: true, timeout: IDLE_MS }),
}

/**
 * Sends a read over a kept-alive connection. Follows a few redirects where {@link mayFollow} allows it; any other redirect is the answer.
 * @throws LeverCallError for every fault but a status
 */
export function exchangeRead(request: LeverRequest): Promise<LeverAnswer> {
  return follow(request, REDIRECTS.read, (hop) => exchange(hop, hop.timeoutMs, { agent: keptAlive }))
}

/**
 * Sends a write once, over a connection opened for it. If Lever answers 307 or 308, which means that it did nothing, sends it once more to
 * the given address; any other redirect is the answer. `beforeSend` is called each time, once the connection is open, in the tick in which
 * the bytes are sent. If it throws, nothing was sent, and the error is passed on.
 * @throws LeverCallError for every fault but a status
 */
export function exchangeWrite(request: LeverRequest): Promise<LeverAnswer> {
  return follow(request, REDIRECTS.write, sendWrite)
}

/** All hops together have the time of one call. */
async function follow(
  request: LeverRequest,
  { statuses, most }: { statuses: ReadonlySet<number>; most: number },
  send: (hop: LeverRequest) => Promise<LeverAnswer>,
): Promise<LeverAnswer> {
  const startedAt = performance.now()
  let hop = request
  let isForGood = true
  let movedTo: URL | undefined
  for (let followed = 0; ; followed++) {
    const answer = await send(hop)
    const next = REDIRECTS.read.statuses.has(answer.status) ? nextAddress(hop, answer.location) : null
    isForGood &&= PERMANENT.has(answer.status)
    if (next && isForGood && next.origin !== request.url.origin) movedTo = next
    if (!next || !statuses.has(answer.status) || followed >= most) return movedTo ? { ...answer, movedTo } : answer
    hop = { ...request, url: next, timeoutMs: request.timeoutMs - (performance.now() - startedAt) }
  }
}

function nextAddress({ url: from, amongLoopback }: LeverRequest, location: string | undefined): URL | null {
  if (!location || !URL.canParse(location, from)) return null
  const to = new URL(location, from)
  return mayFollow(from, to, { amongLoopback }) ? to : null
}

async function sendWrite(request: LeverRequest): Promise<LeverAnswer> {
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
    return { status: answer.statusCode, text: answer.body, retryAfter: answer.headers['retry-after'], location: answer.headers.location }
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
    followRedirect: false,
    retry: { limit: 0 },
    throwHttpErrors: false,
  }
}

/** The cause is the native error, not got's, which carries the request and with it the token. */
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
