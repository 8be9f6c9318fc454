/** Changes to an existing opportunity, by the API or by a person in the UI. */
import { belongings } from '../account/account.ts'
import type { ArchiveReason, Opportunity, Requisition, Stage } from '../account/records.ts'
import type { World } from '../world.ts'
import { countHire, giveBackHire } from './count-hire.ts'

/** Marks a change: updates `updatedAt` and `lastInteractionAt`, and lets lists lag behind if configured. */
export function touchOpportunity(world: World, opportunity: Opportunity): void {
  const now = Math.max(world.now(), opportunity.createdAt)
  opportunity.updatedAt = now
  opportunity.lastInteractionAt = now
  opportunity.searchableAt = now + world.settings.searchLagMs
  world.changed()
}

/** Does not unarchive (Lever's API documentation). Moving to the current stage changes nothing, but may cause an event (assumed). */
export function moveToStage(world: World, opportunity: Opportunity, stage: Stage, byUserId: string | null): void {
  const fromStageId = opportunity.stage
  const data = { ...idsOf(opportunity), fromStageId, toStageId: stage.id }
  if (fromStageId === stage.id) {
    if (world.settings.answers.sameStage === 'event') world.emit({ event: 'candidateStageChange', data, opportunity })
    return
  }
  const now = world.now()
  world.account.opportunities.advance(opportunity, { stage: stage.id, lastAdvancedAt: now })
  const toStageIndex = world.account.stages.findIndex(({ id }) => id === stage.id)
  opportunity.stageChanges.push({ toStageId: stage.id, toStageIndex, updatedAt: now, ...(byUserId ? { userId: byUserId } : {}) })
  touchOpportunity(world, opportunity)
  world.emit({ event: 'candidateStageChange', data, opportunity })
}

/** A reason of type `hired` is a hire: it causes another event and, if a requisition is given, adds one to its headcount. */
export function archive(world: World, opportunity: Opportunity, reason: ArchiveReason, requisition: Requisition | null): void {
  const toArchived = { reason: reason.id, archivedAt: world.now() }
  setArchived(world, opportunity, toArchived)
  if (reason.type !== 'hired') return
  if (requisition) countHire(world, opportunity, requisition)
  world.emit({ event: 'candidateHired', data: idsOf(opportunity), opportunity })
}

export function unarchive(world: World, opportunity: Opportunity): void {
  if (opportunity.archived) setArchived(world, opportunity, null)
}

function setArchived(world: World, opportunity: Opportunity, toArchived: Opportunity['archived']): void {
  const fromArchived = opportunity.archived
  giveBackHire(world, opportunity)
  opportunity.archived = toArchived
  if (opportunity.application) opportunity.application.archived = toArchived
  touchOpportunity(world, opportunity)
  const data = { ...idsOf(opportunity), fromArchived: archivedData(fromArchived), toArchived: archivedData(toArchived) }
  world.emit({ event: 'candidateArchiveChange', data, opportunity })
}

function archivedData(archived: Opportunity['archived']): { archivedAt: number; reason: string } | null {
  return archived && { archivedAt: archived.archivedAt, reason: archived.reason }
}

export type WordList = 'tags' | 'sources'

export function addWords(world: World, opportunity: Opportunity, list: WordList, words: string[]): void {
  opportunity[list] = [...new Set([...opportunity[list], ...words])]
  touchOpportunity(world, opportunity)
}

export function removeWords(world: World, opportunity: Opportunity, list: WordList, words: string[]): void {
  opportunity[list] = opportunity[list].filter((word) => !words.includes(word))
  touchOpportunity(world, opportunity)
}

/** Deletes an opportunity as a person does in the UI: its id stays in the list of deleted ones. */
export function deleteOpportunity(world: World, opportunity: Opportunity, byUserId: string | null): void {
  const { account } = world
  account.opportunities.remove(opportunity)
  for (const belonging of belongings(account).all) belonging.delete(opportunity.id)
  const deletedAt = world.now()
  account.deletedOpportunities.push({ id: opportunity.id, contact: opportunity.contact, deletedBy: byUserId, deletedAt })
  const { application } = opportunity
  if (application)
    account.deletedApplications.push({ id: application.id, deletedAt, opportunityId: opportunity.id, postingId: application.posting })
  world.changed()
  world.emit({ event: 'candidateDeleted', data: idsOf(opportunity), opportunity })
}

export function idsOf(opportunity: Opportunity): { opportunityId: string; candidateId: string; contactId: string } {
  return { opportunityId: opportunity.id, candidateId: opportunity.id, contactId: opportunity.contact }
}
