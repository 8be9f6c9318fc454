import { createHash, createHmac, hkdfSync } from 'node:crypto'
import type { AuditEventDocument } from './audit-event-model.ts'

export type AuditEventFields = Omit<AuditEventDocument, 'hash'>

/** An organization's chain and its key. */
export interface Trail {
  /** Hex string. */
  organization: string
  key: Buffer
}

/** The end of a chain: `hash` is that of record `seq`; 0 and '' before the first. */
export interface ChainEnd {
  seq: number
  hash: string
}

export const NO_RECORDS: ChainEnd = { seq: 0, hash: '' }

const KEY_BYTES = 32

/** Derives the key of an organization's chain from the organization's own secret. */
export function trailKeyFrom(secret: Buffer, organization: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, organization, 'audit trail', KEY_BYTES))
}

/**
 * Returns the hash that chains a record to the previous one: HMAC-SHA-256, base64url, over all its fields and the
 * previous hash.
 */
export function hashAuditEvent(event: AuditEventFields, key: Buffer): string {
  return createHmac('sha256', key).update(contentOf(event)).digest('base64url')
}

/** The hash of records written before chains had a key. */
export function unkeyedHashOf(event: AuditEventFields): string {
  return createHash('sha256').update(contentOf(event)).digest('base64url')
}

/** Authenticates a chain's end. The input begins unlike any record's fields. */
export function macOfEnd({ seq, hash }: ChainEnd, organization: string, key: Buffer): string {
  const content = JSON.stringify(['head', organization, seq, hash])
  return createHmac('sha256', key).update(content).digest('base64url')
}

/** True if `event` directly follows `previous`, whatever its content. */
export function follows(event: AuditEventDocument, previous: ChainEnd): boolean {
  return event.seq === previous.seq + 1 && (event.previousHash ?? '') === previous.hash
}

function contentOf({ _id, organization, seq, at, actor, action, subject, leverUser, previousHash }: AuditEventFields): string {
  const ids = [_id.toHexString(), organization.toHexString()]
  return JSON.stringify([...ids, seq, at.toISOString(), actor, action, subject, leverUser ?? null, previousHash ?? null])
}
