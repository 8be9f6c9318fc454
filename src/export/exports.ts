import { hasExportBurst } from './export-burst.ts'
import type { Clearance } from '../accounts/clearance.ts'
import type { OrderedPageRequest, PageRequest } from '../paging.ts'
import { startWorker, type Worker } from '../work/worker.ts'
import { heartbeat } from '../work/claim.ts'
import { claimFairly } from '../work/claim-fairly.ts'
import { claimInLanes } from '../work/claim-in-lanes.ts'
import type { LaneLimit } from '../work/capacity.ts'
import { settleExports } from './request/settle-exports.ts'
import { cancelExport, freeTargetOf, getExport, holdQueued, resumeHeld, retryExport } from './request/change-export.ts'
import { forgetAudit, readAuditCounts, runAudit } from './audit-exports.ts'
import { ExportAuditRunModel, type ExportAuditRun } from './export-audit-model.ts'
import { createAuditLook, scheduleAudit } from './schedule-audits.ts'
import { assessExport, type Wish } from './request/assess-export.ts'
import { batchResultCsv } from './bulk/batch-result-csv.ts'
import { findBatch, getBatch, listBatches } from './bulk/batch-view.ts'
import { bulkAnswer, rejectedRow } from './bulk/bulk-rejection.ts'
import { changeBatch, settleAbandoned, type BatchChange } from './bulk/change-batch.ts'
import { ExportModel, type ExportDocument } from './export-model.ts'
import { candidatesIn, contactsOf, forgetCandidate, hasOpen, madeDuringErasure, tracesOf } from './forget-candidate.ts'
import { exportView } from './export-view.ts'
import { listExports, type ExportFilters } from './list-exports.ts'
import { markRestored } from './mark-restored.ts'
import { confidentialAmong, exportedAmong, exportedTo, noteConfidentiality } from './exported-opportunities.ts'
import { previewBulk, type BulkPreviewWish } from './bulk/preview-bulk.ts'
import { previewExport, type PreviewWish } from './request/preview-export.ts'
import { requestBulk, type BulkWish } from './bulk/request-bulk.ts'
import { requestExport, type ExportWish } from './request/request-export.ts'
import { askParts, type ExportParts } from './ask-parts.ts'
import { createExportRules } from './rules/export-rules.ts'
import { runExport } from './run/run-export.ts'
import { isPosting, stopPosting } from './request/stop-posting.ts'

/** Exports that one process runs at a time. An export that waits for the request budget occupies a place, so there are many. */
const AT_ONCE = 64
/**
 * `all` keeps a bulk from taking every place. `each` is what one organization needs to use its whole budget if each of Lever's answers
 * takes more than a second.
 */
const LIMITS: readonly LaneLimit[] = [
  { all: 56, each: 16 },
  { all: 48, each: 16 },
]
/** Comparisons with Lever that one process runs at a time. They mostly wait for Lever. */
const AUDITS_AT_ONCE = 8
const AUDIT_POLL_MS = 30_000
/** Written as an exclusion, because with an `$or` over statuses the index could not return the exports in order. */
const OPEN_OR_NOTE_DUE = { $nor: [{ status: 'exported', 'note.status': { $ne: 'queued' } }] }

export type Exports = ReturnType<typeof createExports>

/** Exports: requesting, previewing, running and changing them. */
export function createExports(parts: ExportParts) {
  const deps = askParts(parts)
  const { audit, wake, observe, timeoutMs } = deps
  const rules = createExportRules(deps)
  /** Wakes held exports and rules when the connection can export again. */
  async function resume(organization: string): Promise<void> {
    await resumeHeld(organization)
    wake()
    await rules.wake(organization)
  }
  return {
    /** Automatic export. */
    rules,
    request: (wish: ExportWish) => requestExport(wish, deps),
    preview: (wish: PreviewWish) => previewExport(wish, deps),
    /** Resolves to what prevents such an export, and to its target. Asks Lever only about a posting that the mirror does not know. */
    assess: (wish: Wish) => assessExport(wish, deps.assess),
    /** Exports those of many candidates that are eligible. */
    requestBulk: (wish: BulkWish) => requestBulk(wish, deps),
    previewBulk: (wish: BulkPreviewWish) => previewBulk(wish, deps),
    /** `requestedBy` limits the result to batches of this person. */
    getBatch: (organization: string, id: string, clearance: Clearance, requestedBy?: string) =>
      getBatch(deps, organization, id, clearance, requestedBy),
    listBatches: (organization: string, requestedBy: string | undefined, clearance: Clearance, request: PageRequest) =>
      listBatches(deps, organization, requestedBy, clearance, request),
    /** Resolves to the answer that the request got. @throws ServiceError `not_found` */
    bulkAnswer: async (organization: string, id: string) => bulkAnswer(await findBatch(organization, id)),
    /** Resolves to the rows that the request refused, with the reasons. @throws ServiceError `not_found` */
    rejectedRows: async (organization: string, id: string) => (await findBatch(organization, id)).rejected.map(rejectedRow),
    /** Resolves to the batch after the change. */
    async changeBatch(wish: { organization: string; id: string; change: BatchChange; actor: string; clearance: Clearance }) {
      await changeBatch(wish, { audit, wake, observe })
      return getBatch(deps, wish.organization, wish.id, wish.clearance)
    },
    /** Resolves to the results as CSV, in pieces. @throws ServiceError `not_found` */
    batchResultCsv: async (organization: string, id: string, clearance: Clearance, requestedBy?: string) =>
      batchResultCsv(await findBatch(organization, id, requestedBy), clearance, deps),
    /** For a job. */
    settleBatches: settleAbandoned,
    /** `requestedBy` limits the result to exports of this person. @throws ServiceError `not_found` */
    get: async (organization: string, id: string, clearance: Clearance, requestedBy?: string) =>
      exportView(await getExport(organization, id, requestedBy), clearance, deps),
    list: (organization: string, filters: ExportFilters, clearance: Clearance, request: OrderedPageRequest) =>
      listExports(organization, filters, clearance, request, deps),
    retry: async (organization: string, id: string, actor: string, clearance: Clearance) =>
      exportView(await retryExport(organization, id, actor, { audit, wake }), clearance, deps),
    cancel: async (organization: string, id: string, actor: string, clearance: Clearance) =>
      exportView(await cancelExport(organization, id, actor, { audit, wake, observe }), clearance, deps),
    noteConfidentiality,
    confidentialAmong,
    exportedAmong,
    exportedTo,
    hasExportBurst,
    /** Before a connection ends: see `settle-exports.ts`. */
    settle: (organization: string, hasGrant: boolean) => settleExports(organization, hasGrant, deps),
    forgetCandidate: (organization: string, candidate: string) => forgetCandidate(organization, candidate, timeoutMs),
    stopPosting: (organization: string, candidate: string) => stopPosting(organization, candidate, timeoutMs),
    isPosting: (organization: string, candidate: string) => isPosting(organization, candidate, timeoutMs),
    hasOpen,
    madeDuringErasure,
    tracesOf,
    candidatesIn,
    contactsOf,
    freeTargetOf,
    markRestored: () => markRestored(deps),
    /** Schedules the hourly comparison with Lever: see `audit-exports.ts`. */
    scheduleAudit,
    /** For a job: schedules comparisons that are missing, for some connections with each call. */
    lookForAudits: createAuditLook(),
    /** Starts a worker that compares exports with Lever. */
    startAuditWorker: (): Worker =>
      startWorker<ExportAuditRun>({
        name: 'export audits',
        atOnce: AUDITS_AT_ONCE,
        pollMs: AUDIT_POLL_MS,
        leaseMs: deps.leaseMs,
        ...claimInLanes<ExportAuditRun>(ExportAuditRunModel, { statuses: ['scheduled'], limits: [AUDITS_AT_ONCE], leaseMs: deps.leaseMs }),
        keep: (claimed) => heartbeat(ExportAuditRunModel, claimed, deps.leaseMs),
        run: (claimed) => runAudit(claimed, deps),
        log: deps.log,
      }),
    readAuditCounts,
    forgetAudit,
    /** Holds the queued exports of a paused connection. If it was activated again in the meantime, they continue at once. */
    async hold(organization: string): Promise<void> {
      await holdQueued(organization)
      const { status } = await deps.readTerms(organization)
      if (status === 'active') await resume(organization)
    },
    resume,
    /** Starts a worker that runs exports until it is stopped. */
    startWorker: (pollMs: number): Worker =>
      startWorker<ExportDocument>({
        name: 'exports',
        atOnce: AT_ONCE,
        pollMs,
        leaseMs: deps.leaseMs,
        claim: claimFairly<ExportDocument>(ExportModel, {
          statuses: ['queued', 'checking', 'sending', 'unclear', 'exported'],
          match: OPEN_OR_NOTE_DUE,
          limits: LIMITS,
          leaseMs: deps.leaseMs,
        }),
        keep: (claimed) => heartbeat(ExportModel, claimed, deps.leaseMs),
        run: (claimed) => runExport(claimed, deps),
        log: deps.log,
      }),
  }
}
