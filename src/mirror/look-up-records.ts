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
 * A posting as last seen; one that the mirror does not know, newer than the last sync perhaps, is asked of Lever. Null for one
 * that Lever does not show either, or that `clearance` does not cover.
 * @throws ServiceError when it is unknown and Lever cannot be asked
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
 * A stage as last seen; one that the mirror does not know is looked for in Lever's pipeline. Null when it is not there either.
 * @throws ServiceError when it is unknown and Lever cannot be asked
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
