import type { WebhookEvent } from '../connection/webhook-events.ts'
import type { LeverOpportunity } from '../lever/opportunities.ts'
import type { LeverOpportunityRecord } from './lever-opportunity-model.ts'

/** A change for which Lever has an event, and that no webhook had reported to the mirror. */
export interface MissedChange {
  event: WebhookEvent
  /** By Lever's clock, as precisely as Lever reports it. */
  at: Date
}

export interface ComparedWith {
  /** Null for an opportunity that the mirror did not know. */
  before: LeverOpportunityRecord | null
  /** An opportunity created after this time should have been reported by its event. */
  createdSince: Date
  /** The archive reasons that mean a hire. */
  hiredReasons: ReadonlySet<string>
}

/**
 * Returns what happened to an opportunity since it was last seen, for changes that have a Lever event. Confidential
 * opportunities do not count: their events are sent only to webhooks created with that right (assumed).
 */
export function missedChanges(opportunity: LeverOpportunity, compared: ComparedWith): MissedChange[] {
  const { before } = compared
  if (opportunity.confidentiality === 'confidential') return []
  if (before === null) return createdWithPosting(opportunity, compared)
  if (!isNewer(opportunity, before)) return []
  return [...stageChange(opportunity, before), ...archiveChange(opportunity, before, compared), ...newPosting(opportunity, before)]
}

function isNewer({ updatedAt }: LeverOpportunity, { leverUpdatedAt }: LeverOpportunityRecord): boolean {
  return updatedAt !== null && (!leverUpdatedAt || updatedAt > leverUpdatedAt)
}

function createdWithPosting({ createdAt, postingIds }: LeverOpportunity, { createdSince }: ComparedWith): MissedChange[] {
  if (createdAt === null || createdAt < createdSince || postingIds.length === 0) return []
  return [{ event: 'applicationCreated', at: createdAt }]
}

function newPosting({ postingIds, updatedAt }: LeverOpportunity, before: LeverOpportunityRecord): MissedChange[] {
  const isNew = postingIds.some((id) => !before.postingIds.includes(id))
  return isNew && updatedAt ? [{ event: 'applicationCreated', at: updatedAt }] : []
}

function stageChange({ stage, stageChanges, updatedAt }: LeverOpportunity, { stageId }: LeverOpportunityRecord): MissedChange[] {
  if (!stageId || stage === stageId) return []
  const at = stageChanges.findLast(({ toStageId }) => toStageId === stage)?.updatedAt ?? updatedAt
  return at ? [{ event: 'candidateStageChange', at }] : []
}

function archiveChange(
  { archived, updatedAt }: LeverOpportunity,
  before: LeverOpportunityRecord,
  { hiredReasons }: ComparedWith,
): MissedChange[] {
  const isSame =
    before.archived === (archived !== null) && (before.archivedAt?.getTime() ?? null) === (archived?.archivedAt?.getTime() ?? null)
  const at = archived?.archivedAt ?? updatedAt
  if (isSame || !at) return []
  const isHire = hiredReasons.has(archived?.reason ?? '')
  return [{ event: 'candidateArchiveChange', at }, ...(isHire ? [{ event: 'candidateHired' as const, at }] : [])]
}
