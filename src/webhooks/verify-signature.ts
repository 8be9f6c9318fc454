import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ConnectionDocument } from '../connection/connection-model.ts'
import { isWebhookEvent, WEBHOOK_EVENTS } from '../connection/webhook-events.ts'
import type { WebhookBody } from './webhook-body.ts'

/** Opens the signature tokens of an event. */
export type SignatureTokensFor = (connection: ConnectionDocument, event: string) => string[]

/**
 * True if the body was signed with one of `tokens`: HMAC-SHA256 over `token` and the digits of `triggeredAt`, in lower-case hex (Lever's
 * API documentation). Compares in constant time.
 */
export function isSigned(body: Pick<WebhookBody, 'token' | 'triggeredAt' | 'signature'>, tokens: readonly string[]): boolean {
  const { signature } = body
  if (!signature) return false
  return tokens.map((token) => isSame(signWebhook(token, body), signature)).includes(true)
}

/** In constant time except for the length, which is not secret. */
function isSame(wanted: string, given: string): boolean {
  const [a, b] = [Buffer.from(wanted), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}

export function signWebhook(signatureToken: string, { token, triggeredAt }: Pick<WebhookBody, 'token' | 'triggeredAt'>): string {
  return createHmac('sha256', signatureToken).update(`${token}${triggeredAt}`).digest('hex')
}

/**
 * Returns the tokens that may sign an event. An event outside the eight has no token of its own, since none can be saved for it; any known
 * token is accepted, because such a delivery changes nothing.
 */
export function tokensThatFit(signatureTokensFor: SignatureTokensFor, connection: ConnectionDocument, event: string): string[] {
  if (isWebhookEvent(event)) return signatureTokensFor(connection, event)
  return [...new Set(['any', ...WEBHOOK_EVENTS].flatMap((place) => signatureTokensFor(connection, place)))]
}

/** Like `signatureTokensFor`, but opens an event's tokens once per reading of the connection, however many deliveries share it. */
export function openedOnce(signatureTokensFor: SignatureTokensFor): SignatureTokensFor {
  const opened = new WeakMap<ConnectionDocument, Map<string, string[]>>()
  return (connection, event) => {
    const ofReading = opened.get(connection) ?? new Map<string, string[]>()
    opened.set(connection, ofReading)
    const tokens = ofReading.get(event) ?? signatureTokensFor(connection, event)
    ofReading.set(event, tokens)
    return tokens
  }
}
