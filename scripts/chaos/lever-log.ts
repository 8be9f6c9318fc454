import { setTimeout as sleep } from 'node:timers/promises'
import type { Calls } from '../tour/calls.ts'

/** A request as the local Lever's control interface shows it. */
export interface LeverRequest {
  seq: number
  at: number
  method: string
  path: string
  query: Record<string, string | string[]>
  status: number | null
  credential: string | null
  effectId: string | null
  fault: string | null
}

const READ_EVERY_MS = 2000
/** A request may take effect this long after it arrived. */
const SETTLED_MS = 10_000

export interface LeverLog {
  /** Resolves to everything since the start, in order of arrival. */
  end(): Promise<LeverRequest[]>
}

/** Collects all requests as they arrive, since the local Lever keeps only the latest. */
export function followRequests(control: Calls): LeverLog {
  const seen = new Map<number, LeverRequest>()
  const over = new AbortController()
  let since = 0
  async function read(): Promise<void> {
    const { data } = await control.get<{ data: LeverRequest[] }>(`requests?since=${since}`)
    for (const request of data) seen.set(request.seq, request)
    since = Math.max(0, (data.at(-1)?.at ?? since) - SETTLED_MS)
  }
  const following = (async () => {
    while (!over.signal.aborted) {
      await read()
      await sleep(READ_EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined)
    }
  })()
  return {
    async end() {
      over.abort()
      await following
      await read()
      return [...seen.values()].toSorted((a, b) => a.seq - b.seq)
    },
  }
}
