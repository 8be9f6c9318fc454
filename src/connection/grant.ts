import { Types } from 'mongoose'
import { coalesceByKey } from '../concurrency/coalesce.ts'
import { ServiceError } from '../errors.ts'
import type { TokenPair } from '../lever/oauth.ts'
import { assertSameAccount, KNOWN_USERS, type AccountEvidence } from './account-identity.ts'
import { subjectOf, type ConnectionContext } from './connection-context.ts'
import { ConnectionModel, type ConnectionDocument, type ConnectionStatus, type RevocationCause } from './connection-model.ts'
import type { ConnectionSecrets } from './connection-secrets.ts'
import { getConnection } from './find-connection.ts'

/** A grant as read at `now` by the database's clock, the only clock that its times are compared with. */
export type GrantState = Pick<ConnectionDocument, '_id' | 'organization' | 'status' | 'auth' | 'grant' | 'leverApi'> & { now: Date }

/** Statuses in which Lever may be called. */
export const GRANTED: readonly ConnectionStatus[] = ['configuring', 'active', 'paused']

/** Access tokens are replaced after this share of their lifetime. */
export const REFRESH_AT = 0.8

const WHY_NOT: Partial<Record<ConnectionStatus | 'missing', [message: string, hint: string]>> = {
  configuring: ['The connection to Lever is not active yet.', 'Activate it'],
  paused: ['Exports to Lever are paused.', 'Activate the connection again'],
  revoked: ['Lever no longer accepts the authorization of this organization.', 'Authorize again'],
}

/** Returns the error for a connection whose status does not allow the request, with the next step. */
export function connectionNotActive(status: ConnectionStatus | 'missing'): ServiceError {
  const [message, hint] = WHY_NOT[status] ?? ['This organization is not connected to Lever.', 'Connect Lever']
  return new ServiceError('connection_not_active', message, { hint: `${hint} in Settings > ATS configuration.` })
}

/**
 * Returns the grant with which Lever may be called now.
 * @throws ServiceError `connection_not_active` if the connection is in none of `statuses` or has no grant
 */
export async function getGrant(organization: string, statuses: readonly ConnectionStatus[] = GRANTED): Promise<GrantState> {
  const [found] = await findGrants({ organization: new Types.ObjectId(organization) })
  if (!found) throw connectionNotActive('missing')
  assertGranted(found, statuses)
  return found
}

/**
 * The same for a sync or a sweep: organizations that ask at the same time share one read.
 * @throws ServiceError `connection_not_active`
 */
export async function getGrantForReading(organization: string): Promise<GrantState & { askedAt: number }> {
  const { askedAt, grants } = await readGrants('all', organization)
  const found = grants.get(organization)
  if (!found) throw connectionNotActive('missing')
  assertGranted(found)
  return { ...found, askedAt }
}

const readGrants = coalesceByKey(async (organizations: string[]) => {
  const askedAt = performance.now()
  const asked = [...new Set(organizations)].map((organization) => new Types.ObjectId(organization))
  const found = await findGrants({ organization: { $in: asked } })
  return { askedAt, grants: new Map(found.map((one) => [String(one.organization), one])) }
})

function findGrants(match: { organization: Types.ObjectId | { $in: Types.ObjectId[] } }): Promise<GrantState[]> {
  return ConnectionModel.aggregate<GrantState>([
    { $match: match },
    { $project: { organization: 1, status: 1, auth: { $ifNull: ['$auth', {}] }, grant: 1, leverApi: 1, now: '$$NOW' } },
  ]).exec()
}

/** @throws ServiceError as {@link getGrant} */
export function assertGranted(state: Pick<GrantState, 'status' | 'grant'>, statuses: readonly ConnectionStatus[] = GRANTED): void {
  const { apiKey, accessToken } = state.grant ?? {}
  if (!(apiKey ?? accessToken) || !statuses.includes(state.status)) throw connectionNotActive(state.status)
}

/** An access token without times counts as expired. */
function lifeOf({ grant }: GrantState): { from: number; to: number } {
  return { from: grant.obtainedAt?.getTime() ?? 0, to: grant.accessTokenExpiresAt?.getTime() ?? 0 }
}

export function isDueForRefresh(state: GrantState): boolean {
  const { from, to } = lifeOf(state)
  return state.now.getTime() >= from + (to - from) * REFRESH_AT
}

export function isExpired(state: GrantState): boolean {
  return state.now.getTime() >= lifeOf(state).to
}

const FRESH_MS = 5 * 60_000

/** True if the token is so new that Lever cannot have refused it for its age. */
export function isFresh(state: GrantState): boolean {
  return state.now.getTime() - lifeOf(state).from < FRESH_MS
}

const DAY_MS = 86_400_000
/** A refresh token expires if it is not used for this long (Lever's API documentation). */
const GRANT_IDLE_MS = 90 * DAY_MS
/**
 * A refresh token expires at most a year after it was issued (Lever's API documentation). The year is assumed to
 * count from the authorization, whatever the refreshes.
 */
const GRANT_LIFE_MS = 365 * DAY_MS

/** The times at which an authorization ends without a refusal. */
export interface GrantClocks {
  /** Renewed automatically long before. */
  accessTokenExpiresAt: Date | null
  /** Moves with every refresh; null for an API key, which does not expire. */
  idleEndsAt: Date | null
  endsAt: Date | null
}

export function grantClocks({ auth, grant }: Pick<ConnectionDocument, 'auth' | 'grant'>): GrantClocks {
  if (auth.kind !== 'oauth') return { accessTokenExpiresAt: null, idleEndsAt: null, endsAt: null }
  return {
    accessTokenExpiresAt: grant.accessTokenExpiresAt ?? null,
    idleEndsAt: later(grant.obtainedAt, GRANT_IDLE_MS),
    endsAt: later(auth.authorizedAt, GRANT_LIFE_MS),
  }
}

function later(at: Date | null | undefined, byMs: number): Date | null {
  return at ? new Date(at.getTime() + byMs) : null
}

interface NewGrant {
  evidence: AccountEvidence
  /** Pipeline fields of `auth` and `grant`. */
  fields: Record<string, unknown>
  action: 'connection.authorized' | 'connection.apiKeyAdded'
  actor: string
}

/** The number of lost races with a refresh or another authorization before giving up. */
const TRIES = 5

/**
 * Replaces the grant with a new one if both belong to the same Lever account, and resumes work that waited for it.
 * Settings, mappings, and signature tokens stay. Resolves once the grant is durable.
 * @throws ServiceError `lever_account_mismatch`, `state_conflict`
 */
export async function keepGrant(context: ConnectionContext, organization: string, grant: NewGrant): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const connection = await getConnection(organization)
    const userIds = await assertSameAccount(connection, grant.evidence)
    if (!(await replaceGrant(connection, grant, userIds))) continue
    await context.audit.append({ organization, actor: grant.actor, action: grant.action, subject: subjectOf(connection) })
    await context.publish('connectionAuthorized', { organization }).catch((error: unknown) => {
      context.log.error({ organization, err: error }, 'authorized, but the steps after it did not start')
    })
    return
  }
  throw new ServiceError('state_conflict', 'Someone else changed the connection at the same time.', { hint: 'Try again.' })
}

/** Compares the generation, so that the grant that is replaced is the one whose account was compared. */
async function replaceGrant(connection: ConnectionDocument, grant: NewGrant, userIds: string[]): Promise<boolean> {
  const { accountId } = grant.evidence
  const known = { $ifNull: ['$knownLeverUserIds', []] }
  const replaced = await ConnectionModel.updateOne(
    { _id: connection._id, 'grant.generation': connection.grant.generation, status: connection.status },
    [
      { $unset: ['auth', 'statusBeforeRevocation', 'revokedBecause', ...GRANT_FIELDS] },
      {
        $set: {
          ...grant.fields,
          'grant.generation': connection.grant.generation + 1,
          status: statusAfter(connection),
          unscheduledSince: '$$NOW',
          ...(accountId ? { leverAccountId: { $literal: accountId } } : {}),
          knownLeverUserIds: { $slice: [{ $setUnion: [known, { $literal: userIds }] }, KNOWN_USERS] },
        },
      },
    ],
    { updatePipeline: true, writeConcern: { w: 'majority', j: true } },
  )
  return replaced.matchedCount === 1
}

function statusAfter({ status, statusBeforeRevocation }: ConnectionDocument): ConnectionStatus {
  if (status === 'revoked') return statusBeforeRevocation ?? 'configuring'
  return status === 'disconnected' ? 'configuring' : status
}

/** All fields of a grant except its generation, which never decreases. */
export const GRANT_FIELDS = [
  'accessToken', 'refreshToken', 'apiKey', 'accessTokenExpiresAt', 'obtainedAt', 'refreshAt', 'refreshLeaseUntil', 'refreshLeaseHolder', 'refusals',
  'unanswered', 'earlyRenewals', 'fingerprint',
].map((field) => `grant.${field}`) // prettier-ignore

const DURABLE = { updatePipeline: true, returnDocument: 'after', writeConcern: { w: 'majority', j: true } } as const

/**
 * Returns the pipeline fields of a pair. `sentAt` (monotonic ms) is when it was requested, because its lifetime
 * counts from then at the earliest.
 */
export function pairFields(secrets: ConnectionSecrets, organization: string, pair: TokenPair, sentAt: number): Record<string, unknown> {
  const lifeMs = Math.max(0, pair.expiresInMs - (performance.now() - sentAt))
  return {
    'grant.accessToken': secrets.seal(organization, 'grant.accessToken', pair.accessToken),
    ...(pair.refreshToken === null ? {} : { 'grant.refreshToken': secrets.seal(organization, 'grant.refreshToken', pair.refreshToken) }),
    'grant.obtainedAt': '$$NOW',
    'grant.accessTokenExpiresAt': { $add: ['$$NOW', Math.round(lifeMs)] },
    'grant.refreshAt': { $add: ['$$NOW', Math.round(lifeMs * REFRESH_AT)] },
    'grant.refusals': 0,
    ...(pair.scopes.length === 0 ? {} : { 'auth.scopes': { $literal: pair.scopes } }),
  }
}

const REFRESH_FIELDS = ['grant.refreshLeaseUntil', 'grant.refreshLeaseHolder', 'grant.unanswered']

const TOKEN_AGE_MS = { $subtract: ['$$NOW', '$grant.obtainedAt'] }
const TOKEN_LIFE_MS = { $subtract: ['$grant.accessTokenExpiresAt', '$grant.obtainedAt'] }
/** The time at which a pair is refreshed. */
export const REFRESH_TIME = { $add: ['$grant.obtainedAt', { $multiply: [TOKEN_LIFE_MS, REFRESH_AT] }] }
/** True if only a refusal can have caused the renewal: the token is fresh and not due. */
const IS_EARLY = { $and: [{ $lt: [TOKEN_AGE_MS, FRESH_MS] }, { $lt: [TOKEN_AGE_MS, { $multiply: [TOKEN_LIFE_MS, REFRESH_AT] }] }] }
const EARLY_RENEWALS = { $cond: [IS_EARLY, { $add: [{ $ifNull: ['$grant.earlyRenewals', 0] }, 1] }, 0] }

const REVIVED_STATUS = { $cond: [{ $eq: ['$status', 'revoked'] }, { $ifNull: ['$statusBeforeRevocation', 'configuring'] }, '$status'] }

const UNSCHEDULED_IF_REVIVED = { $cond: [{ $eq: ['$status', 'revoked'] }, '$$NOW', { $ifNull: ['$unscheduledSince', '$$REMOVE'] }] }

/**
 * Stores the pair from a refresh of `state`'s generation, durable before its first use, even if another process holds the
 * lease now.
 * It even restores a connection that was marked revoked in the meantime. Returns false if another pair or key has
 * replaced that generation.
 */
export async function storeRefreshedPair(secrets: ConnectionSecrets, state: GrantState, pair: TokenPair, sentAt: number): Promise<boolean> {
  const generation = state.grant.generation + 1
  const fields = { ...pairFields(secrets, String(state.organization), pair, sentAt), 'grant.earlyRenewals': EARLY_RENEWALS }
  const stored = await ConnectionModel.findOneAndUpdate(
    { _id: state._id, 'grant.generation': state.grant.generation, status: { $ne: 'disconnected' } },
    [
      { $set: { ...fields, 'grant.generation': generation, status: REVIVED_STATUS, unscheduledSince: UNSCHEDULED_IF_REVIVED } },
      { $unset: [...REFRESH_FIELDS, 'revokedBecause'] },
    ],
    DURABLE,
  ).lean<ConnectionDocument>()
  return stored !== null
}

/**
 * Records that Lever refused a generation permanently. Returns false if that generation has been replaced or was
 * marked before.
 */
export async function markRevoked(connection: Types.ObjectId, generation: number, cause: RevocationCause): Promise<boolean> {
  const marked = await ConnectionModel.findOneAndUpdate(
    { _id: connection, 'grant.generation': generation, status: { $in: [...GRANTED] } },
    [{ $set: { statusBeforeRevocation: '$status', status: 'revoked', revokedBecause: cause } }, { $unset: REFRESH_FIELDS }],
    DURABLE,
  )
  return marked !== null
}

/**
 * Marks the tokens of a restored backup: newer ones may have been issued since, and are lost.
 * @returns the number of grants that this may affect
 */
export async function noteTokensMayBeLost(): Promise<number> {
  const restored = { status: { $in: [...GRANTED] }, 'grant.refreshToken': { $ne: null } }
  const change = { $set: { 'grant.unanswered': true }, $unset: { 'grant.refreshLeaseUntil': 1, 'grant.refreshLeaseHolder': 1 } }
  return (await ConnectionModel.updateMany(restored, change)).matchedCount
}

/** Records that Lever refused an access token that had just been renewed. */
export async function noteRefusal(state: GrantState): Promise<void> {
  await ConnectionModel.updateOne({ _id: state._id, 'grant.generation': state.grant.generation }, { $set: { 'grant.refusals': 1 } })
}
