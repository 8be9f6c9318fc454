import { Types } from 'mongoose'
import { ServiceError } from '../errors.ts'
import { hashAuditEvent } from './audit-chain.ts'
import { AuditEventModel, type AuditEventDocument } from './audit-event-model.ts'

/** Who did what: ids only. `actor` is that of `actorOf`, or `lever`, or `system`; `subject` like `export:<id>`. */
export interface AuditRecord {
  /** Hex string. */
  organization: string
  actor: string
  /** What was done, like `candidate.exported`. */
  action: string
  subject: string
  /** Lever's id of the user it was performed as there. */
  leverUser?: string | null
  /** Why it went wrong, as a code: for the log line, which is a warning then; not kept. */
  cause?: string
  /** It happens once to this subject: left out where it is recorded already, by somebody who was killed right after. */
  once?: true
}

interface Waiting {
  record: AuditRecord
  at: Date
  resolve: () => void
  reject: (error: unknown) => void
}

interface Head {
  seq: number
  hash: string
}

const BATCH = 500
const DUPLICATE_KEY = 11_000
/** Losing so often in a row to appenders of other processes means that something else is wrong. */
const MAX_LOST_RACES = 100

/**
 * Appends to an organization's chain, resolving once the record is durable. What waits in one process goes out together,
 * in order; processes take turns by the unique number.
 * @throws ServiceError `storage_unavailable` when it could not be written
 */
export function createAuditAppender(): (record: AuditRecord) => Promise<void> {
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
      void drain(record.organization, started, () => queues.delete(record.organization))
    })
}

/** Calls `onEmpty` in the very tick in which it stops, so that nobody queues up behind it unseen. Never rejects. */
async function drain(organization: string, queue: Waiting[], onEmpty: () => void): Promise<void> {
  let head: Head | undefined
  let lostRaces = 0
  while (queue.length > 0) {
    const batch = queue.slice(0, BATCH)
    let done = 0
    try {
      head ??= await readHead(organization)
      const written = await insertAfter(head, batch)
      head = written.head
      lostRaces = written.isComplete ? 0 : lostRaces + 1
      done = written.count
      for (const { resolve } of queue.splice(0, done)) resolve()
      if (lostRaces > MAX_LOST_RACES) throw new Error('other appenders were always first')
    } catch (cause) {
      head = undefined
      const error = new ServiceError('storage_unavailable', 'The audit record could not be written.', { cause })
      for (const { reject } of queue.splice(0, batch.length - done)) reject(error)
    }
  }
  onEmpty()
}

async function readHead(organization: string): Promise<Head> {
  const newest = await AuditEventModel.findOne({ organization }, { seq: 1, hash: 1 }).sort({ seq: -1 }).read('primary').lean<Head>()
  return newest ?? { seq: 0, hash: '' }
}

/** Inserts in order; when another process took a number first, those before it stand and the head is to be read anew. */
async function insertAfter(head: Head, batch: Waiting[]): Promise<{ count: number; head: Head | undefined; isComplete: boolean }> {
  const events = chain(head, batch)
  try {
    await AuditEventModel.collection.insertMany(events, { ordered: true, writeConcern: { w: 'majority', j: true } })
    return { count: events.length, head: events.at(-1), isComplete: true }
  } catch (error) {
    const { code, insertedCount } = error as { code?: unknown; insertedCount?: number }
    if (code !== DUPLICATE_KEY) throw error
    return { count: insertedCount ?? 0, head: undefined, isComplete: false }
  }
}

function chain(head: Head, batch: Waiting[]): AuditEventDocument[] {
  let previous = head
  return batch.map(({ record, at }) => {
    const fields = {
      _id: new Types.ObjectId(),
      organization: Types.ObjectId.createFromHexString(record.organization),
      seq: previous.seq + 1,
      at,
      actor: record.actor,
      action: record.action,
      subject: record.subject,
      leverUser: record.leverUser ?? null,
      previousHash: previous.seq === 0 ? null : previous.hash,
    }
    const event = { ...fields, hash: hashAuditEvent(fields) }
    previous = event
    return event
  })
}
