import { page, type Page, type PageRequest } from '../paging.ts'
import { createAuditAppender } from './append-audit-event.ts'
import { AuditEventModel, type AuditEventDocument } from './audit-event-model.ts'
import { verifyAudit } from './verify-audit.ts'

export interface AuditEvent {
  id: string
  at: Date
  actor: string
  action: string
  subject: string
  leverUser: string | null
  hash: string
  previousHash: string | null
}

export type Audit = ReturnType<typeof createAudit>

/** Who did what, when, as which Lever user; each record chained to the one before by hash. */
export function createAudit() {
  return { append: createAuditAppender(), list: listAuditEvents, verify: verifyAudit }
}

async function listAuditEvents(organization: string, request: PageRequest): Promise<Page<AuditEvent>> {
  return page(AuditEventModel, { organization }, request, toAuditEvent)
}

function toAuditEvent({ _id, at, actor, action, subject, leverUser, hash, previousHash }: AuditEventDocument): AuditEvent {
  return { id: _id.toHexString(), at, actor, action, subject, leverUser: leverUser ?? null, hash, previousHash: previousHash ?? null }
}
