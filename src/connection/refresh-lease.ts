import { randomUUID } from 'node:crypto'
import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'
import { GRANTED, type GrantState } from './grant.ts'

/** The right to spend a grant's refresh token, against other processes. */
export interface RefreshLease {
  /** As it is under the lease: the refresh token to spend is this one's. */
  document: ConnectionDocument
  holder: string
  /** Whether somebody else's lease had lapsed: that process may have been killed, or may still be about to save a pair. */
  tookOver: boolean
  /** On the monotonic clock; a lease is not used after it. */
  endsAt: number
}

const FREE = { $lte: [{ $ifNull: ['$grant.refreshLeaseUntil', new Date(0)] }, '$$NOW'] }

/**
 * Takes the lease on one generation of a grant, by the server's clock; null while another process holds it or when the generation is gone.
 * A lapsed lease can be taken; what its holder then saves still counts, since pairs are saved by comparing the generation alone.
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
 * Gives the lease back after a refresh that saved nothing, so that the next try need not wait for its end. `unanswered`: Lever may have made
 * a pair all the same.
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
