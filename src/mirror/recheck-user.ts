import type { LeverClient } from '../lever/client.ts'
import { isNotShown, isLeverStatus } from '../lever/lever-call-error.ts'
import { getUser, listUsers, type LeverUser } from '../lever/users.ts'
import { findUser, type LeverUserDeps } from './lever-users.ts'
import { LeverUserModel } from './lever-record-models.ts'
import { MIRRORED, userFields } from './mirrored-resources.ts'
import { serverTime } from './server-time.ts'
import { writeRecords } from './write-records.ts'

/**
 * Reads one user from Lever now, after Lever refused a write performed as that user, and stores the answer, which decides about later
 * writes as that user.
 * @returns true if the user is deactivated or no longer exists
 * @throws ServiceError if Lever cannot be asked, or does not let this connection read users
 */
export async function isUserGone(deps: LeverUserDeps, organization: string, leverId: string): Promise<boolean> {
  const client = await deps.leverClient(organization, 'interactive')
  const seenAt = await serverTime()
  const user = (await readUser(client, leverId)) ?? (await findAmongAll(client, leverId))
  if (user) await writeRecords(MIRRORED.users.model, organization, [userFields(user)], seenAt)
  else await LeverUserModel.deleteOne({ organization, leverId })
  return ((await findUser(organization, { id: leverId }))?.deactivatedAt ?? (user ? null : seenAt)) !== null
}

/** Whether Lever shows a deactivated user by id is assumed. */
async function readUser(client: LeverClient, leverId: string): Promise<LeverUser | null> {
  try {
    return await getUser(client, leverId)
  } catch (error) {
    if (isNotShown(error) || isLeverStatus(error, 400)) return null
    throw error
  }
}

async function findAmongAll(client: LeverClient, leverId: string): Promise<LeverUser | null> {
  for await (const user of listUsers(client, { includeDeactivated: true })) if (user.id === leverId) return user
  return null
}
