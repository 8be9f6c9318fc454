import { ServiceError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { ChainEnd, Trail } from './audit-chain.ts'
import { readHeadAndNewest, replaceLostHead } from './audit-head.ts'
import type { AuditTrails } from './audit-trails.ts'
import { HEAD_LOST, insertAfter, trailRecord, type AuditRecord, type RecordedAt } from './insert-records.ts'

interface Waiting extends RecordedAt {
  resolve: () => void
  reject: (error: unknown) => void
}

interface AppendDeps {
  trails: AuditTrails
  log: Log | undefined
}

const BATCH = 500
/** Losing so many races in a row to appenders of other processes indicates another problem. */
const MAX_LOST_RACES = 100

/**
 * Appends to an organization's chain, and resolves once the record is durable. Records waiting in one process are
 * written together, in order; the unique number decides between processes.
 * @throws ServiceError `storage_unavailable` when it could not be written
 */
export function createAuditAppender(trails: AuditTrails, log?: Log): (record: AuditRecord) => Promise<void> {
  const queues = new Map<string, Waiting[]>()

  return (record) =>
    new Promise((resolve, reject) => {
      const waiting = { record, at: new Date(), resolve, reject }
      const queue = queues.get(record.organization)
      if (queue) {
        queue.push(waiting)
        return
      }
      const started = [waiting]
      queues.set(record.organization, started)
      void drain({ trails, log }, started, () => queues.delete(record.organization))
    })
}

/**
 * Calls `onEmpty` in the same tick in which it stops, so that no record is added to the queue unnoticed. Never
 * rejects.
 */
async function drain(deps: AppendDeps, queue: Waiting[], onEmpty: () => void): Promise<void> {
  let end: ChainEnd | undefined
  let lostRaces = 0
  await new Promise(setImmediate) // collects the records of one turn of the event loop
  while (queue.length > 0) {
    const batch = queue.slice(0, BATCH)
    let done = 0
    try {
      const trail = await deps.trails.get(batch[0]?.record.organization ?? '')
      end ??= await findEnd(trail, deps.log)
      const written = await insertAfter(trail, end, batch)
      end = written.end
      lostRaces = end ? 0 : lostRaces + 1
      done = written.count
      for (const { resolve } of queue.splice(0, done)) resolve()
      if (lostRaces > MAX_LOST_RACES) throw new Error('other writers were always first')
    } catch (cause) {
      end = undefined
      const error = new ServiceError('storage_unavailable', 'The audit record could not be written.', { cause })
      for (const { reject } of queue.splice(0, batch.length - done)) reject(error)
    }
  }
  onEmpty()
}

/**
 * Returns the place of the next record. If records were deleted from the end, it is after the gap, which stays
 * visible. A missing or forged head is recorded, so that removing the head as well cannot hide a shortened or emptied
 * chain.
 */
async function findEnd(trail: Trail, log: Log | undefined): Promise<ChainEnd> {
  for (let race = 0; race <= MAX_LOST_RACES; race += 1) {
    const { head, newest } = await readHeadAndNewest(trail)
    if (head.state === 'sound') return head.end.seq > newest.seq ? head.end : newest
    const { end } = await insertAfter(trail, newest, [trailRecord(trail, HEAD_LOST)])
    if (!end) continue
    await replaceLostHead(trail, head.mac, end)
    log?.error({ organization: trail.organization }, HEAD_LOST)
    return end
  }
  throw new Error('other writers were always first')
}
