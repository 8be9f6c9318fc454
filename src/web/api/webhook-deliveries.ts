import { z } from 'zod'
import { DELIVERY_STATUSES } from '../../webhooks/delivery-model.ts'
import { DeliveryView } from '../../webhooks/delivery-view.ts'
import type { Webhooks } from '../../webhooks/webhooks.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { IdParams } from './id-params.ts'
import { pageOf, pageQuery } from './paging.ts'

const ListQuery = pageQuery.extend({ event: z.string().max(100).optional(), status: z.enum(DELIVERY_STATUSES).optional() })
const TAG = 'Webhooks'

export function webhookDeliveryEndpoints({ webhooks }: { webhooks: Webhooks }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'get',
      path: '/webhook-deliveries',
      tag: TAG,
      summary: 'List what Lever delivered',
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
      summary: 'Process a delivery once more',
      description: 'Its opportunity is read from Lever again, so nothing is doubled.',
      access: 'admin',
      params: IdParams,
      answers: { 202: { description: 'It will be processed', schema: DeliveryView } },
      problems: ['payload_expired', 'state_conflict'],
      handle: async ({ caller, params }) => ({ status: 202, body: await webhooks.replay(caller.organization, params.id) }),
    }),
  ]
}
