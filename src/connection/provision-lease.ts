import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Types } from 'mongoose'
import { ServiceError } from '../errors.ts'
import { ConnectionModel } from './connection-model.ts'

/** Longer than the work that it protects; see `assertHolds`. */
const LEASE_MS = 60_000
const LOOK_AGAIN_MS = 200
const FREE = { $lte: [{ $ifNull: ['$provision.leaseUntil', new Date(0)] }, '$$NOW'] }

/**
 * Runs `work` while no other process creates webhooks for this connection, and waits for a process that does.
 * `assertHolds` throws once the rest of the lease is so short that a call might outlast it.
 * @throws ServiceError `state_conflict` after `waitMs`
 */
export async function underProvisionLease<T>(
  connection: Types.ObjectId,
  options: { waitMs: number; callMs: number },
  work: (assertHolds: () => void) => Promise<T>,
): Promise<T> {
  const holder = randomUUID()
  const deadline = performance.now() + options.waitMs
  let takenAt = performance.now()
  while (!(await take(connection, holder))) {
    if (performance.now() > deadline) throw busy()
    await sleep(LOOK_AGAIN_MS)
    takenAt = performance.now()
  }
  try {
    return await work(() => {
      if (performance.now() + options.callMs > takenAt + LEASE_MS) throw busy()
    })
  } finally {
    await ConnectionModel.updateOne({ _id: connection, 'provision.leaseHolder': holder }, { $unset: { provision: 1 } })
  }
}

async function take(connection: Types.ObjectId, holder: string): Promise<boolean> {
  const taken = await ConnectionModel.updateOne(
    { _id: connection, $expr: FREE },
    [{ $set: { provision: { leaseHolder: holder, leaseUntil: { $add: ['$$NOW', LEASE_MS] } } } }],
    { updatePipeline: true },
  )
  return taken.matchedCount === 1
}

function busy(): ServiceError {
  return new ServiceError('state_conflict', 'Webhooks are being created for this organization.', { hint: 'Try again in a minute.' })
}
