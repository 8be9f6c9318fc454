import type { Types } from 'mongoose'
import type { WebhookDeps } from './webhook-deps.ts'

const NOTED_EVERY_MS = 1000

export type NoteReceived = (connection: Types.ObjectId, event: string, receivedAt: Date) => Promise<void>

/** Notes when an event last came in, about once a second however many come; a note that fails does not cost the delivery. */
export function noteReceivedSparingly({ connections, log }: Pick<WebhookDeps, 'connections' | 'log'>): NoteReceived {
  const lastNoted = new Map<string, number>()
  return async (connection, event, receivedAt) => {
    const key = `${String(connection)} ${event}`
    if (receivedAt.getTime() - (lastNoted.get(key) ?? 0) < NOTED_EVERY_MS) return
    lastNoted.set(key, receivedAt.getTime())
    try {
      await connections.noteWebhook(connection, event, { receivedAt })
    } catch (error) {
      log.warn({ err: error, connection: String(connection), event }, 'the time of a delivery could not be noted')
    }
  }
}
