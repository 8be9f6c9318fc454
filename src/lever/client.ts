import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import type { Log } from '../log.ts'
import { readAnswer } from './answer.ts'
import { exchangeRead, exchangeWrite, type LeverAnswer, type LeverRequest } from './exchange.ts'
import { LeverCallError, type LeverFault } from './lever-call-error.ts'
import { walkPages } from './paging.ts'
import type { Lane, RequestBudget } from './request-budget.ts'
import { jitteredDelayMs, retryAfterMs } from './retry-delay.ts'
import { markNeverSent } from './write-outcome.ts'

export type { Lane }

/** What a call needs to be let in, handed in by who keeps the grant. */
export interface LeverCredentials {
  /** Value of the `Authorization` header. */
  header(): Promise<string>
  /**
   * After a 401: resolves with the header to repeat the call with, a new one if the rejected one was still current.
   * @throws ServiceError `connection_not_active` when the grant is gone
   */
  renew(rejectedHeader: string): Promise<string>
  /** Told when the renewed header was answered with 401 as well: the grant is refused. */
  refused?(header: string): Promise<void>
  /** Keys the request budget; the same for all organizations that use this credential. */
  fingerprint(): Promise<string>
  /** Granted OAuth scopes; null for an API key, whose permissions cannot be listed. */
  scopes(): Promise<readonly string[] | null>
}

/** An array repeats the parameter, as Lever's API documentation asks; undefined leaves it out. */
export type LeverQuery = Record<string, string | number | boolean | readonly string[] | undefined>

export interface WriteOptions<S extends z.ZodType> {
  query?: LeverQuery
  json?: unknown
  /** Sent as `multipart/form-data`. */
  form?: FormData
  schema: S
  lane?: Lane
  /**
   * Called when the connection stands, in the tick in which the bytes go out, and again before the one repeat after a 401.
   * What it throws keeps the write from being sent and is thrown on.
   */
  beforeSend?: () => void
}

export interface LeverClient {
  /** The whole envelope, as `schema` reads it. Repeated a few times on 429, 5xx and faults of the connection. */
  get<S extends z.ZodType>(path: string, options: { query?: LeverQuery; schema: S; lane?: Lane }): Promise<z.output<S>>
  /** Every item of a list, page by page, as they are asked for; items that `item` cannot read (no id) are skipped. */
  list<S extends z.ZodType>(
    path: string,
    options: { query?: LeverQuery; item: S; lane?: Lane; pageSize?: number },
  ): AsyncIterable<z.output<S>>
  /** Sent once, never repeated but after a 401, which did nothing. What an error means for the write: `classifyWriteError`. */
  write<S extends z.ZodType>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    options: WriteOptions<S>,
  ): Promise<{ status: number; body: z.output<S> }>
}

export interface LeverClientOptions {
  /** Such as `https://api.lever.co/v1`, without a slash at its end. */
  apiUrl: string
  credentials: LeverCredentials
  budget: RequestBudget
  /** Limit of one try: connection, request and whole answer. */
  timeoutMs: number
  /** Where a call names none. */
  lane?: Lane
  log: Log
  /** How reads are repeated: so many times, after up to `baseMs`, doubling. */
  retry?: { times: number; baseMs: number }
}

const RETRY = { times: 3, baseMs: 500 }

/** A client of one Lever account. It holds no state of its own: make one for each piece of work. */
export function createLeverClient(options: LeverClientOptions): LeverClient {
  const get: LeverClient['get'] = async (path, { query, schema, lane }) => {
    const request: Call = { method: 'GET', path, query, lane }
    return repeatRead(options, async (attempt) => readAnswer(await callOnce(options, request, attempt), schema, callName(request)))
  }
  return {
    get,
    list(path, { query, item, lane, pageSize = 100 }) {
      return walkPages({
        call: `GET ${path}`,
        item,
        readPage: (offset, schema) => get(path, { query: { ...query, limit: pageSize, offset }, schema, ...(lane ? { lane } : {}) }),
        onSkipped: (count) => options.log.warn({ path, count }, 'Lever listed records that could not be read'),
      })
    },
    async write(method, path, { query, json, form, lane, beforeSend, schema }) {
      const request: Call = { method, path, query, json, form, lane, beforeSend }
      const answer = await callOnce(options, request, 0).catch((error: unknown) => {
        throw error instanceof LeverCallError ? error : markNeverSent(error)
      })
      return { status: answer.status, body: readAnswer(answer, schema, callName(request)) }
    },
  }
}

interface Call extends Pick<LeverRequest, 'method' | 'json' | 'form' | 'beforeSend'> {
  path: string
  query: LeverQuery | undefined
  lane: Lane | undefined
}

/**
 * One call: its turn in the budget, then the header, then the request, and once more after a 401. An answer 429 or 503 pauses the credential.
 * Whatever else than a LeverCallError comes out of here was thrown before anything was sent, or after a 401, which did nothing.
 */
async function callOnce(options: LeverClientOptions, call: Call, attempt: number): Promise<LeverAnswer> {
  const { credentials, budget } = options
  const lane = call.lane ?? options.lane ?? 'interactive'
  const fingerprint = await credentials.fingerprint()
  const send = async (header: string): Promise<LeverAnswer> => exchangeLogged(options, call, { header, lane, attempt })

  await budget.take(fingerprint, lane)
  const header = await credentials.header()
  let answer = await send(header)
  if (answer.status === 401) {
    const renewed = await credentials.renew(header)
    await budget.take(fingerprint, lane)
    answer = await send(renewed)
    if (answer.status === 401) await afterAnswer(options, () => credentials.refused?.(renewed))
  }
  if (answer.status === 429 || answer.status === 503) {
    const pauseMs = retryAfterMs(answer.retryAfter) ?? jitteredDelayMs(attempt, retryOf(options).baseMs)
    options.log.info({ call: callName(call), status: answer.status, pauseMs: Math.round(pauseMs) }, 'Lever asks for a pause')
    await afterAnswer(options, () => budget.pause(fingerprint, pauseMs))
  }
  return answer
}

async function exchangeLogged(options: LeverClientOptions, call: Call, { header, lane, attempt }: Sending): Promise<LeverAnswer> {
  const startedAt = performance.now()
  const { method, json, form, beforeSend } = call
  const request: LeverRequest = {
    ...{ method, json, form, beforeSend, authorization: header, timeoutMs: options.timeoutMs },
    ...{ url: urlOf(options.apiUrl, call), call: callName(call) },
  }
  const line = (): Record<string, unknown> => ({ call: request.call, lane, attempt, tookMs: Math.round(performance.now() - startedAt) })
  try {
    const answer = await (method === 'GET' ? exchangeRead(request) : exchangeWrite(request))
    options.log.debug({ ...line(), status: answer.status }, 'Lever answered')
    return answer
  } catch (error) {
    if (error instanceof LeverCallError) options.log.debug({ ...line(), fault: error.kind }, 'a call to Lever failed')
    throw error
  }
}

interface Sending {
  header: string
  lane: Lane
  attempt: number
}

/** What is to be noted after an answer must not hide that answer: the outcome of a write would be lost. */
async function afterAnswer(options: LeverClientOptions, note: () => Promise<void> | undefined): Promise<void> {
  try {
    await note()
  } catch (err) {
    options.log.warn({ err }, 'what Lever answered could not be noted')
  }
}

async function repeatRead<T>(options: LeverClientOptions, read: (attempt: number) => Promise<T>): Promise<T> {
  const { times, baseMs } = retryOf(options)
  for (let attempt = 0; ; attempt++) {
    try {
      return await read(attempt)
    } catch (error) {
      if (attempt >= times || !isWorthRepeating(error)) throw error
      await sleep(Math.max(error.retryAfterMs ?? 0, jitteredDelayMs(attempt, baseMs)))
    }
  }
}

const REPEATED_FAULTS: ReadonlySet<LeverFault> = new Set(['refused', 'dns', 'connect', 'reset', 'truncated'])

/** A time-out is not repeated: it has cost its whole time already, and what the caller does next decides. */
function isWorthRepeating(error: unknown): error is LeverCallError {
  if (!(error instanceof LeverCallError)) return false
  const { kind, httpStatus } = error
  return kind === 'status' ? httpStatus === 429 || (httpStatus ?? 0) >= 500 : REPEATED_FAULTS.has(kind)
}

function retryOf({ retry }: LeverClientOptions): { times: number; baseMs: number } {
  return retry ?? RETRY
}

/** Paths hold ids only; what may be personal (an e-mail) stands in the query, which is left out. */
function callName({ method, path }: Pick<Call, 'method' | 'path'>): string {
  return `${method} ${path}`
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
