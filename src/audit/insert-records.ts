import { Types } from 'mongoose'
import { isDuplicateKey } from '../duplicate-key.ts'
import { hashAuditEvent, type ChainEnd, type Trail } from './audit-chain.ts'
import { AuditEventModel, type AuditEventDocument } from './audit-event-model.ts'
import { moveHead } from './audit-head.ts'

/** Who did what: ids only. `actor` is that of `actorOf`, or `lever`, `worker` or `system`; `subject` like `export:<id>`, or `<kind>:<id>/<detail>`. */
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
  /** It happens once to this subject: left out where a process that was killed right after has recorded it already. */
  once?: true
}

export interface RecordedAt {
  record: AuditRecord
  at: Date
}

/** Recorded where the chain's head was gone or forged when the next record was due: from then on the chain is not valid. */
export const HEAD_LOST = 'audit.headLost'
/** The first record with a key in a chain from before there were keys: it commits to all records before it. */
export const KEYED = 'audit.keyed'

/** A record of this service about the trail itself. */
export function trailRecord({ organization }: Trail, action: typeof HEAD_LOST | typeof KEYED): RecordedAt {
  return { record: { organization, actor: 'system', action, subject: `organization:${organization}` }, at: new Date() }
}

interface Written {
  /** How many of the records are durable. */
  count: number
  /** Undefined where another process took a number first: those before it are written, and the end must be read again. */
  end: ChainEnd | undefined
}

/** Inserts in order, then moves the head up. */
export async function insertAfter(trail: Trail, end: ChainEnd, batch: readonly RecordedAt[]): Promise<Written> {
  const events = chain(trail, end, batch)
  try {
    await AuditEventModel.collection.insertMany(events, { ordered: true, writeConcern: { w: 'majority', j: true } })
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    return { count: (error as { insertedCount?: number }).insertedCount ?? 0, end: undefined }
  }
  const last = events.at(-1) ?? end
  await moveHead(trail, last).catch(() => undefined) // the records are durable; the next ones take it along
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
