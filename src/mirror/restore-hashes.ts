import type { Lane, LeverClient } from '../lever/client.ts'
import { isNotShown } from '../lever/lever-call-error.ts'
import { getOpportunity, type LeverOpportunity } from '../lever/opportunities.ts'
import { keepOpportunity } from './keep-opportunity.ts'
import type { MirrorDeps } from './mirror-deps.ts'
import { LeverOpportunityModel } from './lever-opportunity-model.ts'
import { serverTime } from './server-time.ts'
import { orAborted } from './stoppable.ts'

/**
 * True if an erasure removed hashes from records that have not been read since. People in these records may be in
 * Lever although they are not found here.
 */
export async function lacksHashes(organization: string): Promise<boolean> {
  return (await LeverOpportunityModel.exists({ organization, hashesRemoved: true })) !== null
}

/**
 * Reads again the records from which an erasure removed hashes. A record that Lever does not show stays without
 * hashes, since Lever's own search would not find it either. May be repeated.
 * @returns true if there were any
 */
export async function restoreHashes(
  deps: Pick<MirrorDeps, 'hashKeyOf' | 'publish'>,
  organization: string,
  { client, lane, signal }: { client: LeverClient; lane: Lane; signal?: AbortSignal },
): Promise<boolean> {
  const leverIds = await LeverOpportunityModel.distinct('leverId', { organization, hashesRemoved: true })
  for (const leverId of leverIds) {
    const readAt = await serverTime()
    const reading = readShown(client, leverId, lane)
    const opportunity = await (signal ? orAborted(reading, signal) : reading)
    if (opportunity) await keepOpportunity(deps, organization, opportunity, readAt)
    else await LeverOpportunityModel.updateOne({ organization, leverId }, { $unset: { hashesRemoved: 1 } })
  }
  return leverIds.length > 0
}

async function readShown(client: LeverClient, leverId: string, lane: Lane): Promise<LeverOpportunity | null> {
  try {
    return await getOpportunity(client, leverId, { lane })
  } catch (error) {
    if (isNotShown(error)) return null
    throw error
  }
}
