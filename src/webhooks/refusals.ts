import type { ConnectionDocument } from '../connection/connection-model.ts'
import { isWebhookEvent, type WebhookEvent } from '../connection/webhook-events.ts'
import { coalesceByKey } from '../concurrency/coalesce.ts'
import { REFUSALS_KEPT, RefusalModel, type RefusalCause, type RefusalDocument } from './refusal-model.ts'
import type { WebhookDeps } from './webhook-deps.ts'

const KEPT_FOR_MS = 30 * 24 * 3_600_000

type Refuser = Pick<ConnectionDocument, '_id' | 'organization'>

/** A refused delivery; nothing of its body is known. */
export interface Refusal {
  /** Null for an event outside the eight. */
  event: WebhookEvent | null
  cause: RefusalCause
  at: Date
}

export type NoteRefused = (connection: Refuser, event: string, cause: RefusalCause) => Promise<void>

interface Noted {
  connection: Refuser
  event: string
  at: Date
  cause: RefusalCause
}

/**
 * Stores the latest refusals of each event for admins. Refusals that arrive during a write share the next one, so that a flood costs one
 * write at a time. A failure is logged and changes no answer.
 */
export function noteRefusals({ connections, log }: Pick<WebhookDeps, 'connections' | 'log'>): NoteRefused {
  const write = coalesceByKey<Noted>(async (noted) => {
    const [{ connection, event } = {}] = noted
    if (!connection || !event) return
    const last = noted.map(({ at, cause }) => ({ at, cause }))
    const expiresAt = new Date(Date.now() + KEPT_FOR_MS)
    await RefusalModel.updateOne(
      { organization: connection.organization, connection: connection._id, event },
      { $push: { last: { $each: last, $slice: -REFUSALS_KEPT } }, $set: { expiresAt } },
      { upsert: true },
    )
    const wrong = noted.filter(({ cause }) => cause !== 'outdated').at(-1)
    if (wrong) await connections.noteWebhook(connection._id, event, { refusedAt: wrong.at })
  })

  return async (connection, name, cause) => {
    const event = isWebhookEvent(name) ? name : 'other'
    try {
      await write(`${String(connection._id)} ${event}`, { connection, event, at: new Date(), cause })
    } catch (error) {
      log.warn({ err: error, connection: String(connection._id), event }, 'a refused delivery could not be recorded')
    }
  }
}

export async function forgetRefusals(organization: string): Promise<void> {
  await RefusalModel.deleteMany({ organization })
}

/** Resolves to the latest refusals of all events, newest first. */
export async function listRefusals(organization: string): Promise<Refusal[]> {
  const kept = await RefusalModel.find({ organization }).lean<RefusalDocument[]>()
  return kept
    .flatMap(({ event, last }) => last.map(({ at, cause }) => ({ event: isWebhookEvent(event) ? event : null, at, cause })))
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())
    .slice(0, REFUSALS_KEPT)
}
