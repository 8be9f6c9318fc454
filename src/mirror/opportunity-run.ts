import type { LeverClient } from '../lever/client.ts'
import type { LeverOpportunity } from '../lever/opportunities.ts'
import type { Log } from '../log.ts'
import { heldBy, LeaseLost, type Claimed } from '../work/claim.ts'
import type { LeverOpportunityRecord } from './lever-opportunity-model.ts'
import type { OpportunityProgress } from './opportunity-progress.ts'
import { OpportunitySyncModel, type OpportunitySyncDocument } from './opportunity-sync-model.ts'
import type { PersonKeyDeps } from './person-hashes.ts'
import { recordOpportunities } from './record-opportunity.ts'

/** What follows here from what a sync sees; joined by compose, as for webhooks. */
export interface OpportunityEffects {
  /** Which of these opportunities are those of candidates or exports here. */
  oursAmong(organization: string, opportunityIds: readonly string[]): Promise<string[]>
  /** Told of every reading of one of ours; an older one than the newest may come. */
  onRead(organization: string, opportunity: LeverOpportunity, readAt: Date): Promise<unknown>
  /** Told when Lever itself lists one that is known here as deleted; may be told again. */
  onDeleted(organization: string, opportunityId: string): Promise<unknown>
  /** Whether so many exports are queued that each would rather not ask Lever for duplicates. */
  hasExportBurst(organization: string): Promise<boolean>
}

export interface OpportunitySyncDeps extends PersonKeyDeps, OpportunityEffects {
  /** @throws ServiceError `connection_not_active` when there is no grant that Lever accepts */
  leverClient(organization: string, lane: 'sync'): Promise<LeverClient>
  canSeeConfidential(organization: string): Promise<boolean>
  /** Told of every reading in which Lever says so of the contact. */
  onAnonymized(organization: string, opportunityId: string): Promise<void>
  /** Removes all the mirror has of an organization. */
  forget(organization: string): Promise<void>
  log: Log
  leaseMs: number
}

/** One claimed reading of an organization's opportunities. */
export interface OpportunityRun {
  deps: OpportunitySyncDeps
  organization: string
  claimed: Claimed<OpportunitySyncDocument>
  client: LeverClient
  confidential: boolean
  progress: OpportunityProgress
  signal: AbortSignal
}

/**
 * Keeps a page of a list in the mirror, and lets follow what follows from it for ours. May be repeated.
 * @returns what the mirror had of them before
 * @throws LeaseLost, so that little is written for an organization that was disconnected meanwhile
 */
export async function keepPage(
  run: OpportunityRun,
  opportunities: readonly LeverOpportunity[],
  readAt: Date,
): Promise<Map<string, LeverOpportunityRecord>> {
  const { deps, organization, claimed } = run
  run.signal.throwIfAborted()
  if (!(await OpportunitySyncModel.exists(heldBy(claimed)))) throw new LeaseLost(String(claimed.document._id))
  const before = await recordOpportunities(deps, organization, opportunities, readAt)
  const ids = opportunities.map(({ id }) => id)
  const ours = new Set(await deps.oursAmong(organization, ids))
  for (const opportunity of opportunities) {
    if (ours.has(opportunity.id)) await deps.onRead(organization, opportunity, readAt)
    if (opportunity.isAnonymized) await deps.onAnonymized(organization, opportunity.id)
  }
  return before
}
