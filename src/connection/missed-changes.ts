import type { Types } from 'mongoose'
import { ConnectionModel, type ConnectionDocument, type MissedChanges, type WebhookState } from './connection-model.ts'
import { WEBHOOK_EVENTS, type WebhookEvent } from './webhook-events.ts'

/** After this many changes in a row without a delivery, the event is switched off in Lever, or its webhook is gone. */
export const SILENT_AFTER = 2
const SILENT_FOR_MS = 7 * 24 * 3_600_000

/** Records when changes happened that no delivery had reported. Nothing else about them is stored here. */
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

/**
 * Returns, in ms, the later of an event's last delivery and its first signature token. Earlier changes do not show that
 * the event is silent.
 */
function heardAt(webhooks: ConnectionDocument['webhooks'], event: WebhookEvent): number {
  const state = webhooks[event]
  return Math.max(state?.lastReceivedAt?.getTime() ?? 0, signedSince([state, webhooks['any']]))
}

/** Without a signature token, no delivery could report a change. */
function signedSince(states: (WebhookState | undefined)[]): number {
  const savedAt = states.flatMap((state) => [state?.hand, state?.api]).flatMap((token) => token?.savedAt ?? [])
  return savedAt.length === 0 ? Infinity : Math.min(...savedAt.map((at) => at.getTime()))
}

/**
 * True if an event is configured here but no delivery arrives, although the mirror sees changes that it should have
 * reported. One delivery ends this.
 */
export function isSilent({ webhooks }: Pick<ConnectionDocument, 'webhooks'>, event: WebhookEvent): boolean {
  const state = webhooks[event]
  if (!state?.missed || state.missed.silent < SILENT_AFTER) return false
  const { lastAt } = state.missed
  return lastAt.getTime() > heardAt(webhooks, event) && Date.now() - lastAt.getTime() < SILENT_FOR_MS
}

/** Called when the connection ends, because the counts belong to the account that was connected. */
export async function forgetMissedChanges(organization: string): Promise<void> {
  const gone = Object.fromEntries(WEBHOOK_EVENTS.map((event) => [`webhooks.${event}.missed`, 1]))
  await ConnectionModel.updateOne({ organization }, { $unset: gone })
}
