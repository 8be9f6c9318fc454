import { Types } from 'mongoose'
import { isDuplicateKey } from '../duplicate-key.ts'
import { hashAuditEvent, type ChainEnd, type Trail } from './audit-chain.ts'
import { AuditEventModel, type AuditEventDocument } from './audit-event-model.ts'
import { moveHead } from './audit-head.ts'

/**
 * One action by one actor, with ids only. `actor` is the value of `actorOf`, or `lever`, `worker`, or `system`;
 * `subject` has the form `export:<id>` or `<kind>:<id>/<detail>`.
 */
export interface AuditRecord {
  /** Hex string. */
  organization: string
  actor: string
  /** The action, such as `candidate.exported`. */
  action: string
  subject: string
  /** The id of the Lever user as whom it was performed in Lever. */
  leverUser?: string | null
  /** The error code of a failure. It is only logged, as a warning, and not stored. */
  cause?: string
  /**
   * The action happens once to this subject. The record is skipped if a process has written it already, for example
   * just before it was killed.
   */
  once?: true
}

export interface RecordedAt {
  record: AuditRecord
  at: Date
}

/**
 * Recorded if the chain's head was missing or forged when the next record was written. From then on the chain is not
 * valid.
 */
export const HEAD_LOST = 'audit.headLost'
/** The first record with a key in a chain from before keys existed. It commits to all records before it. */
export const KEYED = 'audit.keyed'

/** Returns a record that the service writes about the trail itself. */
export function trailRecord({ organization }: Trail, action: typeof HEAD_LOST | typeof KEYED): RecordedAt {
  return { record: { organization, actor: 'system', action, subject: `organization:${organization}` }, at: new Date() }
}

interface Written {
  /** The number of durable records. */
  count: number
  /**
   * Undefined if another process took a number first: the records before it are written, and the end must be read
   * again.
   */
  end: ChainEnd | undefined
}

/** Inserts the records in order, then moves the head up. */
export async function insertAfter(trail: Trail, end: ChainEnd, batch: readonly RecordedAt[]): Promise<Written> {
  const events = chain(trail, end, batch)
  try {
    await AuditEventModel.collection.insertMany(events, { ordered: true, writeConcern: { w: 'majority', j: true } })
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    return { count: (error as { insertedCount?: number }).insertedCount ?? 0, end: undefined }
  }
  const last = events.at(-1) ?? end
  await moveHead(trail, last).catch(() => undefined) // the records are durable, and the next ones move the head
  return { count: events.length, end: last }
}

function chain({ key }: Trail, end: ChainEnd, batch: readonly RecordedAt[]): AuditEventDocument[] {
  let previous = end
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
    const event = { ...fields, hash: hashAuditEvent(fields, key) }
    previous = event
    return event
  })
}
