import type { Types } from 'mongoose'
import { ConnectionModel } from './connection-model.ts'
import { isWebhookEvent } from './webhook-events.ts'

/** Limits writes during a flood of deliveries to one per this many ms. */
const NOTED_EVERY_MS = 1000

/**
 * Records that Lever's connection test or a valid delivery arrived, which unsets the mark of a refusal, or that a
 * delivery was refused for its signature. Events other than the eight are not recorded.
 */
export async function noteWebhook(
  connection: Types.ObjectId,
  event: string,
  seen: { verifiedAt: Date } | { receivedAt: Date } | { refusedAt: Date },
): Promise<void> {
  if (!isWebhookEvent(event)) return
  const refusal = `webhooks.${event}.lastRefusedAt`
  const isConnected = { _id: connection, status: { $ne: 'disconnected' } } as const
  const isOlder = (field: string, at: Date) => [{ [field]: null }, { [field]: { $lt: new Date(at.getTime() - NOTED_EVERY_MS) } }]
  if ('refusedAt' in seen) {
    await ConnectionModel.updateOne({ ...isConnected, $or: isOlder(refusal, seen.refusedAt) }, { $set: { [refusal]: seen.refusedAt } })
    return
  }
  const [name, at] = 'verifiedAt' in seen ? (['lastVerifiedAt', seen.verifiedAt] as const) : (['lastReceivedAt', seen.receivedAt] as const)
  const field = `webhooks.${event}.${name}`
  // past mongoose, since this is no change that others must see at once
  await ConnectionModel.collection.updateOne(
    { ...isConnected, $or: [...isOlder(field, at), { [refusal]: { $ne: null } }] },
    { $max: { [field]: at }, $unset: { [refusal]: 1 } },
  )
}
