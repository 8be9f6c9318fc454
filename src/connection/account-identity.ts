import { z } from 'zod'
import { ServiceError } from '../errors.ts'
import type { LeverClient } from '../lever/client.ts'
import { isLeverStatus } from '../lever/lever-call-error.ts'
import { leverPath } from '../lever/lever-path.ts'
import { listUsers } from '../lever/users.ts'
import type { ConnectionDocument } from './connection-model.ts'

/** What a new grant tells about the Lever account it is of. The claims are hints of the access token (Lever's sample token). */
export interface AccountEvidence {
  accountId: string | null
  userId: string | null
  client: LeverClient
}

/** At most so many user ids are kept to know an account again. */
export const KNOWN_USERS = 1000

const FirstUser = z.object({ data: z.array(z.looseObject({ id: z.string() })) })

/**
 * Tells whether a new grant is of the account connected before: by the token's account claim, else by whether any Lever user known
 * from then is a user there. A connection without a past takes any account.
 * @returns user ids by which the account is known from now on
 * @throws ServiceError `lever_account_mismatch`; `state_conflict` when it cannot be told; LeverCallError
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

/** One user of the account, if the grant may list them. */
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
