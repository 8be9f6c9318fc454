import { Types } from 'mongoose'
import { z } from 'zod'
import type { Clearance } from '../../accounts/clearance.ts'
import { ServiceError } from '../../errors.ts'
import { page, type Page, type PageRequest } from '../../paging.ts'
import { ExportBatchModel, type ExportBatchDocument } from './export-batch-model.ts'
import { ExportModel, type ExportState } from '../export-model.ts'
import {
  EXPORT_STATUSES,
  hiddenTarget,
  isConfidentialNow,
  outerStatus,
  TargetView,
  type ExportStatus,
  type ExportViewDeps,
} from '../export-view.ts'

const Timestamp = z.string().meta({ format: 'date-time' })
const Count = z.int().min(0)

export const ExportBatchView = z
  .object({
    id: z.string(),
    status: z.enum(['running', 'paused', 'finished']),
    total: Count,
    queued: Count,
    running: Count,
    exported: Count,
    duplicate: Count,
    failed: Count,
    canceled: Count,
    rejected: Count.describe('Rows that were refused with the request. They do not count in `total`'),
    requestedBy: z.string().describe('Email address of the person who requested it'),
    target: TargetView,
    onDuplicate: z.enum(['stop', 'create', 'link']),
    perMinute: z.number().min(0).describe('Exports that ended in the last minute'),
    secondsLeft: z.int().nullable().describe('Estimated from that rate; null if no exports are ending, or none are left'),
    startedAt: Timestamp,
    finishedAt: Timestamp.nullable().describe('When the last export ended; null while one is open'),
  })
  .meta({ id: 'ExportBatch' })
export type ExportBatchView = z.infer<typeof ExportBatchView>

/** The rate is measured over this time, or over the batch's age if that is shorter. */
const RATE_OVER_MS = 60_000

interface Tally {
  _id: ExportState
  count: number
  recent: number
  lastAt: Date | null
  now: Date
}

type Counts = Record<ExportStatus, number>

/** @throws ServiceError not_found; also for another person's batch when `requestedBy` is given */
export async function findBatch(organization: string, id: string, requestedBy?: string): Promise<ExportBatchDocument> {
  const own = requestedBy === undefined ? {} : { requestedBy }
  const wanted = { _id: id, organization, ...own }
  const batch = Types.ObjectId.isValid(id) ? await ExportBatchModel.findOne(wanted).lean<ExportBatchDocument>() : null
  if (batch) return batch
  throw new ServiceError('not_found', 'There is no such bulk export.')
}

/** Resolves to the progress of a batch, counted from its exports. @throws ServiceError `not_found` */
export async function getBatch(
  deps: ExportViewDeps,
  organization: string,
  id: string,
  clearance: Clearance,
  requestedBy?: string,
): Promise<ExportBatchView> {
  const [view] = await viewsOf([await findBatch(organization, id, requestedBy)], clearance, deps)
  return view as ExportBatchView
}

/** Resolves to batches, newest first, with their counts. @throws ServiceError `invalid_request` for a cursor that is not ours */
export async function listBatches(
  deps: ExportViewDeps,
  organization: string,
  requestedBy: string | undefined,
  clearance: Clearance,
  request: PageRequest,
): Promise<Page<ExportBatchView>> {
  const { data, nextCursor } = await page(
    ExportBatchModel,
    { organization, ...(requestedBy === undefined ? {} : { requestedBy }) },
    request,
    (batch): ExportBatchDocument => batch,
  )
  return { data: await viewsOf(data, clearance, deps), nextCursor }
}

/** As for exports, what is known now decides whether a target is confidential. */
async function viewsOf(
  batches: readonly ExportBatchDocument[],
  clearance: Clearance,
  { confidentialityOf }: ExportViewDeps,
): Promise<ExportBatchView[]> {
  const postingIds = batches.flatMap(({ posting }) => posting?.postingId ?? [])
  const known =
    clearance === 'all' ? new Map<string, boolean>() : await confidentialityOf(String(batches[0]?.organization), 'postings', postingIds)
  return Promise.all(
    batches.map(async (batch) => {
      const { posting } = batch
      const view = await viewOf(batch)
      const isKept = clearance !== 'all' && isConfidentialNow(posting && { id: posting.postingId, whenAsked: posting.confidential }, known)
      return isKept ? { ...view, target: hiddenTarget(view.target) } : view
    }),
  )
}

/** Resolves to the whole view. Numbers are counted and not stored, so that they are always right; the index covers the query. */
export async function viewOf(batch: ExportBatchDocument): Promise<ExportBatchView> {
  const isRecent = { $gt: ['$finishedAt', { $subtract: ['$$NOW', RATE_OVER_MS] }] }
  const tallies = await ExportModel.aggregate<Tally>([
    { $match: { organization: batch.organization, batch: batch._id } },
    {
      $group: {
        _id: '$status',
        count: { $sum: 1 },
        recent: { $sum: { $cond: [isRecent, 1, 0] } },
        lastAt: { $max: '$finishedAt' },
        now: { $first: '$$NOW' },
      },
    },
  ])
  const counts = countsOf(tallies)
  const open = counts.queued + counts.running
  const perMinute = open === 0 ? 0 : rateOf(tallies, batch)
  return {
    id: String(batch._id),
    status: open === 0 ? 'finished' : batch.isPaused ? 'paused' : 'running',
    total: batch.total,
    ...counts,
    rejected: batch.rejected.length,
    requestedBy: batch.requestedBy,
    target: targetOf(batch),
    onDuplicate: batch.onDuplicate,
    perMinute: Math.round(perMinute * 10) / 10,
    secondsLeft: perMinute === 0 ? null : Math.ceil((open / perMinute) * 60),
    startedAt: batch.createdAt.toISOString(),
    finishedAt: open === 0 ? lastOf(tallies, batch).toISOString() : null,
  }
}

function targetOf({ posting }: ExportBatchDocument): TargetView {
  return posting ? { kind: 'posting', postingId: posting.postingId, title: posting.title ?? null } : { kind: 'general' }
}

function countsOf(tallies: readonly Tally[]): Counts {
  const counts = Object.fromEntries(EXPORT_STATUSES.map((status) => [status, 0])) as Counts
  for (const { _id, count } of tallies) counts[outerStatus(_id)] += count
  return counts
}

function rateOf(tallies: readonly Tally[], batch: ExportBatchDocument): number {
  const recent = tallies.reduce((sum, one) => sum + one.recent, 0)
  const ageMs = (tallies[0]?.now.getTime() ?? 0) - batch.createdAt.getTime()
  return recent / (Math.max(1000, Math.min(RATE_OVER_MS, ageMs)) / 60_000)
}

function lastOf(tallies: readonly Tally[], batch: ExportBatchDocument): Date {
  return new Date(Math.max(batch.createdAt.getTime(), ...tallies.map(({ lastAt }) => lastAt?.getTime() ?? 0)))
}
