import type { Clearance } from '../accounts/clearance.ts'
import { isLeverStatus } from '../lever/lever-call-error.ts'
import { isLeverId } from '../lever/lever-id.ts'
import { getPosting } from '../lever/postings.ts'
import type { MirrorDeps } from './mirror-deps.ts'
import { findPosting, findStage, type PostingView, type StageView } from './mirrored-lists.ts'
import { MIRRORED, postingFields } from './mirrored-resources.ts'
import { serverTime } from './server-time.ts'
import { writeRecords, type MirrorFields } from './write-records.ts'

/**
 * Returns a posting as last seen. A posting that the mirror does not know, perhaps because it is newer than the last
 * sync, is requested from Lever. Returns null if Lever does not show it either, or if `clearance` does not cover it.
 * @throws ServiceError if it is unknown and Lever cannot be asked
 */
export async function lookUpPosting(
  deps: Pick<MirrorDeps, 'leverClient'>,
  organization: string,
  leverId: string,
  clearance: Clearance,
): Promise<PostingView | null> {
  const isKnown = (await findPosting(organization, leverId, 'all')) !== null
  if (isKnown || !isLeverId(leverId)) return findPosting(organization, leverId, clearance)
  const client = await deps.leverClient(organization, 'interactive')
  try {
    const posting = await getPosting(client, leverId)
    await writeRecords(MIRRORED.postings.model, organization, [postingFields(posting)], await serverTime())
  } catch (error) {
    if (isLeverStatus(error, 404) || isLeverStatus(error, 403) || isLeverStatus(error, 400)) return null
    throw error
  }
  return findPosting(organization, leverId, clearance)
}

/**
 * Returns a stage as last seen. A stage that the mirror does not know is looked up in Lever's pipeline. Returns null
 * if it is not there either.
 * @throws ServiceError if it is unknown and Lever cannot be asked
 */
export async function lookUpStage(deps: Pick<MirrorDeps, 'leverClient'>, organization: string, leverId: string): Promise<StageView | null> {
  const known = await findStage(organization, leverId)
  if (known) return known
  const client = await deps.leverClient(organization, 'interactive')
  const stages: MirrorFields[] = []
  for await (const stage of MIRRORED.stages.read(client, { confidential: false })) stages.push(stage)
  await writeRecords(MIRRORED.stages.model, organization, stages, await serverTime())
  return findStage(organization, leverId)
}
