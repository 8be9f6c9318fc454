import type { Types } from 'mongoose'
import type { TokenPair } from '../lever/oauth.ts'
import type { ConnectionSecrets } from './connection-secrets.ts'
import { ConnectionModel, type ConnectionDocument, type RevocationCause } from './connection-model.ts'
import { FRESH_MS, GRANTED, REFRESH_AT, type GrantState } from './grant.ts'

const DURABLE = { updatePipeline: true, returnDocument: 'after', writeConcern: { w: 'majority', j: true } } as const

/** Pipeline fields of a pair; `sentAt` (monotonic ms) is when it was asked for, since its life counts from then at the earliest. */
export function pairFields(secrets: ConnectionSecrets, organization: string, pair: TokenPair, sentAt: number): Record<string, unknown> {
  const lifeMs = Math.max(0, pair.expiresInMs - (performance.now() - sentAt))
  return {
    'grant.accessToken': secrets.seal(organization, 'grant.accessToken', pair.accessToken),
    ...(pair.refreshToken === null ? {} : { 'grant.refreshToken': secrets.seal(organization, 'grant.refreshToken', pair.refreshToken) }),
    'grant.obtainedAt': '$$NOW',
    'grant.accessTokenExpiresAt': { $add: ['$$NOW', Math.round(lifeMs)] },
    'grant.refusals': 0,
    ...(pair.scopes.length === 0 ? {} : { 'auth.scopes': { $literal: pair.scopes } }),
  }
}

const REFRESH_FIELDS = ['grant.refreshLeaseUntil', 'grant.refreshLeaseHolder', 'grant.unanswered']

const AGE_MS = { $subtract: ['$$NOW', '$grant.obtainedAt'] }
const LIFE_MS = { $subtract: ['$grant.accessTokenExpiresAt', '$grant.obtainedAt'] }
/** Only a refusal renews a token that is fresh and not due. */
const IS_EARLY = { $and: [{ $lt: [AGE_MS, FRESH_MS] }, { $lt: [AGE_MS, { $multiply: [LIFE_MS, REFRESH_AT] }] }] }
const EARLY_RENEWALS = { $cond: [IS_EARLY, { $add: [{ $ifNull: ['$grant.earlyRenewals', 0] }, 1] }, 0] }

const REVIVED_STATUS = { $cond: [{ $eq: ['$status', 'revoked'] }, { $ifNull: ['$statusBeforeRevocation', 'configuring'] }, '$status'] }

/**
 * Saves the pair that a refresh of `state`'s generation gave, durable before its first use, whoever holds the lease by now; it even
 * revives a connection that was marked revoked meanwhile. False when another pair or key has taken that generation's place.
 */
export async function storeRefreshedPair(secrets: ConnectionSecrets, state: GrantState, pair: TokenPair, sentAt: number): Promise<boolean> {
  const generation = state.grant.generation + 1
  const fields = { ...pairFields(secrets, String(state.organization), pair, sentAt), 'grant.earlyRenewals': EARLY_RENEWALS }
  const stored = await ConnectionModel.findOneAndUpdate(
    { _id: state._id, 'grant.generation': state.grant.generation, status: { $ne: 'disconnected' } },
    [{ $set: { ...fields, 'grant.generation': generation, status: REVIVED_STATUS } }, { $unset: [...REFRESH_FIELDS, 'revokedBecause'] }],
    DURABLE,
  ).lean<ConnectionDocument>()
  return stored !== null
}

/** Notes that Lever refused a generation for good; false when that generation is gone or was marked before. */
export async function markRevoked(connection: Types.ObjectId, generation: number, cause: RevocationCause): Promise<boolean> {
  const marked = await ConnectionModel.findOneAndUpdate(
    { _id: connection, 'grant.generation': generation, status: { $in: [...GRANTED] } },
    [{ $set: { statusBeforeRevocation: '$status', status: 'revoked', revokedBecause: cause } }, { $unset: REFRESH_FIELDS }],
    DURABLE,
  )
  return marked !== null
}

/** Tokens of a restored backup: newer ones may have been given since, which are lost. @returns how many grants that may be true of */
export async function noteTokensMayBeLost(): Promise<number> {
  const restored = { status: { $in: [...GRANTED] }, 'grant.refreshToken': { $ne: null } }
  const change = { $set: { 'grant.unanswered': true }, $unset: { 'grant.refreshLeaseUntil': 1, 'grant.refreshLeaseHolder': 1 } }
  return (await ConnectionModel.updateMany(restored, change)).matchedCount
}

/** Notes that Lever refused an access token that had just been renewed. */
export async function noteRefusal(state: GrantState): Promise<void> {
  await ConnectionModel.updateOne({ _id: state._id, 'grant.generation': state.grant.generation }, { $set: { 'grant.refusals': 1 } })
}
