import type { LeverClient } from '../lever/client.ts'
import { listWebhooks, type LeverWebhook } from '../lever/webhooks.ts'
import type { ConnectionDocument } from './connection-model.ts'
import { WEBHOOK_EVENTS } from './webhook-events.ts'

/**
 * Returns the webhooks in Lever that belong to this connection. They are recognized by the ids that Lever returned
 * or, if an id was lost, by the secret part of their address, because Lever may write the rest of an address
 * differently.
 */
export async function listOurWebhooks(connection: ConnectionDocument, client: LeverClient): Promise<LeverWebhook[]> {
  const ids = new Set(WEBHOOK_EVENTS.map((event) => connection.webhooks[event]?.api?.leverWebhookId))
  const ours: LeverWebhook[] = []
  for await (const webhook of listWebhooks(client)) {
    if (ids.has(webhook.id) || webhook.url?.includes(connection.endpointKey)) ours.push(webhook)
  }
  return ours
}

/** True if one of our webhooks points to an earlier address of this service, so that its deliveries no longer arrive. */
export function leadsElsewhere({ url }: LeverWebhook, here: string): boolean {
  if (url === null || !URL.canParse(url)) return false
  const [there, expected] = [new URL(url), new URL(here)]
  return there.host !== expected.host || !there.pathname.startsWith(expected.pathname)
}
