import { follows, hashAuditEvent, NO_RECORDS, unkeyedHashOf, type ChainEnd, type Trail } from './audit-chain.ts'
import { AuditEventModel, type AuditEventDocument } from './audit-event-model.ts'
import { moveHead, readHead } from './audit-head.ts'
import { TrailKeyMissing, type AuditTrails } from './audit-trails.ts'
import { HEAD_LOST, KEYED } from './insert-records.ts'

export interface AuditVerification {
  valid: boolean
  /** The number of records checked, including the broken one. */
  checked: number
  /**
   * The id of the first record that was changed, or that follows a missing one. Left out if records are missing from
   * the end.
   */
  firstBroken?: string
}

/** An earlier result of `GET /audit-events/head`. */
export interface EarlierHead {
  count: number
  hash: string
}

/** The number of records hashed without a pause, small enough for other requests to run in between. */
const READ_AT_ONCE = 100

interface ChainCheck {
  isBroken(event: AuditEventDocument, previous: ChainEnd): boolean
  /** True if the last record has a key. */
  isSealed(): boolean
}

/**
 * Walks an organization's whole chain from its first record and recomputes every hash, then compares its end with the
 * stored head and, if given, with an earlier head. The chain is not valid without the organization's key.
 */
export async function verifyAudit(trails: AuditTrails, organization: string, earlier?: EarlierHead): Promise<AuditVerification> {
  const trail = await openedOrNull(trails, organization)
  if (!trail) return { valid: false, checked: 0 }
  const head = await readHead(trail) // read before the walk, which then reaches at least this record
  const fixed = [...(head.state === 'sound' ? [head.end] : []), ...(earlier ? [{ seq: earlier.count, hash: earlier.hash }] : [])]
  const check = chainCheck(trail, fixed)
  let end = NO_RECORDS
  let checked = 0
  const events = AuditEventModel.find({ organization }).sort({ seq: 1 }).lean<AuditEventDocument[]>().cursor({ batchSize: READ_AT_ONCE })
  for await (const event of events as AsyncIterable<AuditEventDocument>) {
    checked += 1
    if (check.isBroken(event, end)) return { valid: false, checked, firstBroken: String(event._id) }
    end = event
  }
  const isThere = ({ seq, hash }: ChainEnd): boolean => (seq === 0 ? hash === '' : seq <= end.seq)
  const isWhole = head.state === 'sound' && fixed.every(isThere) && (checked === 0 || check.isSealed())
  if (isWhole) await moveHead(trail, end) // a killed process may have left the head behind
  return { valid: isWhole, checked }
}

async function openedOrNull(trails: AuditTrails, organization: string): Promise<Trail | null> {
  try {
    return await trails.open(organization)
  } catch (error) {
    if (error instanceof TrailKeyMissing) return null
    throw error
  }
}

/**
 * Accepts records without a key only before the record that seals them. `fixed` are ends that must be among the
 * records.
 */
function chainCheck({ key }: Trail, fixed: readonly ChainEnd[]): ChainCheck {
  let hasKeyed = false
  const isAccepted = (event: AuditEventDocument, previous: ChainEnd): boolean => {
    if (!follows(event, previous) || event.action === HEAD_LOST) return false
    const isKeyed = event.hash === hashAuditEvent(event, key)
    if (isKeyed && !hasKeyed && event.seq > 1 && event.action !== KEYED) return false
    if (!isKeyed && (hasKeyed || event.hash !== unkeyedHashOf(event))) return false
    hasKeyed = isKeyed
    return fixed.every(({ seq, hash }) => seq !== event.seq || hash === event.hash)
  }
  return {
    isBroken(event, previous) {
      try {
        return !isAccepted(event, previous)
      } catch {
        return true // a field has another type
      }
    },
    isSealed: () => hasKeyed,
  }
}
