import type { ConnectionDocument } from '../connection/connection-model.ts'
import { isWebhookEvent } from '../connection/webhook-events.ts'
import { isServiceError } from '../errors.ts'
import type { ReceiveOutcome } from './receive-delivery.ts'
import type { ObservedDelivery, WebhookDeps } from './webhook-deps.ts'

/** Writes one log line and one count per delivery, refused or not. */
export async function noteIntake(
  deps: Pick<WebhookDeps, 'log' | 'observe'>,
  connection: ConnectionDocument,
  body: unknown,
  receive: () => Promise<ReceiveOutcome>,
): Promise<ReceiveOutcome> {
  const event = eventOf(body)
  const line = { organization: String(connection.organization), connection: String(connection._id), event }
  const note = (outcome: ObservedDelivery['outcome']): void => deps.observe?.({ step: 'intake', outcome, event })
  try {
    const outcome = await receive()
    note(outcome)
    deps.log.info({ ...line, outcome }, 'delivery received')
    return outcome
  } catch (error) {
    note('refused')
    deps.log.warn({ ...line, cause: isServiceError(error) ? error.code : 'internal_error' }, 'delivery refused')
    throw error
  }
}

/** Anyone who knows the address can send any text, so only the names of the eight events are logged. */
function eventOf(body: unknown): string {
  const event = typeof body === 'object' && body !== null && 'event' in body ? body.event : null
  return typeof event === 'string' && isWebhookEvent(event) ? event : 'other'
}
