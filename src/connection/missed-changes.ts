import type { Types } from 'mongoose'
import { ConnectionModel, type ConnectionDocument, type MissedChanges, type WebhookState } from './connection-model.ts'
import { WEBHOOK_EVENTS, type WebhookEvent } from './webhook-events.ts'

/** So many changes in a row without any delivery of their event: it is switched off in Lever, or its webhook is gone. */
export const SILENT_AFTER = 2
const SILENT_FOR_MS = 7 * 24 * 3_600_000

/** Notes when changes happened of which no delivery had told; nothing else is known of them here. */
export async function noteMissedChanges(
  connection: ConnectionDocument,
  changes: readonly { event: WebhookEvent; at: Date }[],
): Promise<void> {
  for (const event of WEBHOOK_EVENTS) {
    const times = changes.filter((change) => change.event === event).map(({ at }) => at.getTime())
    if (times.length > 0) await noteOf(connection._id, event, countMissed(connection, event, times))
  }
}

async function noteOf(_id: Types.ObjectId, event: WebhookEvent, missed: MissedChanges): Promise<void> {
  await ConnectionModel.updateOne({ _id, status: { $ne: 'disconnected' } }, { $set: { [`webhooks.${event}.missed`]: missed } })
}

function countMissed({ webhooks }: ConnectionDocument, event: WebhookEvent, times: number[]): MissedChanges {
  const state = webhooks[event]
  const before = state?.missed
  const since = heardAt(webhooks, event)
  const silentBefore = before && before.lastAt.getTime() > since ? before.silent : 0
  return {
    total: (before?.total ?? 0) + times.length,
    silent: silentBefore + times.filter((at) => at > since).length,
    lastAt: new Date(Math.max(before?.lastAt.getTime() ?? 0, ...times)),
  }
}

/** Until when an event has told of its changes, as far as it could; in ms. */
function heardAt(webhooks: ConnectionDocument['webhooks'], event: WebhookEvent): number {
  const state = webhooks[event]
  return Math.max(state?.lastReceivedAt?.getTime() ?? 0, signedSince([state, webhooks['any']]))
}

/** A change from before there was a signature token could not be told of. */
function signedSince(states: (WebhookState | undefined)[]): number {
  const savedAt = states.flatMap((state) => [state?.hand, state?.api]).flatMap((token) => token?.savedAt ?? [])
  return savedAt.length === 0 ? Infinity : Math.min(...savedAt.map((at) => at.getTime()))
}

/** Whether an event is configured here and yet silent, while the mirror sees what it should have told. One delivery ends it. */
export function isSilent({ webhooks }: Pick<ConnectionDocument, 'webhooks'>, event: WebhookEvent): boolean {
  const state = webhooks[event]
  if (!state?.missed || state.missed.silent < SILENT_AFTER) return false
  const { lastAt } = state.missed
  return lastAt.getTime() > heardAt(webhooks, event) && Date.now() - lastAt.getTime() < SILENT_FOR_MS
}

/** The connection ended: what was missed is of an account that is left. */
export async function forgetMissedChanges(organization: string): Promise<void> {
  const gone = Object.fromEntries(WEBHOOK_EVENTS.map((event) => [`webhooks.${event}.missed`, 1]))
  await ConnectionModel.updateOne({ organization }, { $unset: gone })
}
