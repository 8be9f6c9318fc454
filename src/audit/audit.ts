import { Types, type QueryFilter } from 'mongoose'
import { page, type Page, type PageRequest } from '../paging.ts'
import type { Log } from '../log.ts'
import { createAuditAppender } from './append-audit-event.ts'
import type { ChainEnd } from './audit-chain.ts'
import { AuditEventModel, type AuditEventDocument } from './audit-event-model.ts'
import { beginTrail, dropHead, newestEnd, putHead, readHeadAndNewest } from './audit-head.ts'
import { createAuditTrails, type AuditTrails, type TrailSecrets } from './audit-trails.ts'
import type { AuditRecord } from './insert-records.ts'
import { verifyAudit, type EarlierHead } from './verify-audit.ts'

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

export interface AuditFilters {
  /** Matches any of these, in the form that records use. */
  actors?: readonly string[] | undefined
  action?: string | undefined
  /** Inclusive. */
  from?: Date | undefined
  /** Exclusive. */
  to?: Date | undefined
}

export type Audit = ReturnType<typeof createAudit>

/**
 * Records who did what, when, and as which Lever user. Each record is chained to the previous one by a hash with the
 * organization's key. Every record is also logged as one line.
 */
export function createAudit({ secrets, log }: { secrets: TrailSecrets; log?: Log }) {
  const trails = createAuditTrails(secrets)
  const record = createAuditAppender(trails, log)

  async function append({ once, ...event }: AuditRecord): Promise<void> {
    if (once && (await isRecorded(event))) return
    await record(event)
    const { action, cause, ...ids } = event
    if (cause === undefined) log?.info(ids, action)
    else log?.warn({ ...ids, cause }, action)
  }

  return {
    append,
    begin: beginTrail,
    list: listAuditEvents,
    walk: walkAuditEvents,
    verify: (organization: string, earlier?: EarlierHead) => verifyAudit(trails, organization, earlier),
    /**
     * Returns the number of records, and the hash of the last one, to be stored elsewhere and passed to `verify`
     * later.
     */
    head: (organization: string): Promise<EarlierHead> => readEnd(trails, organization),
    /** Call after restoring a backup: the chain continues from its last record, whatever the head says. */
    async goOnFromBackup(organization: string): Promise<void> {
      await putHead(await trails.open(organization), await newestEnd(organization))
      await append({ organization, actor: 'operator', action: 'organization.restored', subject: `organization:${organization}` })
    },
    /** For an organization whose records are deleted too. */
    dropHead,
    /** Seals every chain from before keys existed. Stops early once `isStopping`. */
    async keyOlderTrails(isStopping: () => boolean): Promise<void> {
      for await (const organization of trails.unkeyed()) {
        if (isStopping()) return
        await trails.open(organization).catch((error: unknown) => log?.error({ organization, err: error }, 'the audit trail got no key'))
      }
    },
  }
}

async function readEnd(trails: AuditTrails, organization: string): Promise<EarlierHead> {
  const { head, newest } = await readHeadAndNewest(await trails.get(organization))
  const { seq, hash }: ChainEnd = head.state === 'sound' && head.end.seq > newest.seq ? head.end : newest
  return { count: seq, hash }
}

async function isRecorded({ organization, subject, action }: AuditRecord): Promise<boolean> {
  return (await AuditEventModel.exists({ organization, subject, action })) !== null
}

/**
 * Newest first.
 * @throws ServiceError `invalid_request` for an invalid cursor
 */
async function listAuditEvents(organization: string, request: PageRequest, filters: AuditFilters = {}): Promise<Page<AuditEvent>> {
  return page(AuditEventModel, matching(organization, filters), request, toAuditEvent)
}

const READ_AT_ONCE = 500

/** Yields the same list in portions, at most `most` records in total. */
async function* walkAuditEvents(organization: string, filters: AuditFilters, most: number): AsyncGenerator<AuditEvent[]> {
  let cursor: string | undefined
  for (let left = most; left > 0; left -= READ_AT_ONCE) {
    const { data, nextCursor } = await listAuditEvents(organization, { limit: Math.min(left, READ_AT_ONCE), cursor }, filters)
    yield data
    if (nextCursor === null) return
    cursor = nextCursor
  }
}

/**
 * The maximum difference between a record's time and its id, which is created later, or earlier if the clock was set
 * back.
 */
const ID_SLACK_MS = 24 * 3_600_000

function matching(organization: string, { actors, action, from, to }: AuditFilters): QueryFilter<AuditEventDocument> {
  const at = { ...(from ? { $gte: from } : {}), ...(to ? { $lt: to } : {}) }
  // ids begin with the time, so they bound the index range that is read
  const _id = {
    ...(from ? { $gte: idAt(from.getTime() - ID_SLACK_MS) } : {}),
    ...(to ? { $lt: idAt(to.getTime() + ID_SLACK_MS) } : {}),
  }
  return {
    organization,
    ...(actors ? { actor: { $in: [...actors] } } : {}),
    ...(action === undefined ? {} : { action }),
    ...(from || to ? { at, _id } : {}),
  }
}

const LAST_SECOND = 0xff_ff_ff_ff

function idAt(ms: number): Types.ObjectId {
  return Types.ObjectId.createFromTime(Math.min(LAST_SECOND, Math.max(0, Math.floor(ms / 1000))))
}

function toAuditEvent({ _id, at, actor, action, subject, leverUser, hash, previousHash }: AuditEventDocument): AuditEvent {
  return { id: _id.toHexString(), at, actor, action, subject, leverUser: leverUser ?? null, hash, previousHash: previousHash ?? null }
}
