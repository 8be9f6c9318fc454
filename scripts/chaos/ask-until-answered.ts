import { setTimeout as sleep } from 'node:timers/promises'
import { got } from 'got'
import type { Random } from './random.ts'

const ASKED_AGAIN_MS = 300
/** How long a request is repeated until it is answered. */
const ANSWERED_WITHIN_MS = 120_000
const CALL_LIMIT_MS = 10_000

export interface Asking {
  /** Web processes; each try goes to one of them. */
  urls: readonly string[]
  random: Random
}

export interface AskedRequest {
  method: 'POST' | 'DELETE'
  /** After `/api/v1/`. */
  path: string
  json?: object
  headers: Record<string, string>
  limitMs?: number
}

/** Repeats a request until it is answered, whichever process is killed; null if every answer for two minutes is 503. */
export async function askUntilAnswered({ urls, random }: Asking, request: AskedRequest): Promise<{ status: number; body: string } | null> {
  const { method, path, json, headers, limitMs = CALL_LIMIT_MS } = request
  for (const deadline = performance.now() + ANSWERED_WITHIN_MS; performance.now() < deadline; await sleep(ASKED_AGAIN_MS)) {
    const answer = await got(`${random.pick(urls)}/api/v1/${path}`, {
      method,
      headers,
      ...(json ? { json } : {}),
      throwHttpErrors: false,
      retry: { limit: 0 },
      timeout: { request: limitMs },
    }).catch(() => null)
    if (!answer || answer.statusCode === 503) continue
    if (answer.statusCode === 409 && answer.body.includes('idempotency_in_progress')) continue
    return { status: answer.statusCode, body: answer.body }
  }
  return null
}
