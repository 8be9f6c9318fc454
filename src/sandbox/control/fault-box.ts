/** Planted faults, and the requests that they hit. */
import { z } from 'zod'

const FAULT_KINDS = [
  'status',
  'statusAfterEffect',
  'resetBefore',
  'resetAfter',
  'hangBefore',
  'hangAfter',
  'lateEffect',
  'truncate',
  'empty',
  'html',
  'noId',
  'redirect',
  'slow',
] as const

const regex = z.string().refine(isRegex, 'is not a regular expression')

export const FaultRequest = z.strictObject({
  match: z.strictObject({ method: z.string().optional(), path: regex.optional(), query: regex.optional() }).default({}),
  kind: z.enum(FAULT_KINDS),
  times: z.number().int().min(1).default(1),
  after: z.number().int().min(0).default(0),
  status: z.number().int().min(200).max(599).optional(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  delayMs: z.number().int().min(0).optional(),
  hang: z.boolean().optional(),
})
export type FaultRequest = z.infer<typeof FaultRequest>

function isRegex(text: string): boolean {
  try {
    // pattern exempt, at most 2,000 characters: it is only compiled here
    return Boolean(new RegExp(text))
  } catch {
    return false
  }
}

export interface Fault extends FaultRequest {
  id: number
  /** how many requests it has hit */
  hits: number
  /** how many matching requests it let through for `after` */
  skipped: number
}

interface FaultyRequest {
  method: string
  /** After `/v1` or `/oauth`. */
  path: string
  /** As sent, without the question mark. */
  query: string
}

export class FaultBox {
  #faults: Fault[] = []
  #lastId = 0
  #cleared = new AbortController()

  /** Aborts when the current faults are cleared. */
  get cleared(): AbortSignal {
    return this.#cleared.signal
  }

  add(request: FaultRequest): Fault {
    this.#lastId += 1
    const fault = { ...request, id: this.#lastId, hits: 0, skipped: 0 }
    this.#faults.push(fault)
    return fault
  }

  list(): Fault[] {
    return this.#faults
  }

  clear(): void {
    this.#faults = []
    this.#cleared.abort()
    this.#cleared = new AbortController()
  }

  /** Returns the first fault that applies, and counts the hit. */
  take(request: FaultyRequest): Fault | null {
    for (const fault of this.#faults) {
      if (fault.hits >= fault.times || !matches(fault, request)) continue
      if (fault.skipped < fault.after) {
        fault.skipped += 1
        continue
      }
      fault.hits += 1
      return fault
    }
    return null
  }
}

function matches({ match }: Fault, { method, path, query }: FaultyRequest): boolean {
  if (match.method && match.method.toUpperCase() !== method) return false
  if (match.query && !fits(match.query, query)) return false
  return !match.path || fits(match.path, path)
}

function fits(pattern: string, text: string): boolean {
  // pattern exempt, at most 2,000 characters: only developers plant faults, in a Lever of their own
  return new RegExp(pattern).test(text.slice(0, 2000))
}
