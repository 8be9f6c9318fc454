import { randomUUID } from 'node:crypto'
import { isServiceError } from '../errors.ts'
import { LeverCallError } from '../lever/lever-call-error.ts'
import type { Log } from '../log.ts'
import { updateEach, type StepContext } from '../schema/schema-step.ts'
import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'
import { GRANTED, type GrantState, getGrant, REFRESH_TIME } from './grant.ts'

/** The exclusive right among processes to use a grant's refresh token. */
export interface RefreshLease {
  /** The connection as read under the lease, with the refresh token to use. */
  document: ConnectionDocument
  holder: string
  /** True if another process's lease had expired. That process may have been killed, or may still save a pair. */
  tookOver: boolean
  /** On the monotonic clock. The lease is not used after it. */
  endsAt: number
}

const FREE = { $lte: [{ $ifNull: ['$grant.refreshLeaseUntil', new Date(0)] }, '$$NOW'] }

/**
 * Takes the lease on one generation of a grant, by the database's clock; null while another process holds it, or if
 * the generation has been replaced. An expired lease can be taken. A pair that its former holder still saves counts,
 * since pairs are saved by comparing only the generation.
 */
export async function takeRefreshLease(state: GrantState, leaseMs: number): Promise<RefreshLease | null> {
  const startedAt = performance.now()
  const holder = randomUUID()
  const before = await ConnectionModel.findOneAndUpdate(
    { _id: state._id, 'grant.generation': state.grant.generation, status: { $in: [...GRANTED] }, $expr: FREE },
    [{ $set: { 'grant.refreshLeaseUntil': { $add: ['$$NOW', leaseMs] }, 'grant.refreshLeaseHolder': holder } }],
    { updatePipeline: true, returnDocument: 'before' },
  ).lean<ConnectionDocument>()
  if (!before) return null
  return { document: before, holder, tookOver: Boolean(before.grant.refreshLeaseHolder), endsAt: startedAt + leaseMs }
}

/**
 * Releases the lease after a refresh that saved nothing, so that the next attempt need not wait for its expiry.
 * `unanswered`: Lever may have issued a pair anyway.
 */
export async function releaseRefreshLease({ document, holder }: RefreshLease, unanswered: boolean): Promise<void> {
  await ConnectionModel.updateOne(
    { _id: document._id, 'grant.refreshLeaseHolder': holder },
    {
      $unset: { 'grant.refreshLeaseUntil': 1, 'grant.refreshLeaseHolder': 1 },
      ...(unanswered ? { $set: { 'grant.unanswered': true } } : {}),
    },
  )
}

const SHORTEST_MS = 500
const LONGEST_MS = 60_000

/** Delays after failed refreshes, doubled each time, so that a failing token endpoint is not flooded. */
export class RefreshRest {
  private readonly resting = new Map<string, { until: number; ms: number; error: LeverCallError }>()

  /** Runs `refresh`, or rethrows its last failure during the delay. Only a LeverCallError causes a delay. */
  async during<T>(key: string, refresh: () => Promise<T>): Promise<T> {
    const last = this.resting.get(key)
    if (last && performance.now() < last.until) throw last.error
    try {
      const result = await refresh()
      this.resting.delete(key)
      return result
    } catch (error) {
      if (!(error instanceof LeverCallError)) this.resting.delete(key)
      else {
        const ms = Math.min(LONGEST_MS, (last?.ms ?? SHORTEST_MS / 2) * 2)
        this.resting.set(key, { until: performance.now() + ms, ms, error })
      }
      throw error
    }
  }
}

/** Access tokens, as `access-tokens.ts` provides them. */
interface Tokens {
  current(state: GrantState): Promise<unknown>
}

const AT_ONCE = 5
/** Read from an index that holds only OAuth grants, so a look costs nothing for grants that are not due. */
const IS_DUE = { $lte: ['$grant.refreshAt', '$$NOW'] }

/**
 * Refreshes tokens that are due, a few at a time, so that calls rarely wait for a refresh. A failure does not stop
 * the others.
 */
export async function refreshDue({ tokens, log }: { tokens: Tokens; log: Log }): Promise<void> {
  const filter = {
    'grant.refreshAt': { $gt: new Date(0) },
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

/** Gives grants stored by versions without `refreshAt` their time. */
export async function dateRefreshes(context: StepContext): Promise<void> {
  const older = { 'grant.accessTokenExpiresAt': { $gt: new Date(0) }, 'grant.refreshAt': null, status: { $in: [...GRANTED] } } as const
  await updateEach(context, ConnectionModel.collection, older, [{ $set: { 'grant.refreshAt': REFRESH_TIME } }])
}

async function refreshOne(tokens: Tokens, log: Log, organization: string): Promise<void> {
  try {
    await tokens.current(await getGrant(organization))
  } catch (error) {
    if (!isServiceError(error, 'connection_not_active')) log.warn({ organization, err: error }, 'access token not refreshed')
  }
}
