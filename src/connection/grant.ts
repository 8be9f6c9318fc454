import { Types } from 'mongoose'
import { ServiceError } from '../errors.ts'
import { ConnectionModel, type ConnectionDocument, type ConnectionStatus } from './connection-model.ts'

/** A grant as read at `now` of the server's clock, the one clock by which its times are judged. */
export type GrantState = Pick<ConnectionDocument, '_id' | 'organization' | 'status' | 'auth' | 'grant' | 'leverApi'> & { now: Date }

/** States in which Lever may be called. */
export const GRANTED: readonly ConnectionStatus[] = ['configuring', 'active', 'paused']

/** Access tokens are replaced when this much of their life is over. */
export const REFRESH_AT = 0.8

const WHY_NOT: Partial<Record<ConnectionStatus | 'missing', [message: string, hint: string]>> = {
  configuring: ['The connection to Lever is not active yet.', 'Activate it'],
  paused: ['Exports to Lever are paused.', 'Activate again'],
  revoked: ['Lever no longer accepts the authorization of this organization.', 'Authorize again'],
}

/** Why a connection in this state cannot do what it was asked for, and what to do. */
export function connectionNotActive(status: ConnectionStatus | 'missing'): ServiceError {
  const [message, hint] = WHY_NOT[status] ?? ['This organization is not connected to Lever.', 'Connect Lever']
  return new ServiceError('connection_not_active', message, { hint: `${hint} in Settings > ATS configuration.` })
}

/**
 * The grant with which Lever may be called now.
 * @throws ServiceError `connection_not_active` when the connection is in none of `statuses` or holds no grant
 */
export async function getGrant(organization: string, statuses: readonly ConnectionStatus[] = GRANTED): Promise<GrantState> {
  const [found] = await ConnectionModel.aggregate<GrantState>([
    { $match: { organization: new Types.ObjectId(organization) } },
    { $project: { organization: 1, status: 1, auth: { $ifNull: ['$auth', {}] }, grant: 1, leverApi: 1, now: '$$NOW' } },
  ])
  if (!found) throw connectionNotActive('missing')
  assertGranted(found, statuses)
  return found
}

/** @throws ServiceError as {@link getGrant} */
export function assertGranted(state: Pick<GrantState, 'status' | 'grant'>, statuses: readonly ConnectionStatus[] = GRANTED): void {
  const { apiKey, accessToken } = state.grant ?? {}
  if (!(apiKey ?? accessToken) || !statuses.includes(state.status)) throw connectionNotActive(state.status)
}

/** Times of an access token; without them it counts as expired. */
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

export const FRESH_MS = 5 * 60_000

/** Obtained so lately that a refusal by Lever cannot be its age. */
export function isFresh(state: GrantState): boolean {
  return state.now.getTime() - lifeOf(state).from < FRESH_MS
}
