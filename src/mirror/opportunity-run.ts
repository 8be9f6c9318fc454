import type { LeverClient } from '../lever/client.ts'
import type { LeverOpportunity } from '../lever/opportunities.ts'
import { heldBy, LeaseLost, type Claimed } from '../work/claim.ts'
import type { LeverOpportunityRecord } from './lever-opportunity-model.ts'
import type { OpportunityProgress } from './opportunity-progress.ts'
import { OpportunitySyncModel, type OpportunitySyncDocument } from './opportunity-sync-model.ts'
import type { MirrorDeps } from './mirror-deps.ts'
import type { RunClock } from './run-clock.ts'
import { publishReading } from './publish-reading.ts'
import { recordOpportunities } from './record-opportunity.ts'

export interface OpportunityRun {
  deps: MirrorDeps
  organization: string
  claimed: Claimed<OpportunitySyncDocument>
  client: LeverClient
  confidential: boolean
  progress: OpportunityProgress
  clock: RunClock
  signal: AbortSignal
}

/**
 * Stores a page of a list in the mirror, and informs the other parts about the opportunities that they know. May be
 * repeated.
 * @returns the mirror's previous records of these opportunities
 * @throws LeaseLost, so that little is written for an organization that was disconnected in between
 */
export async function keepPage(
  run: OpportunityRun,
  opportunities: readonly LeverOpportunity[],
  readAt: Date,
): Promise<Map<string, LeverOpportunityRecord>> {
  const { deps, organization, claimed } = run
  run.signal.throwIfAborted()
  if (opportunities.length === 0) return new Map()
  if (!(await OpportunitySyncModel.exists(heldBy(claimed)))) throw new LeaseLost(String(claimed.document._id))
  const before = await recordOpportunities(deps, organization, opportunities, readAt)
  const ids = opportunities.map(({ id }) => id)
  const known = await knownHere(deps, organization, ids)
  for (const opportunity of opportunities) {
    if (known.has(opportunity.id)) await publishReading(deps, organization, opportunity, readAt)
    if (opportunity.isAnonymized) await deps.publish('opportunityAnonymized', { organization, opportunityId: opportunity.id })
  }
  return before
}

/** Returns the opportunities that a candidate, an export, or another record here refers to. */
export async function knownHere(
  { knownAmong }: Pick<MirrorDeps, 'knownAmong'>,
  organization: string,
  opportunityIds: readonly string[],
): Promise<Set<string>> {
  return new Set((await Promise.all(knownAmong.map((among) => among(organization, opportunityIds)))).flat())
}
