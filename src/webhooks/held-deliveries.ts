import type { QueryFilter, Types } from 'mongoose'
import type { ConnectionDocument } from '../connection/connection-model.ts'
import { isWebhookEvent, WEBHOOK_EVENTS, type SignatureTokenPlace } from '../connection/webhook-events.ts'
import { NEVER } from '../work/work-fields.ts'
import { AT_ONCE } from './at-once.ts'
import { DeliveryModel, type DeliveryDocument } from './delivery-model.ts'
import { isSigned, tokensThatFit } from './verify-signature.ts'
import { isConnectionTest, parseWebhookBody } from './webhook-body.ts'
import type { WebhookDeps } from './webhook-deps.ts'

export const HELD_FOR_MS = 24 * 3_600_000
/** For each event; those outside the eight share one such number. */
const MOST_HELD = 100

/** Drops the oldest held deliveries of an event beyond a hundred. */
export async function holdAtMost(connection: Types.ObjectId, event: string): Promise<void> {
  const held: QueryFilter<DeliveryDocument> = { connection, status: 'held', ...sameAllowance(event) }
  const beyond = await DeliveryModel.find(held).select('_id').sort({ _id: -1 }).skip(MOST_HELD).lean() // prettier-ignore
  if (beyond.length > 0) await DeliveryModel.deleteMany({ _id: { $in: beyond.map(({ _id }) => _id) }, status: 'held' })
}

/** How many deliveries wait for a signature token, by event. */
export async function heldCounts(connection: Types.ObjectId): Promise<Partial<Record<string, number>>> {
  const counts = await DeliveryModel.aggregate<{ _id: string; count: number }>([
    { $match: { connection, status: 'held', expiresAt: { $gt: new Date() } } },
    { $group: { _id: '$event', count: { $sum: 1 } } },
  ])
  return Object.fromEntries(counts.map(({ _id, count }) => [_id, count]))
}

/**
 * A signature token was saved: checks what was held for it. What fits is processed, or marks the event verified; the rest is
 * dropped. May be called again, and at once with itself.
 */
export async function releaseHeld(
  deps: Pick<WebhookDeps, 'connections' | 'wake' | 'log'>,
  organization: string,
  place: SignatureTokenPlace,
): Promise<void> {
  const connection = await deps.connections.get(organization)
  const fitting: QueryFilter<DeliveryDocument> = place === 'any' ? {} : { $or: [{ event: place }, sameAllowance('')] }
  const held = await DeliveryModel.find({ connection: connection._id, status: 'held', expiresAt: { $gt: new Date() }, ...fitting })
    .sort({ _id: 1 })
    .lean<DeliveryDocument[]>()
  for (const delivery of held) await release(deps, connection, delivery)
  if (held.length > 0) deps.wake()
}

async function release(
  deps: Pick<WebhookDeps, 'connections' | 'log'>,
  connection: ConnectionDocument,
  delivery: DeliveryDocument,
): Promise<void> {
  const { _id, event, receivedAt } = delivery
  const tokens = tokensThatFit(deps.connections.signatureTokensFor, connection, event)
  if (tokens.length === 0) return
  const body = parseWebhookBody(JSON.parse(delivery.payload ?? '{}'))
  const isGenuine = isSigned(body, tokens)
  const isTest = isConnectionTest(body)
  if (isGenuine) await deps.connections.noteWebhook(connection._id, event, isTest ? { verifiedAt: receivedAt } : { receivedAt })
  if (isGenuine && !isTest) await DeliveryModel.updateOne({ _id, status: 'held' }, { $set: accepted(event), $unset: { expiresAt: 1 } })
  else await DeliveryModel.deleteOne({ _id, status: 'held' })
  deps.log.info({ organization: String(delivery.organization), delivery: String(_id), event, isGenuine }, 'held delivery checked')
}

function accepted(event: string) {
  return isWebhookEvent(event) ? { status: 'received', dueAt: AT_ONCE } : { status: 'ignored', dueAt: NEVER }
}

function sameAllowance(event: string): QueryFilter<DeliveryDocument> {
  return isWebhookEvent(event) ? { event } : { event: { $nin: [...WEBHOOK_EVENTS] } }
}
