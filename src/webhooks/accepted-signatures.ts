import type { mongo } from 'mongoose'
import type { ConnectionDocument } from '../connection/connection-model.ts'
import { keyedHash } from '../secrets/opaque-token.ts'
import { DeliveryModel } from './delivery-model.ts'
import type { WebhookBody } from './webhook-body.ts'

/** Deliveries signed earlier than this are refused. */
export const SIGNED_WITHIN_MS = 30 * 24 * 3_600_000
/** How far a sender's clock may be ahead of ours. */
export const SIGNED_AHEAD_MS = 3_600_000
/** Longer than a signature can be presented (30 days and an hour), by more than two processes' clocks can differ. */
const KEY_KEPT_MS = SIGNED_WITHIN_MS + 24 * SIGNED_AHEAD_MS

type Endpoint = Pick<ConnectionDocument, '_id' | 'organization'>

/**
 * Returns the keyed fingerprint of the signature in `body`, JSON of any shape; null without a signature. Lever signs only the concatenation
 * of `token` and `triggeredAt` (Lever's API documentation), so the signature identifies a delivery however these two are split and whatever
 * else changed.
 */
export function signatureKeyOf({ endpointKey }: Pick<ConnectionDocument, 'endpointKey'>, body: unknown): string | null {
  const signature = typeof body === 'object' && body !== null && 'signature' in body ? body.signature : null
  return typeof signature === 'string' && signature !== '' ? keyedHash(Buffer.from(endpointKey), signature) : null
}

/** Resolves to true if a delivery with this signature was accepted before. The unique index decides between concurrent ones. */
export async function wasAccepted({ _id, organization }: Endpoint, signatureKey: string | null): Promise<boolean> {
  if (signatureKey === null) return false
  // earlier versions recorded a signature without its organization
  const there = { organization: { $in: [organization, null] }, connection: _id, signatureKey }
  return (await DeliveryModel.exists(there)) !== null
}

/**
 * Returns what is stored for a delivery that is accepted but not kept (a connection test, an unused event), so that its signature cannot be
 * used again: a document without a status, which no list shows and which expires.
 */
export function signatureRecord(
  { _id, organization }: Endpoint,
  { event, token, triggeredAt }: WebhookBody,
  signatureKey: string,
): mongo.Document {
  const now = new Date()
  // an earlier version, which may still run beside this one, lists it, and needs its times for that
  const times = { triggeredAt: new Date(triggeredAt), receivedAt: now }
  return { organization, connection: _id, event, token, signatureKey, ...times, expiresAt: new Date(now.getTime() + KEY_KEPT_MS) }
}

/** True if a delivery received at `receivedAt` was signed recently. */
export function isTimely({ triggeredAt }: Pick<WebhookBody, 'triggeredAt'>, receivedAt: Date): boolean {
  const ageMs = receivedAt.getTime() - triggeredAt
  return ageMs <= SIGNED_WITHIN_MS && ageMs >= -SIGNED_AHEAD_MS
}
