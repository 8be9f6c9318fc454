import { isLinked } from './audit-chain.ts'
import { AuditEventModel, type AuditEventDocument } from './audit-event-model.ts'

export interface AuditVerification {
  valid: boolean
  /** How many records were looked at, the broken one included. */
  checked: number
  /** Id of the first record that was changed, or that follows a missing one. */
  firstBroken?: string
}

/** Walks an organization's whole chain from its first record and recomputes every hash. */
export async function verifyAudit(organization: string): Promise<AuditVerification> {
  let previous: AuditEventDocument | null = null
  let checked = 0
  const events = AuditEventModel.find({ organization }).sort({ seq: 1 }).lean<AuditEventDocument[]>().cursor({ batchSize: 1000 })
  for await (const event of events as AsyncIterable<AuditEventDocument>) {
    checked += 1
    if (!isLinked(event, previous)) return { valid: false, checked, firstBroken: event._id.toHexString() }
    previous = event
  }
  return { valid: true, checked }
}
