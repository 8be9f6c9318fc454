import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { readAnswer } from './answer.ts'
import { createApiAddress } from './api-address.ts'
import {
  backoffMs,
  callName,
  callOnce,
  type Call,
  type Caller,
  type CallerOptions,
  type LeverCredentials,
  type LeverQuery,
  type ObservedCall,
  type WaitedFor,
} from './call.ts'
import { isLeverStatus, LeverCallError, type LeverFault } from './lever-call-error.ts'
import type { LeverPath } from './lever-path.ts'
import { PAGE, pageFrom, readInHalves, walkPages, type LeverPage } from './paging.ts'
import type { Lane } from './request-budget.ts'
import { markNeverSent } from './write-outcome.ts'

export type { Lane, LeverCredentials, LeverQuery, ObservedCall, WaitedFor }

export interface WriteOptions<S extends z.ZodType> {
  query?: LeverQuery
  json?: unknown
  /** Sent as `multipart/form-data`. */
  form?: FormData
  schema: S
  lane?: Lane
  /**
   * Awaited when the call has its turn in the budget, before anything is sent, and again before the single repeat after a 401. If it
   * throws, the write is not sent.
   */
  prepare?: () => Promise<void>
  /**
   * Called once the connection is open, in the tick in which the bytes are sent, and again before the single repeat after a 401. If it
   * throws, the write is not sent, and the error is passed on.
   */
  beforeSend?: () => void
}

export interface LeverClient {
  /** Resolves to the whole envelope, parsed by `schema`. Repeated a few times after 429, 5xx, connection faults and unreadable answers. */
  get<S extends z.ZodType>(path: LeverPath, options: { query?: LeverQuery; schema: S; lane?: Lane }): Promise<z.output<S>>
  /** Resolves to one page of up to 100 items, fewer if Lever's answers are too large or too slow; repeated like `get`. */
  page(path: LeverPath, options: { query?: LeverQuery; offset: string | undefined; lane?: Lane; pageSize?: number }): Promise<LeverPage>
  /** Yields every item of a list and requests pages on demand; items that `item` cannot read (no id) are skipped. */
  list<S extends z.ZodType>(
    path: LeverPath,
    options: { query?: LeverQuery; item: S; lane?: Lane; pageSize?: number },
  ): AsyncIterable<z.output<S>>
  /** Sends once and never repeats, except after a 401, which did nothing. `classifyWriteError` says what an error means for the write. */
  write<S extends z.ZodType>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: LeverPath,
    options: WriteOptions<S>,
  ): Promise<{ status: number; body: z.output<S> }>
}

export type LeverClientOptions = CallerOptions

const READ_TRIES = 4

/**
 * Returns a client of one Lever account. Make one for each piece of work: it remembers only the redirected address, the page size that
 * worked, and whether `expand` was refused.
 */
export function createLeverClient(options: LeverClientOptions): LeverClient {
  const caller: Caller = { ...options, address: createApiAddress(options) }
  const expansion = createExpansion()
  let manageable = Infinity
  const get: LeverClient['get'] = (path, { query, schema, lane }) =>
    expansion.read(query, (allowed) => {
      const request: Call = { method: 'GET', path, query: allowed, lane }
      return repeatRead(caller, async (way) => readAnswer(await callOnce(caller, request, way), schema, callName(request)))
    })
  const page: LeverClient['page'] = async (path, { query, offset, lane, pageSize = 100 }) => {
    const patient = (lane ?? options.lane) === 'sync'
    const read = async (limit: number): Promise<LeverPage> => {
      const answer = await get(path, { query: { ...query, limit, offset }, schema: PAGE, ...(lane ? { lane } : {}) })
      return pageFrom(answer, callName({ method: 'GET', path }))
    }
    const { page: found, size } = await readInHalves(Math.min(pageSize, manageable), { patient }, read)
    if (size < pageSize) manageable = size
    return found
  }
  return {
    get,
    page,
    list(path, { query, item, lane, pageSize }) {
      return walkPages({
        call: `GET ${path}`,
        item,
        readPage: (offset) =>
          page(path, { offset, ...(query ? { query } : {}), ...(lane ? { lane } : {}), ...(pageSize === undefined ? {} : { pageSize }) }),
        onSkipped: (count) => options.log.warn({ path, count }, 'Lever listed records that could not be read'),
      })
    },
    async write(method, path, { query, json, form, lane, prepare, beforeSend, schema }) {
      const request: Call = { method, path, query, json, form, lane, prepare, beforeSend }
      const answer = await callOnce(caller, request, { attempt: 0, waitsFor: 'budget' }).catch((error: unknown) => {
        throw error instanceof LeverCallError ? error : markNeverSent(error)
      })
      return { status: answer.status, body: readAnswer(answer, schema, callName(request)) }
    },
  }
}

/** If Lever refuses `expand` (403), continues without it: ids come instead of objects. */
function createExpansion() {
  let isRefused = false
  return {
    async read<T>(query: LeverQuery | undefined, ask: (query: LeverQuery | undefined) => Promise<T>): Promise<T> {
      if (query?.['expand'] === undefined) return ask(query)
      const without = { ...query, expand: undefined }
      if (isRefused) return ask(without)
      try {
        return await ask(query)
      } catch (error) {
        if (!isLeverStatus(error, 403)) throw error
        const answer = await ask(without)
        isRefused = true
        return answer
      }
    },
  }
}

async function repeatRead<T>(options: Caller, read: (way: { attempt: number; waitsFor: WaitedFor }) => Promise<T>): Promise<T> {
  let waitsFor: WaitedFor = 'budget'
  for (let attempt = 0; ; attempt++) {
    try {
      return await read({ attempt, waitsFor })
    } catch (error) {
      if (attempt + 1 >= READ_TRIES || !isWorthRepeating(error)) throw error
      waitsFor = error.httpStatus === 503 ? 'lever' : 'budget'
      const pauseMs = backoffMs(options, attempt)
      if (!waitsForBudget(error, pauseMs)) await sleep(pauseMs)
    }
  }
}

/** True if the credential is paused at least as long, so that its next turn comes no sooner. Lever may request no pause at all. */
function waitsForBudget({ httpStatus, retryAfterMs }: LeverCallError, pauseMs: number): boolean {
  return (httpStatus === 429 || httpStatus === 503) && (retryAfterMs === null || retryAfterMs >= pauseMs)
}

const REPEATED_FAULTS: ReadonlySet<LeverFault> = new Set(['refused', 'dns', 'connect', 'reset', 'truncated', 'unreadable'])

/**
 * A timeout is not repeated: it has already used all of its time, and the caller decides what comes next. An unreadable answer may come
 * from a proxy.
 */
function isWorthRepeating(error: unknown): error is LeverCallError {
  if (!(error instanceof LeverCallError)) return false
  const { kind, httpStatus } = error
  return kind === 'status' ? httpStatus === 429 || (httpStatus ?? 0) >= 500 : REPEATED_FAULTS.has(kind)
}
