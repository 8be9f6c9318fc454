import type { LeverOpportunity } from '../lever/opportunities.ts'
import type { MirrorDeps } from './mirror-deps.ts'
import { noteHistory, type NotedEntry } from './note-history.ts'
import { opportunityState } from './opportunity-state.ts'

export interface ReadingResult {
  /** A candidate here is linked to the opportunity or was exported to it. */
  isOurs: boolean
  /** The number of candidates whose state was updated. */
  candidates: number
  /** The new entries in the opportunity's history. */
  noted: NotedEntry[]
}

/**
 * Informs the other parts of what Lever shows about an opportunity, and stores its history if it concerns a candidate
 * here. May be repeated without creating duplicates. `readAt` is the start of the reading.
 */
export async function publishReading(
  deps: Pick<MirrorDeps, 'publish' | 'concernsCandidate'>,
  organization: string,
  opportunity: LeverOpportunity,
  readAt: Date,
): Promise<ReadingResult> {
  await deps.publish('opportunityRead', { organization, opportunityId: opportunity.id })
  const isOurs = await deps.concernsCandidate(organization, opportunity.id)
  if (!isOurs) return { isOurs, candidates: 0, noted: [] }
  const state = await opportunityState(organization, opportunity)
  const candidates = await deps.publish('candidateSeenInLever', { organization, state })
  const noted = opportunity.isAnonymized ? [] : await noteHistory(organization, opportunity, readAt)
  return { isOurs, candidates, noted }
}
