import { z } from 'zod'
import { DELIVERY_STATUSES, type DeliveryDocument } from './delivery-model.ts'

const instant = z.iso.datetime()

export const DeliveryView = z
  .object({
    id: z.string(),
    event: z.string(),
    leverId: z.string().nullable(),
    triggeredAt: instant,
    receivedAt: instant,
    status: z.enum(DELIVERY_STATUSES).meta({
      description:
        '`held`: no signature token is known yet; `received`: to be processed; `ignored`: an event that is not used here, or an opportunity that Lever does not know.',
    }),
    attempts: z.int(),
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
    payload: z.unknown().meta({ description: 'The body as it came; null after 30 days, and while it is held, unread.' }),
  })
  .meta({ id: 'WebhookDelivery' })

export type DeliveryView = z.output<typeof DeliveryView>

export function deliveryView(delivery: DeliveryDocument): DeliveryView {
  const { _id, event, leverId, triggeredAt, receivedAt, status, attempts, error, payload } = delivery
  return {
    id: _id.toHexString(),
    event,
    leverId: leverId ?? null,
    triggeredAt: triggeredAt.toISOString(),
    receivedAt: receivedAt.toISOString(),
    status,
    attempts,
    error: error ? { code: error.code ?? 'internal_error', detail: error.detail ?? '' } : null,
    payload: payload && status !== 'held' ? JSON.parse(payload) : null,
  }
}
