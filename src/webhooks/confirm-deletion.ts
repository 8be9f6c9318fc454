import type { LeverClient } from '../lever/client.ts'
import { isLeverStatus } from '../lever/lever-call-error.ts'
import { listDeletedOpportunities } from '../lever/opportunities.ts'
import type { Step } from '../work/write-step.ts'
import type { DeliveryDocument } from './delivery-model.ts'
import { waitFor } from './step-after-failure.ts'

/** Lever's clock and ours may differ, and a delivery may be late. */
const DELETED_OVERLAP_MS = 24 * 3_600_000
/** Pauses between looks, since Lever's lists may lag behind its events. The next sweep finds what is listed even later. */
const LOOK_AGAIN_AFTER_MS = [500, 1000]

/**
 * Resolves to true if Lever lists the opportunity as deleted. A 404 alone proves nothing: a key of another account, or a lost right to see
 * confidential data, looks the same.
 */
export async function isListedAsDeleted(client: LeverClient, id: string, saysDeleted: readonly DeliveryDocument[]): Promise<boolean> {
  if (saysDeleted.length === 0) return false
  const first = Math.min(...saysDeleted.flatMap(({ triggeredAt, receivedAt }) => [triggeredAt.getTime(), receivedAt.getTime()]))
  const deletedAtStart = Math.max(0, first - DELETED_OVERLAP_MS)
  try {
    for await (const deleted of listDeletedOpportunities(client, { deletedAtStart, lane: 'webhook' })) if (deleted.id === id) return true
  } catch (error) {
    if (!isLeverStatus(error, 403)) throw error // Lever does not grant this list
  }
  return false
}

/** Returns when to look again for a deletion that Lever neither shows nor lists; null after the last look. */
export function lookAgain({ event, attempts }: DeliveryDocument): Step | null {
  const pauseMs = event === 'candidateDeleted' ? LOOK_AGAIN_AFTER_MS[attempts] : undefined
  if (pauseMs === undefined) return null
  const detail = 'Lever does not list the opportunity as deleted yet.'
  return { ...waitFor('deletion', pauseMs), set: { attempts: attempts + 1, error: { code: 'deletion_not_listed', detail } } }
}
