import { isServiceError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { AccessTokens } from './access-tokens.ts'
import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'
import { getGrant, GRANTED, REFRESH_AT } from './grant.ts'

const AT_ONCE = 5
const LIFE_MS = { $subtract: ['$grant.accessTokenExpiresAt', '$grant.obtainedAt'] }
const IS_DUE = { $gte: ['$$NOW', { $add: ['$grant.obtainedAt', { $multiply: [LIFE_MS, REFRESH_AT] }] }] }

/** Refreshes what is due, a few at a time, so that calls seldom wait for it. A failure of one keeps none of the others. */
export async function refreshDue({ tokens, log }: { tokens: AccessTokens; log: Log }): Promise<void> {
  const filter = {
    status: { $in: [...GRANTED] },
    'auth.kind': 'oauth',
    'grant.accessTokenExpiresAt': { $ne: null },
    $expr: IS_DUE,
  } as const
  const due = await ConnectionModel.find(filter, { organization: 1 }).lean<Pick<ConnectionDocument, '_id' | 'organization'>[]>()
  const refreshNext = async (): Promise<void> => {
    for (let next = due.pop(); next; next = due.pop()) await refreshOne(tokens, log, String(next.organization))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, refreshNext))
}

async function refreshOne(tokens: AccessTokens, log: Log, organization: string): Promise<void> {
  try {
    await tokens.current(await getGrant(organization))
  } catch (error) {
    if (!isServiceError(error, 'connection_not_active')) log.warn({ organization, err: error }, 'access token not refreshed')
  }
}
