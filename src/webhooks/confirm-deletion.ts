import type { LeverClient } from '../lever/client.ts'
import { isLeverStatus } from '../lever/lever-call-error.ts'
import { listDeletedOpportunities } from '../lever/opportunities.ts'
import type { Step } from '../work/write-step.ts'
import type { DeliveryDocument } from './delivery-model.ts'
import { waitFor } from './step-after-failure.ts'

/** Lever's clock and ours may differ, and a delivery may be late. */
const DELETED_OVERLAP_MS = 24 * 3_600_000
/** Lever's lists may lag behind its events: between looks. What is listed later still is found by the next sweep. */
const LOOK_AGAIN_AFTER_MS = [500, 1000]

/** Whether Lever itself lists the opportunity as deleted. A 404 alone proves nothing: a key of another account or a lost right to see confidential data looks the same. */
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

/** How a deletion that Lever neither shows nor lists is looked for again; null when that was done often enough. */
export function lookAgain({ event, attempts }: DeliveryDocument): Step | null {
  const pauseMs = event === 'candidateDeleted' ? LOOK_AGAIN_AFTER_MS[attempts] : undefined
  if (pauseMs === undefined) return null
  const detail = 'Lever does not list the opportunity as deleted yet.'
  return { ...waitFor('deletion', pauseMs), set: { attempts: attempts + 1, error: { code: 'deletion_not_listed', detail } } }
}
