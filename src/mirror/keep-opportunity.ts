import { isDisconnected } from '../connection/find-connection.ts'
import type { LeverOpportunity } from '../lever/opportunities.ts'
import { forgetOpportunity } from './forget.ts'
import { addHistory } from './note-history.ts'
import type { MirrorDeps } from './mirror-deps.ts'
import { recordDurably, recordOpportunity } from './record-opportunity.ts'

type KeepDeps = Pick<MirrorDeps, 'hashKeyOf' | 'publish'>

/**
 * Stores a reading in the mirror, and reports a contact that Lever shows as anonymized. If the organization has been
 * disconnected, deletes the reading again, because work under way may read or write after the mirror was deleted.
 */
export async function keepOpportunity(
  deps: KeepDeps,
  organization: string,
  opportunity: LeverOpportunity,
  readAt: Date,
): Promise<'applied' | 'stale'> {
  const outcome = await recordOpportunity(deps, organization, opportunity, readAt)
  await settleReading(deps, organization, opportunity)
  return outcome
}

/**
 * The same, with history, for an opportunity that concerns a candidate here. `isNew`: Lever has just created it. Waits for the majority,
 * because until Lever's search shows the opportunity, only the mirror knows that the person is there. Later readings repeat the history.
 */
export async function keepOurs(
  deps: KeepDeps,
  organization: string,
  opportunity: LeverOpportunity,
  { readAt, isNew }: { readAt: Date; isNew: boolean },
): Promise<void> {
  await recordDurably(deps, organization, opportunity, readAt)
  await addHistory(organization, opportunity, readAt, { isNew })
  await settleReading(deps, organization, opportunity)
}

async function settleReading(deps: KeepDeps, organization: string, opportunity: LeverOpportunity): Promise<void> {
  if (await isDisconnected(organization)) await forgetOpportunity(organization, opportunity.id)
  if (opportunity.isAnonymized) await deps.publish('opportunityAnonymized', { organization, opportunityId: opportunity.id })
}
