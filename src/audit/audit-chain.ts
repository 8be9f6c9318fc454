import { createHash } from 'node:crypto'
import type { AuditEventDocument } from './audit-event-model.ts'

export type AuditEventFields = Omit<AuditEventDocument, 'hash'>

/** The hash that chains a record to the one before it: SHA-256, base64url, over all its fields and the hash before. */
export function hashAuditEvent(event: AuditEventFields): string {
  const { _id, organization, seq, at, actor, action, subject, leverUser, previousHash } = event
  const fields = [
    _id.toHexString(),
    organization.toHexString(),
    seq,
    at.toISOString(),
    actor,
    action,
    subject,
    leverUser ?? null,
    previousHash ?? null,
  ]
  return createHash('sha256').update(JSON.stringify(fields)).digest('base64url')
}

/** True when `event` stands unchanged right after `previous`, or is an unchanged first record. */
export function isLinked(event: AuditEventDocument, previous: { seq: number; hash: string } | null): boolean {
  if (event.seq !== (previous?.seq ?? 0) + 1 || (event.previousHash ?? null) !== (previous?.hash ?? null)) return false
  return hashAuditEvent(event) === event.hash
}
