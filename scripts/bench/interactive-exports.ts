import { setTimeout as sleep } from 'node:timers/promises'
import { SOURCER, type Organization } from './connected-organization.ts'
import type { LeverProcess } from './ground.ts'
import { leverRequests, type LeverRequest } from './lever-requests.ts'

/** One export that a person requested: when it was requested, accepted, first seen by Lever and sent to it, in ms since the epoch. */
export interface InteractiveExport {
  askedAt: number
  acceptedAt: number
  /** Time of its first request to Lever. */
  begunAt: number
  /** Time of its `POST /opportunities`. */
  sentAt: number
}

let people = 0

/** Exports new people one after another, `everyMs` apart, as a person clicks. Resolves when all are sent, or `withinMs` after the last. */
export async function exportNowAndThen(
  { api }: Organization,
  lever: LeverProcess,
  { count, everyMs, withinMs = 60_000 }: { count: number; everyMs: number; withinMs?: number },
): Promise<InteractiveExport[]> {
  const asked: { email: string; askedAt: number; acceptedAt: number }[] = []
  for (let index = 0; index < count; index += 1) {
    people += 1
    const email = `interactive-${people}@bench.example`
    const candidate = await api.send<{ id: string }>('POST', 'candidates', { name: `Person ${people}`, emails: [email] })
    const askedAt = Date.now()
    await api.send('POST', 'exports', { candidateId: candidate.id, requestedBy: SOURCER })
    asked.push({ email, askedAt, acceptedAt: Date.now() })
    await sleep(Math.max(0, everyMs - (Date.now() - askedAt)))
  }
  const deadline = performance.now() + withinMs
  for (;;) {
    const requests = await leverRequests(lever)
    const seen = asked.flatMap((one) => timesOf(one, requests) ?? [])
    if (seen.length === count) return seen
    if (performance.now() > deadline) throw new Error(`Of ${count} exports ${count - seen.length} were not sent to Lever in time.`)
    await sleep(500)
  }
}

function timesOf(
  asked: { email: string; askedAt: number; acceptedAt: number },
  requests: readonly LeverRequest[],
): InteractiveExport | null {
  const own = requests.filter(({ query, body }) => query['email'] === asked.email || body?.emails?.includes(asked.email))
  const sent = own.find(({ method, path }) => method === 'POST' && path === '/opportunities')
  const [first] = own
  return first && sent ? { ...asked, begunAt: first.at, sentAt: sent.at } : null
}
