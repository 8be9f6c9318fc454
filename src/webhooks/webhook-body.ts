import { z } from 'zod'
import { ServiceError } from '../errors.ts'
import { isLeverId } from '../lever/lever-id.ts'

/** Lever uses `null` for absence in its bodies (recorded answers). */
const absent = <T extends z.ZodType>(schema: T) => schema.nullish()

/**
 * The body that Lever posts to a webhook (Lever's API documentation): `triggeredAt` in ms since the epoch, a random `token` per event, and
 * a `signature` over these two alone, so `data` is only a hint. Some samples lack `id`; `signature` is missing where no token exists.
 */
const WebhookBody = z.object({
  event: z.string().min(1).max(100),
  triggeredAt: z.int().min(0),
  token: z.string().min(1).max(500),
  signature: absent(z.string().max(500)),
  id: absent(z.string().max(200)),
  data: absent(z.record(z.string(), z.unknown())),
})

export type WebhookBody = z.output<typeof WebhookBody>

/** @throws ServiceError `payload_malformed` that names the fields of a wrong type */
export function parseWebhookBody(body: unknown): WebhookBody {
  const parsed = WebhookBody.safeParse(body)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
  throw new ServiceError('payload_malformed', 'The body is not a Lever webhook.', { errors })
}

/** Separates a body from its signature, which is not kept after the check: `payload` is the rest as JSON text. */
export function splitSignature(body: unknown): { signature: string | null; payload: string } {
  const { signature, ...rest } = body as { signature?: unknown }
  return { signature: typeof signature === 'string' ? signature : null, payload: JSON.stringify(rest) }
}

/** True for Lever's connection test, which has no data (Lever's API documentation). */
export function isConnectionTest({ data }: WebhookBody): boolean {
  return Object.keys(data ?? {}).length === 0
}

/** Returns the opportunity that an event is about; `candidateId` is Lever's older name for the same id. */
export function opportunityIdOf(body: WebhookBody): string | undefined {
  return idsIn(body, ['opportunityId', 'candidateId'])[0]
}

/** Returns the interview that an event names. */
export function interviewIdOf(body: WebhookBody): string | undefined {
  return idsIn(body, ['interviewId'])[0]
}

/** One published sample nests `data` twice. */
function idsIn({ data }: WebhookBody, names: readonly string[]): string[] {
  const inner = data?.['data']
  const layers = [data, typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : undefined]
  const ids = layers.flatMap((layer) => names.map((name) => layer?.[name]))
  return ids.filter((id): id is string => typeof id === 'string' && isLeverId(id))
}
