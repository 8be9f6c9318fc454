import { z } from 'zod'
import type { Clearance } from '../accounts/clearance.ts'
import type { Candidates } from '../candidates/candidates.ts'
import type { ExportView } from '../export/export-view.ts'
import type { Exports } from '../export/exports.ts'
import type { HistoryEvent } from '../mirror/read-history.ts'
import type { Mirror } from '../mirror/mirror.ts'
import { readCursor, writeCursor, type Page, type PageRequest } from '../paging.ts'

const KINDS = [
  'exportRequested',
  'exported',
  'exportDuplicate',
  'exportFailed',
  'exportCanceled',
  'noteWritten',
  'noteFailed',
  'stage',
  'archived',
  'hired',
  'unarchived',
  'interviewCreated',
  'interviewUpdated',
  'interviewDeleted',
] as const

const named = z.object({ id: z.string(), text: z.string().nullable() }).nullable()

export const TimelineEntry = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    kind: z.enum(KINDS),
    exportId: z.string().nullable(),
    opportunityId: z.string().nullable(),
    stage: named.meta({ description: 'For `stage`: the stage that the candidate moved to.' }),
    archiveReason: named,
    by: z
      .object({ leverUserId: z.string(), name: z.string().nullable() })
      .nullable()
      .meta({ description: 'Who did it in Lever, if Lever says so.' }),
    requestedBy: z.string().nullable().meta({ description: 'For an export: email address of the person who requested it.' }),
    interviewId: z.string().nullable(),
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  })
  .meta({ id: 'CandidateTimelineEntry', description: 'Something that happened to a candidate in Fulcrum or in Lever.' })
export type TimelineEntry = z.output<typeof TimelineEntry>

export interface TimelineDeps {
  candidates: Pick<Candidates, 'get'>
  exports: Pick<Exports, 'list'>
  mirror: Pick<Mirror, 'readHistory'>
}

export interface TimelineRequest extends PageRequest {
  /** The email of the person whose exports are shown; everybody's by default. */
  requestedBy?: string | undefined
  /** The caller's clearance. Without full clearance, the history of a confidential opportunity in Lever is left out. */
  clearance: Clearance
}

/** Only the newest are shown. No candidate is exported more often in practice. */
const MOST_EXPORTS = 100

/**
 * Returns the history of a candidate, newest first: its exports and their notes, and its progress in Lever as far as
 * readings of Lever showed it.
 * @throws ServiceError `not_found`, `invalid_request` for an invalid cursor
 */
export async function candidateTimeline(
  { candidates, exports, mirror }: TimelineDeps,
  organization: string,
  { candidateId, clearance, ...request }: TimelineRequest & { candidateId: string },
): Promise<Page<TimelineEntry>> {
  const candidate = await candidates.get(organization, candidateId, clearance)
  const { data } = await exports.list(organization, { candidateId }, clearance, { limit: MOST_EXPORTS })
  const exported = data.filter(({ status }) => status === 'exported').flatMap(({ opportunityId }) => opportunityId ?? [])
  const opportunityIds = [
    ...new Set([...exported, ...(candidate.lever ? [candidate.lever.opportunityId] : []).filter((id) => id !== null)]),
  ]
  const shown = data.filter(({ requestedBy }) => request.requestedBy === undefined || requestedBy === request.requestedBy)
  const entries = [...shown.flatMap(entriesOfExport), ...(await mirror.readHistory(organization, opportunityIds)).map(entryOfHistory)]
  return pageOf(entries.toSorted(newestFirst), request)
}

const NOTHING = {
  exportId: null,
  opportunityId: null,
  stage: null,
  archiveReason: null,
  by: null,
  requestedBy: null,
  interviewId: null,
  error: null,
}

const ENDS = { exported: 'exported', duplicate: 'exportDuplicate', failed: 'exportFailed', canceled: 'exportCanceled' } as const

function entriesOfExport(view: ExportView): TimelineEntry[] {
  const { id: exportId, opportunityId, duplicateOf, requestedBy, performAs, createdAt, finishedAt, status, error, note, attempts } = view
  const about = { ...NOTHING, exportId, requestedBy }
  const by = performAs.leverUserId ? { leverUserId: performAs.leverUserId, name: performAs.leverName } : null
  const entries: TimelineEntry[] = [{ ...about, id: `${exportId}-requested`, at: createdAt, kind: 'exportRequested' }]
  if (finishedAt && status !== 'queued' && status !== 'running')
    entries.push({
      ...about,
      id: `${exportId}-ended`,
      at: finishedAt,
      kind: ENDS[status],
      opportunityId: opportunityId ?? duplicateOf,
      by,
      error,
    })
  const noted = attempts.findLast(({ step, outcome }) => step === 'note' && outcome === note?.status)
  if (noted && (note?.status === 'written' || note?.status === 'failed')) {
    const kind = note.status === 'written' ? 'noteWritten' : 'noteFailed'
    entries.push({ ...about, id: `${exportId}-note`, at: noted.at, kind, opportunityId, by, error: note.error })
  }
  return entries
}

function entryOfHistory({ id, at, kind, opportunityId, stage, archiveReason, by, interviewId }: HistoryEvent): TimelineEntry {
  return { ...NOTHING, id, at: at.toISOString(), kind, opportunityId, stage, archiveReason, by, interviewId }
}

/** Entries of the same time have a stable order. */
function newestFirst(a: Pick<TimelineEntry, 'at' | 'id'>, b: Pick<TimelineEntry, 'at' | 'id'>): number {
  return b.at.localeCompare(a.at) || b.id.localeCompare(a.id)
}

function pageOf(entries: TimelineEntry[], { limit, cursor }: PageRequest): Page<TimelineEntry> {
  const [at, id] = cursor === undefined ? [] : readCursor(cursor, Place)
  const left = at === undefined || id === undefined ? entries : entries.filter((entry) => newestFirst({ at, id }, entry) < 0)
  const data = left.slice(0, limit)
  const last = data.at(-1)
  return { data, nextCursor: last && left.length > data.length ? writeCursor([last.at, last.id]) : null }
}

/** Time and id. */
const Place = z.tuple([z.iso.datetime(), z.string()])
