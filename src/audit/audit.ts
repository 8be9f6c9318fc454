import { page, type Page, type PageRequest } from '../paging.ts'
import type { Log } from '../log.ts'
import { createAuditAppender, type AuditRecord } from './append-audit-event.ts'
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

/** Who did what, when, as which Lever user; each record chained to the one before by hash. What is recorded is logged as well, one line each. */
export function createAudit(log?: Log) {
  const record = createAuditAppender()
  return {
    async append({ once, ...event }: AuditRecord): Promise<void> {
      if (once && (await isRecorded(event))) return
      await record(event)
      const { action, cause, ...ids } = event
      if (cause === undefined) log?.info(ids, action)
      else log?.warn({ ...ids, cause }, action)
    },
    list: listAuditEvents,
    verify: verifyAudit,
  }
}

async function isRecorded({ organization, subject, action }: AuditRecord): Promise<boolean> {
  return (await AuditEventModel.exists({ organization, subject, action })) !== null
}

async function listAuditEvents(organization: string, request: PageRequest): Promise<Page<AuditEvent>> {
  return page(AuditEventModel, { organization }, request, toAuditEvent)
}

function toAuditEvent({ _id, at, actor, action, subject, leverUser, hash, previousHash }: AuditEventDocument): AuditEvent {
  return { id: _id.toHexString(), at, actor, action, subject, leverUser: leverUser ?? null, hash, previousHash: previousHash ?? null }
}
