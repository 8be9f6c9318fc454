import { z } from 'zod'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { MOST_HELD } from '../../webhooks/hold-delivery.ts'
import { RECEIVE_OUTCOMES } from '../../webhooks/receive-delivery.ts'
import type { Webhooks } from '../../webhooks/webhooks.ts'
import type { Intake } from '../shell/intake.ts'
import { readBytes } from '../shell/request-body.ts'
import { senderNetwork } from '../shell/client-address.ts'
import { parseJson } from './json-body.ts'

const LIMIT_BYTES = 256 * 1024
/** Lever is assumed to wait about 10 s for an answer. */
const READ_WITHIN_MS = 8000

export interface WebhookIntakeDeps {
  webhooks: Pick<Webhooks, 'findEndpoint' | 'receive'>
  /** How many proxies in front of the service set `X-Forwarded-For`. */
  trustedProxies: number
  /** How long the body may take to arrive. */
  readWithinMs?: number
}

/**
 * The address that Lever delivers to. Answers 200 once a delivery is durable; workers process it later. The body is read as JSON regardless
 * of its content type.
 */
export function webhookIntake({ webhooks, trustedProxies, readWithinMs = READ_WITHIN_MS }: WebhookIntakeDeps): Intake {
  return {
    route: '/webhooks/lever/:endpointKey',
    async take(endpointKey, request) {
      const endpoint = await webhooks.findEndpoint(endpointKey)
      const body = parseJson(await readBytes(request, LIMIT_BYTES, readWithinMs))
      return { outcome: await webhooks.receive(endpoint, { body, sender: senderNetwork(request, trustedProxies) }) }
    },
  }
}

const Body = z.object({
  event: z.string(),
  triggeredAt: z.int(),
  token: z.string(),
  signature: z.string().optional(),
  id: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
})
const refusal = (description: string) => ({ description, content: { 'application/problem+json': { schema: { type: 'object' as const } } } })

/** Describes this path in the OpenAPI document. */
export const webhookIntakePaths: ZodOpenApiPathsObject = {
  '/webhooks/lever/{endpointKey}': {
    post: {
      tags: ['Webhooks'],
      summary: 'Receive a webhook from Lever',
      description:
        'The body is signed with the signature token of the event: HMAC-SHA256 over `token` and `triggeredAt`, in hex. Each signature is accepted once: ' +
        'any later body with it is a `repeat`. An event outside the eight is `ignored`. While the event has no signature token, its deliveries are ' +
        `\`held\` for 24 h: at most ${MOST_HELD.ofEvent} for one event and ${MOST_HELD.fromSender} from one sending address.`,
      security: [],
      requestParams: { path: z.object({ endpointKey: z.string() }) },
      requestBody: { content: { 'application/json': { schema: Body } } },
      responses: {
        200: {
          description: 'Stored durably, or a test, or nothing to do',
          content: { 'application/json': { schema: z.object({ outcome: z.enum(RECEIVE_OUTCOMES) }) } },
        },
        400: refusal('Not JSON, or a field of the wrong type'),
        401: refusal(
          'A wrong or missing signature, one signed more than 30 days ago or more than an hour ahead, or a disconnected organization',
        ),
        404: refusal('Unknown endpoint'),
        408: refusal('The body took too long'),
        413: refusal('Larger than 256 KB'),
        429: refusal('Too many deliveries are held: deliver it again later'),
        503: refusal('It could not be stored: deliver it again'),
      },
    },
  },
}
