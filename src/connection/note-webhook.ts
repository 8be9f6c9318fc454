import type { Types } from 'mongoose'
import { ConnectionModel } from './connection-model.ts'
import { isWebhookEvent } from './webhook-events.ts'

/** Under a flood of deliveries a time is written at most once in so many ms. */
const NOTED_EVERY_MS = 1000

/** Notes that Lever's connection test, or a delivery, has come in; for an event outside the eight there is no place to note it. */
export async function noteWebhook(
  connection: Types.ObjectId,
  event: string,
  seen: { verifiedAt?: Date; receivedAt?: Date },
): Promise<void> {
  if (!isWebhookEvent(event)) return
  const times = { lastVerifiedAt: seen.verifiedAt, lastReceivedAt: seen.receivedAt }
  for (const [name, at] of Object.entries(times)) {
    const field = `webhooks.${event}.${name}`
    const isOlder = { $or: [{ [field]: null }, { [field]: { $lt: new Date((at?.getTime() ?? 0) - NOTED_EVERY_MS) } }] }
    if (at) await ConnectionModel.updateOne({ _id: connection, ...isOlder }, { $set: { [field]: at } })
  }
}
