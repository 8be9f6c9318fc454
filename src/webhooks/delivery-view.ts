import { z } from 'zod'
import { DELIVERY_STATUSES, DELIVERY_WAITS, EFFECTS, type DeliveryDocument } from './delivery-model.ts'
import { splitSignature } from './webhook-body.ts'

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
        '`held`: no signature token is saved yet. `received`: waiting to be processed. `ignored`: an event that Fulcrum does not use, or an opportunity that Lever does not know.',
    }),
    attempts: z.int().meta({ description: 'Tries since it arrived or was last replayed.' }),
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
    opportunityId: z.string().nullable().meta({ description: 'The opportunity that it names and that is read from Lever.' }),
    signature: z.enum(['verified', 'unchecked']).meta({ description: '`unchecked`: held until a signature token is saved.' }),
    effects: z
      .array(z.object({ effect: z.enum(EFFECTS), detail: z.string().nullable() }))
      .meta({ description: 'The result of the last read from Lever. Deliveries that were read together share it.' }),
    tries: z
      .array(
        z.object({
          at: instant,
          outcome: z.enum(['processed', 'ignored', 'failed', 'waiting']),
          waitingFor: z.enum(DELIVERY_WAITS).nullable().meta({ description: 'Null while it is being retried after an error.' }),
          detail: z.string().nullable(),
        }),
      )
      .meta({ description: 'The last 50 reads from Lever for it, oldest first, including replays.' }),
    nextTryAt: instant.nullable().meta({ description: 'When the next try is due, while it waits for Lever.' }),
    replayedAt: instant.nullable(),
    payload: z
      .unknown()
      .meta({ description: 'The body as received, without its signature. Null after 30 days, and while it is held unread.' }),
  })
  .meta({ id: 'WebhookDelivery' })

export type DeliveryView = z.output<typeof DeliveryView>

export function deliveryView(delivery: DeliveryDocument): DeliveryView {
  const { _id, event, leverId, triggeredAt, receivedAt, status, attempts, error, payload } = delivery
  const { opportunityId, effects, dueAt, openedAt } = delivery
  return {
    id: _id.toHexString(),
    event,
    leverId: leverId ?? null,
    triggeredAt: triggeredAt.toISOString(),
    receivedAt: receivedAt.toISOString(),
    status,
    attempts,
    error: error ? { code: error.code ?? 'internal_error', detail: error.detail ?? '' } : null,
    opportunityId: status === 'held' ? null : (opportunityId ?? null),
    signature: status === 'held' ? 'unchecked' : 'verified',
    effects: (effects ?? []).map(({ effect, detail }) => ({ effect, detail: detail ?? null })),
    tries: triesOf(delivery),
    nextTryAt: status === 'received' && dueAt > receivedAt ? dueAt.toISOString() : null,
    replayedAt: openedAt?.toISOString() ?? null,
    payload: payload && status !== 'held' ? withoutSignature(payload) : null,
  }
}

/** Payloads stored by earlier versions still contain the signature. */
function withoutSignature(payload: string): unknown {
  return JSON.parse(splitSignature(JSON.parse(payload)).payload)
}

const Try = DeliveryView.shape.tries.element.shape
const Outcome = Try.outcome.catch('waiting')
const WaitingFor = Try.waitingFor.catch(null)

/** Deliveries from before tries were recorded have none. */
function triesOf({ tries, receivedAt }: Pick<DeliveryDocument, 'tries' | 'receivedAt'>): DeliveryView['tries'] {
  return (tries ?? []).map(({ at, outcome, detail }) => ({
    at: (at ?? receivedAt).toISOString(),
    outcome: Outcome.parse(outcome),
    waitingFor: WaitingFor.parse(outcome),
    detail: detail ?? null,
  }))
}
