import type { Log } from '../log.ts'
import type { ApiAddress, ApiAddressOptions } from './api-address.ts'
import { exchangeRead, exchangeWrite, type LeverAnswer, type LeverRequest } from './exchange.ts'
import { LeverCallError, type LeverFault } from './lever-call-error.ts'
import type { LeverPath } from './lever-path.ts'
import type { Lane, RequestBudget } from './request-budget.ts'
import { jitteredDelayMs, retryAfterMs } from './retry-delay.ts'

const BACKOFF_MS = 500
/** A wait for the budget that is longer than this is reported. */
const WAIT_TOLD_AFTER_MS = 1000

/** Authentication for calls, supplied by the owner of the grant. */
export interface LeverCredentials {
  /** Value of the `Authorization` header. */
  header(): Promise<string>
  /**
   * Called after a 401. Resolves to the header for the repeat: a new one if the rejected one was still current.
   * @throws ServiceError `connection_not_active` if the grant is gone
   */
  renew(rejectedHeader: string): Promise<string>
  /** Called if the renewed header was also answered with 401: the grant is refused. */
  refused?(header: string): Promise<void>
  /** Identifies the request budget; the same for all organizations that use this credential. */
  fingerprint(): Promise<string>
  /** Granted OAuth scopes; null for an API key, whose permissions cannot be listed. */
  scopes(): Promise<readonly string[] | null>
}

/** An array repeats the parameter, as Lever's API documentation requires; undefined omits it. */
export type LeverQuery = Record<string, string | number | boolean | readonly string[] | undefined>

/** `budget`: a turn in the request budget. `lever`: Lever itself, which has just answered 503. */
export type WaitedFor = 'budget' | 'lever'

/** One request that was sent or could not be sent, for metrics. */
export interface ObservedCall {
  /** Such as `GET /opportunities/:id`, so that it has few values. */
  call: string
  lane: Lane
  /** Status of the answer, or else the fault. */
  outcome: string
  tookMs: number
}

export interface CallerOptions extends ApiAddressOptions {
  /** For a Lever on this machine; see `mayFollow`. */
  amongLoopback?: boolean | undefined
  credentials: LeverCredentials
  budget: RequestBudget
  /** Limit of one try: connection, request and whole answer. */
  timeoutMs: number
  /** The lane of calls that name none. */
  lane?: Lane
  log: Log
  observe?: ((call: ObservedCall) => void) | undefined
  /** Called for each call that waits noticeably for its turn. */
  onWait?: ((forWhat: WaitedFor) => void) | undefined
  /**
   * The longest first wait before a read is repeated, and the longest first pause after a 429 or 503 that names no time; both double with
   * each attempt.
   */
  backoffMs?: number
}

/** State shared by the calls of one client. */
export interface Caller extends CallerOptions {
  address: ApiAddress
}

export interface Call extends Pick<LeverRequest, 'method' | 'json' | 'form' | 'beforeSend'> {
  path: LeverPath
  /** Awaited when the call has its turn and its header, before anything is sent, and again before the single repeat after a 401. */
  prepare?: (() => Promise<void>) | undefined
  query: LeverQuery | undefined
  lane: Lane | undefined
}

/**
 * Makes one call: waits for its turn in the budget, gets the header, sends the request, and repeats it once after a 401. A 429 or 503
 * pauses the credential. An error other than LeverCallError was thrown before anything was sent, or after a 401, which did nothing.
 */
export async function callOnce(
  options: Caller,
  call: Call,
  { attempt, waitsFor }: { attempt: number; waitsFor: WaitedFor },
): Promise<LeverAnswer> {
  const { credentials, budget } = options
  const lane = call.lane ?? options.lane ?? 'interactive'
  const fingerprint = await credentials.fingerprint()
  const send = async (header: string): Promise<LeverAnswer> => exchangeLogged(options, call, { header, lane, attempt })

  await takeTurn(options, { fingerprint, lane, waitsFor })
  const header = await credentials.header()
  await call.prepare?.()
  let answer = await send(header)
  if (answer.status === 401) {
    const renewed = await credentials.renew(header)
    await takeTurn(options, { fingerprint, lane, waitsFor })
    await call.prepare?.()
    answer = await send(renewed)
    if (answer.status === 401) await afterAnswer(options, () => credentials.refused?.(renewed))
  }
  if (answer.status === 429 || answer.status === 503) {
    const pauseMs = retryAfterMs(answer.retryAfter) ?? backoffMs(options, attempt)
    options.log.info({ call: callName(call), status: answer.status, pauseMs: Math.round(pauseMs) }, 'Lever asks for a pause')
    await afterAnswer(options, () => budget.pause(fingerprint, pauseMs))
  }
  return answer
}

async function takeTurn(
  { budget, onWait }: CallerOptions,
  { fingerprint, lane, waitsFor }: { fingerprint: string; lane: Lane; waitsFor: WaitedFor },
): Promise<void> {
  const told = onWait && setTimeout(onWait, WAIT_TOLD_AFTER_MS, waitsFor)
  try {
    await budget.take(fingerprint, lane)
  } finally {
    clearTimeout(told)
  }
}

async function exchangeLogged(options: Caller, call: Call, { header, lane, attempt }: Sending): Promise<LeverAnswer> {
  const startedAt = performance.now()
  const { method, json, form, beforeSend } = call
  const request: LeverRequest = {
    method,
    json,
    form,
    beforeSend,
    authorization: header,
    timeoutMs: options.timeoutMs,
    amongLoopback: options.amongLoopback,
    url: urlOf(options.address.current(), call),
    call: callName(call),
  }
  const noteEnd = (outcome: number | LeverFault): void => {
    const tookMs = Math.round(performance.now() - startedAt)
    options.log.debug({ call: request.call, lane, attempt, tookMs, outcome }, 'call to Lever')
    options.observe?.({ call: callPattern(call), lane, outcome: String(outcome), tookMs })
  }
  try {
    const answer = await (method === 'GET' ? exchangeRead(request) : exchangeWrite(request))
    noteEnd(answer.status)
    const { movedTo } = answer
    if (movedTo) await afterAnswer(options, () => options.address.moved(movedTo, call.path))
    return answer
  } catch (error) {
    if (error instanceof LeverCallError) noteEnd(error.kind)
    if (error instanceof LeverCallError && !error.requestMayHaveArrived) await afterAnswer(options, () => options.address.unreachable())
    throw error
  }
}

interface Sending {
  header: string
  lane: Lane
  attempt: number
}

/** A failure to record something after an answer must not hide that answer: the outcome of a write would be lost. */
async function afterAnswer(options: CallerOptions, note: () => Promise<void> | undefined): Promise<void> {
  try {
    await note()
  } catch (err) {
    options.log.warn({ err }, 'Lever’s answer could not be recorded')
  }
}

/** Returns the wait before the next attempt (0 is the first); full jitter. */
export function backoffMs({ backoffMs: base = BACKOFF_MS }: CallerOptions, attempt: number): number {
  return jitteredDelayMs(attempt, base)
}

/** Paths hold ids only; personal data such as an email is in the query, which is left out. */
export function callName({ method, path }: Pick<Call, 'method' | 'path'>): string {
  return `${method} ${path}`
}

/** Words in places where other paths have an id (Lever's API documentation). */
const NO_IDS: ReadonlySet<string> = new Set(['deleted', 'fields'])

/** The name with `:id` for ids, which are every second part of Lever's paths. */
function callPattern({ method, path }: Pick<Call, 'method' | 'path'>): string {
  const parts = path.split('/').filter(Boolean)
  return `${method} /${parts.map((part, index) => (index % 2 === 1 && !NO_IDS.has(part) ? ':id' : part)).join('/')}`
}

function urlOf(apiUrl: string, { path, query }: Call): URL {
  const url = new URL(apiUrl + path)
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue
    const values = typeof value === 'object' ? value : [String(value)]
    for (const one of values) url.searchParams.append(name, one)
  }
  return url
}
