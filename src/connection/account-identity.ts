import { z } from 'zod'
import { ServiceError } from '../errors.ts'
import type { LeverClient } from '../lever/client.ts'
import { isLeverStatus } from '../lever/lever-call-error.ts'
import { leverPath } from '../lever/lever-path.ts'
import { listUsers } from '../lever/users.ts'
import type { ConnectionDocument } from './connection-model.ts'

/** What a new grant reveals about its Lever account. The claims are hints in the access token (Lever's sample token). */
export interface AccountEvidence {
  accountId: string | null
  userId: string | null
  client: LeverClient
}

/** The maximum number of user ids that are kept to recognize an account. */
export const KNOWN_USERS = 1000

const FirstUser = z.object({ data: z.array(z.looseObject({ id: z.string() })) })

/**
 * Checks whether a new grant belongs to the account connected before: by the account claim of the token, otherwise by
 * whether any Lever user known from then exists there. A connection without an earlier account accepts any account.
 * @returns user ids that identify the account from now on
 * @throws ServiceError `lever_account_mismatch`; `state_conflict` when it cannot be determined; LeverCallError
 */
export async function assertSameAccount(connection: ConnectionDocument, evidence: AccountEvidence): Promise<string[]> {
  const known = new Set(connection.knownLeverUserIds)
  const { accountId, userId } = evidence
  if (connection.leverAccountId && accountId) {
    if (connection.leverAccountId !== accountId) throw accountMismatch()
    return userId ? [userId] : []
  }
  if (known.size === 0) return [userId ?? (await firstUserId(evidence.client))].filter((id) => id !== null)
  if (userId && known.has(userId)) return [userId]
  if (!(await hasUserOf(known, evidence.client))) throw accountMismatch()
  return userId ? [userId] : []
}

async function hasUserOf(known: ReadonlySet<string>, client: LeverClient): Promise<boolean> {
  try {
    for await (const { id } of listUsers(client, { includeDeactivated: true })) if (known.has(id)) return true
    return false
  } catch (error) {
    if (!isLeverStatus(error, 403)) throw error
    throw new ServiceError(
      'state_conflict',
      'Fulcrum cannot tell whether this is the Lever account that was connected before, because it may not list users.',
      {
        hint: 'Grant users:read:admin (for an API key, "List all users"), or disconnect first.',
        cause: error,
      },
    )
  }
}

/** Returns one user of the account, if the grant may list them. */
async function firstUserId(client: LeverClient): Promise<string | null> {
  try {
    const { data } = await client.get(leverPath`/users`, { query: { limit: 1 }, schema: FirstUser })
    return data[0]?.id ?? null
  } catch (error) {
    if (isLeverStatus(error, 403)) return null
    throw error
  }
}

function accountMismatch(): ServiceError {
  return new ServiceError('lever_account_mismatch', 'This is not the Lever account that was connected before.', {
    hint: 'To connect another account, disconnect first.',
  })
}
