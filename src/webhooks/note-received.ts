import type { ConnectionDocument } from '../connection/connection-model.ts'
import type { WebhookDeps } from './webhook-deps.ts'

const NOTED_EVERY_MS = 1000

export type NoteReceived = (connection: ConnectionDocument, event: string, receivedAt: Date) => Promise<void>

/**
 * Records when an event last arrived: about once a second under load, and at once after a refusal, whose mark it clears. A failure to
 * record does not affect the delivery.
 */
export function noteReceivedSparingly({ connections, log }: Pick<WebhookDeps, 'connections' | 'log'>): NoteReceived {
  const lastNoted = new Map<string, number>()
  return async ({ _id: connection, webhooks }, event, receivedAt) => {
    const key = `${String(connection)} ${event}`
    const isRecent = receivedAt.getTime() - (lastNoted.get(key) ?? 0) < NOTED_EVERY_MS
    if (isRecent && !webhooks[event]?.lastRefusedAt) return
    lastNoted.set(key, receivedAt.getTime())
    try {
      await connections.noteWebhook(connection, event, { receivedAt })
    } catch (error) {
      log.warn({ err: error, connection: String(connection), event }, 'the time of a delivery could not be saved')
    }
  }
}
