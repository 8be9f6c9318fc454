import { z } from 'zod'
import { actorOf } from '../../accounts/caller.ts'
import { DELIVERY_STATUSES } from '../../webhooks/delivery-model.ts'
import { DeliveryView } from '../../webhooks/delivery-view.ts'
import { MOST_AT_ONCE, REPLAYABLE } from '../../webhooks/replay.ts'
import type { Webhooks } from '../../webhooks/webhooks.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { IdParams } from './request-fields.ts'
import { pageOf, pageQuery } from './paging.ts'

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text))
const range = {
  event: z.string().max(100).optional(),
  from: instant.optional().meta({ description: 'Start of the range, inclusive.', override: { type: 'string', format: 'date-time' } }),
  to: instant.optional().meta({ description: 'End of the range, exclusive.', override: { type: 'string', format: 'date-time' } }),
}
const ListQuery = pageQuery.extend({ ...range, status: z.enum(DELIVERY_STATUSES).optional() })
const ReplayBody = z
  .strictObject({
    ...range,
    status: z.enum(REPLAYABLE).optional(),
    cursor: z.string().max(200).optional().meta({ description: '`nextCursor` of the previous call, to continue.' }),
  })
  .refine(({ from, to }) => !from || !to || from < to, { path: ['to'], message: 'must be later than from' })
  .meta({ id: 'WebhookReplay' })
const ReplayedView = z.object({
  accepted: z.int().meta({ description: 'Number of deliveries that will be processed again.' }),
  nextCursor: z
    .string()
    .nullable()
    .meta({ description: `Where to continue if there were more than ${MOST_AT_ONCE}.` }),
})
const TAG = 'Webhooks'

export function webhookDeliveryEndpoints({ webhooks }: { webhooks: Webhooks }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'get',
      path: '/webhook-deliveries',
      tag: TAG,
      summary: 'List webhook deliveries',
      description: 'Deliveries are kept for 40 days, their payloads for 30. Those that wait are kept until they are processed.',
      access: 'admin',
      query: ListQuery,
      answers: { 200: { description: 'Newest first', schema: pageOf(DeliveryView) } },
      handle: async ({ caller, query }) => {
        const { limit, cursor, ...filters } = query
        return { status: 200, body: await webhooks.list(caller.organization, filters, { limit, cursor }) }
      },
    }),
    defineEndpoint({
      method: 'get',
      path: '/webhook-deliveries/{id}',
      tag: TAG,
      summary: 'A delivery',
      access: 'admin',
      params: IdParams,
      answers: { 200: { description: 'The delivery', schema: DeliveryView } },
      handle: async ({ caller, params }) => ({ status: 200, body: await webhooks.get(caller.organization, params.id) }),
    }),
    defineEndpoint({
      method: 'post',
      path: '/webhook-deliveries/{id}/replay',
      tag: TAG,
      summary: 'Replay a delivery',
      description: 'Reads its opportunity from Lever again, so nothing is duplicated.',
      access: 'admin',
      params: IdParams,
      answers: { 202: { description: 'The delivery will be processed', schema: DeliveryView } },
      problems: ['payload_expired', 'state_conflict'],
      handle: async ({ caller, params }) => ({ status: 202, body: await webhooks.replay(caller.organization, params.id) }),
    }),
    defineEndpoint({
      method: 'post',
      path: '/webhook-deliveries/replay',
      tag: TAG,
      summary: 'Replay all deliveries in a range',
      description:
        `Replays the oldest first, at most ${MOST_AT_ONCE} per call. Deliveries that are held, that are still waiting to be processed, or whose payload has expired are ` +
        'skipped. The call can be repeated: each opportunity is read from Lever again, so nothing is duplicated. New deliveries go first. The audit trail records each call.',
      access: 'admin',
      body: ReplayBody,
      answers: { 202: { description: 'The deliveries will be processed', schema: ReplayedView } },
      handle: async ({ caller, body }) => ({ status: 202, body: await webhooks.replayRange(caller.organization, body, actorOf(caller)) }),
    }),
  ]
}
