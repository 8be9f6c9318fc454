import { coalesceByKey } from '../concurrency/coalesce.ts'
import { normalizeEmail } from '../accounts/email-address.ts'
import { isServiceError } from '../errors.ts'
import type { LeverClient } from '../lever/client.ts'
import { listUsers, getUser, type LeverUser } from '../lever/users.ts'
import type { MirrorDeps } from './mirror-deps.ts'
import { LeverUserModel, type LeverUserRecord } from './lever-record-models.ts'
import { MIRRORED, userFields } from './mirrored-resources.ts'
import { serverTime } from './server-time.ts'
import { writeRecords, type MirrorFields } from './write-records.ts'
import { isNotShown, isLeverStatus } from '../lever/lever-call-error.ts'

/** A Lever user as last seen. */
export interface LeverUserView {
  id: string
  name: string | null
  email: string | null
  accessRole: string | null
  /** If set, the user can neither sign in to Lever nor be used for perform-as. */
  deactivatedAt: Date | null
}

const BATCH = 100

export function toLeverUserView(record: LeverUserRecord): LeverUserView {
  const { leverId: id, name, email, accessRole, deactivatedAt } = record
  return { id, name: name ?? null, email: email ?? null, accessRole: accessRole ?? null, deactivatedAt: deactivatedAt ?? null }
}

/**
 * Reads only the mirror. Compares email addresses by `normalizeEmail`. If several users share an address, an active
 * one is returned first.
 */
export async function findUser(organization: string, by: { id: string } | { email: string }): Promise<LeverUserView | null> {
  const key = 'id' in by ? { leverId: by.id } : { emailKey: normalizeEmail(by.email) }
  const record = await LeverUserModel.findOne({ organization, ...key })
    .sort({ deactivatedAt: 1 })
    .lean<LeverUserRecord>()
  return record && toLeverUserView(record)
}

/** Returns those of the ids that the mirror knows, by id. */
export async function usersById(organization: string, ids: readonly string[]): Promise<Map<string, LeverUserView>> {
  const users = await readUsersById(organization, ids)
  return new Map(ids.flatMap((id) => users.get(id) ?? []).map((user) => [user.id, user]))
}

const readUsersById = coalesceByKey<readonly string[], Map<string, LeverUserView>>(async (ids, organization) => {
  const records = await LeverUserModel.find({ organization, leverId: { $in: [...new Set(ids.flat())] } }).lean<LeverUserRecord[]>()
  return new Map(records.map((record) => [record.leverId, toLeverUserView(record)]))
})

/** Returns all users of the account as last seen, including deactivated ones, by name. */
export async function allUsers(organization: string): Promise<LeverUserView[]> {
  const records = await LeverUserModel.find({ organization }).sort({ sortKey: 1, _id: 1 }).lean<LeverUserRecord[]>()
  return records.map(toLeverUserView)
}

/**
 * Returns the user with this email as Lever has it now, also a deactivated one, and stores it in the mirror. If
 * Lever cannot be asked, returns the user as last seen. Costs one call, and a second one only if Lever's spelling of
 * the address differs from the given one.
 * @throws ServiceError if Lever cannot be asked and the mirror does not know the user
 */
export async function lookUpUser(
  deps: Pick<MirrorDeps, 'leverClient'>,
  organization: string,
  email: string,
): Promise<LeverUserView | null> {
  const known = await findUser(organization, { email })
  try {
    const client = await deps.leverClient(organization, 'interactive')
    const found = await readUsers(client, normalizeEmail(email), spellings(known?.email, email))
    await writeRecords(MIRRORED.users.model, organization, found, await serverTime())
    return found.length === 0 ? null : await findUser(organization, { email })
  } catch (error) {
    if (known && isServiceError(error)) return known
    throw error
  }
}

/** Lever is documented to match exactly and only assumed to ignore case, so Lever's own spelling is tried first. */
function spellings(known: string | null | undefined, given: string): Set<string> {
  return new Set([known ?? given.trim(), given.trim(), normalizeEmail(given)])
}

async function readUsers(client: LeverClient, emailKey: string, emails: Iterable<string>): Promise<MirrorFields[]> {
  for (const email of emails) {
    const found: MirrorFields[] = []
    for await (const user of listUsers(client, { email, includeDeactivated: true })) {
      const fields = userFields(user)
      if (fields['emailKey'] === emailKey) found.push(fields)
    }
    if (found.length > 0) return found
  }
  return []
}

/**
 * Reads all users from Lever now, so that matching people does not depend on the time of the last sync.
 * @throws ServiceError when Lever cannot be asked
 */
export async function refreshUsers(deps: Pick<MirrorDeps, 'leverClient'>, organization: string): Promise<void> {
  const client = await deps.leverClient(organization, 'interactive')
  const seenAt = await serverTime()
  let batch: MirrorFields[] = []
  for await (const user of listUsers(client, { includeDeactivated: true })) {
    batch.push(userFields(user))
    if (batch.length < BATCH) continue
    await writeRecords(MIRRORED.users.model, organization, batch, seenAt)
    batch = []
  }
  await writeRecords(MIRRORED.users.model, organization, batch, seenAt)
}

/**
 * Reads one user from Lever now, after Lever refused a write performed as that user, and stores the answer, which decides about later
 * writes as that user.
 * @returns true if the user is deactivated or no longer exists
 * @throws ServiceError if Lever cannot be asked, or does not let this connection read users
 */
export async function isUserGone(deps: Pick<MirrorDeps, 'leverClient'>, organization: string, leverId: string): Promise<boolean> {
  const client = await deps.leverClient(organization, 'interactive')
  const seenAt = await serverTime()
  const user = (await readUser(client, leverId)) ?? (await findAmongAll(client, leverId))
  if (user) await writeRecords(MIRRORED.users.model, organization, [userFields(user)], seenAt)
  else await LeverUserModel.deleteOne({ organization, leverId })
  return ((await findUser(organization, { id: leverId }))?.deactivatedAt ?? (user ? null : seenAt)) !== null
}

/** It is assumed that Lever returns a deactivated user by id. */
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
