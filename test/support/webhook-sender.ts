/** A sender of webhooks that is not the local Lever: signs as Lever's documentation says, by its own means, and delivers until it is taken. */
import { createHmac, randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'

export interface SentWebhook {
  event: string
  triggeredAt: number
  token: string
  signature: string
  data: unknown
}

export function signedWebhook(event: string, data: unknown, signatureToken: string): SentWebhook {
  const token = randomBytes(16).toString('hex')
  const triggeredAt = Date.now()
  const signature = createHmac('sha256', signatureToken).update(token + triggeredAt).digest('hex') // prettier-ignore
  return { event, triggeredAt, token, signature, data }
}

/** Nobody who takes webhooks in is silent for so long. */
const LIMIT_MS = 30_000

/** Posts with at most so many connections; resolves to the status, null where there was no answer. */
export function webhookPoster(maxSockets = 32): { post: (url: string, body: SentWebhook) => Promise<number | null>; stop: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets })
  const post = (url: string, body: SentWebhook) =>
    new Promise<number | null>((resolve) => {
      const sent = request(url, { method: 'POST', agent, timeout: LIMIT_MS, headers: { 'content-type': 'application/json' } }, (answer) => {
        answer.resume().once('close', () => resolve(answer.complete ? (answer.statusCode ?? null) : null))
      })
      sent.once('timeout', () => sent.destroy())
      sent.once('error', () => resolve(null)).end(JSON.stringify(body))
    })
  return { post, stop: () => agent.destroy() }
}
