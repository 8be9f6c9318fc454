import { z } from 'zod'
import type { Clearance } from '../accounts/clearance.ts'
import { ExportModel, RESUME_FATES, WAITING_FOR, type ExportDocument, type ExportState } from './export-model.ts'

export const EXPORT_STATUSES = ['queued', 'running', 'exported', 'duplicate', 'failed', 'canceled'] as const
export type ExportStatus = (typeof EXPORT_STATUSES)[number]

const STATUS_OF: Record<ExportState, ExportStatus> = {
  queued: 'queued',
  checking: 'running',
  sending: 'running',
  unclear: 'running',
  exported: 'exported',
  duplicate: 'duplicate',
  failed: 'failed',
  canceled: 'canceled',
}

export function outerStatus(state: ExportState): ExportStatus {
  return STATUS_OF[state]
}

const Timestamp = z.string().meta({ format: 'date-time' })
const Failure = z.object({ code: z.string(), detail: z.string() })
export const StageView = z.object({ id: z.string(), text: z.string().nullable() })
export const PerformAsView = z.object({
  leverUserId: z.string(),
  leverEmail: z.string().nullable(),
  leverName: z.string().nullable(),
})
export const TargetView = z.union([
  z.object({ kind: z.literal('general') }),
  z.object({
    kind: z.literal('posting'),
    postingId: z.string().nullable().describe('Null if it is confidential and the caller may not see it'),
    title: z.string().nullable(),
  }),
])
export type TargetView = z.infer<typeof TargetView>
export const RequisitionView = z.object({
  requisitionId: z.string(),
  requisitionCode: z.string().nullable(),
  name: z.string().nullable(),
})

export const ExportView = z
  .object({
    id: z.string(),
    status: z.enum(EXPORT_STATUSES),
    candidateId: z.string(),
    batchId: z.string().nullable().describe('The bulk export that it belongs to'),
    requestedBy: z.string().describe('Email address of the person who requested it'),
    performAs: PerformAsView.describe('The Lever user that the export is attributed to'),
    target: TargetView,
    requisition: RequisitionView.nullable().describe('Kept in Fulcrum only: Lever links requisitions by posting'),
    onDuplicate: z.enum(['stop', 'create', 'link']),
    confidential: z
      .boolean()
      .describe('Whether it is about a confidential record in Lever. For a sourcer, the fields about that record are null'),
    opportunityId: z.string().nullable(),
    contactId: z.string().nullable(),
    url: z.string().nullable().describe('The opportunity in Lever. For a duplicate, the opportunity that was already there'),
    stage: StageView.nullable(),
    duplicateOf: z.string().nullable().describe('Id of the opportunity that was already there'),
    waitingFor: z.enum(WAITING_FOR).nullable(),
    note: z
      .object({ status: z.enum(['queued', 'written', 'failed']), noteId: z.string().nullable(), error: Failure.nullable() })
      .nullable(),
    resume: z
      .object({ status: z.enum(RESUME_FATES), detail: z.string().nullable() })
      .nullable()
      .describe(
        'For an exported candidate: whether the résumé was sent too. If Lever refused it or it is missing here, the rest was sent without it',
      ),
    error: Failure.nullable(),
    attempts: z.array(z.object({ at: Timestamp, step: z.string(), outcome: z.string(), detail: z.string().nullable() })),
    createdAt: Timestamp,
    finishedAt: Timestamp.nullable(),
  })
  .meta({ id: 'Export' })
export type ExportView = z.infer<typeof ExportView>

export interface ExportViewDeps {
  /** Resolves to whether records were confidential when last seen in Lever, by id; unknown records are left out. */
  confidentialityOf: (
    organization: string,
    kind: 'opportunities' | 'postings' | 'requisitions',
    leverIds: Iterable<string>,
  ) => Promise<ReadonlyMap<string, boolean>>
}

/**
 * Resolves to exports of one organization as API and pages show them to a reader with this clearance. What is known now decides whether a
 * record is confidential, since it may have become so after the request. Takes one look-up per kind of record.
 */
export async function exportViews(
  documents: readonly ExportDocument[],
  clearance: Clearance,
  { confidentialityOf }: ExportViewDeps,
): Promise<ExportView[]> {
  const [first] = documents
  if (!first) return []
  const organization = String(first.organization)
  const [opportunities, postings, requisitions] = await Promise.all([
    confidentialityOf(organization, 'opportunities', documents.flatMap(opportunitiesOf)),
    confidentialityOf(
      organization,
      'postings',
      documents.flatMap(({ posting }) => posting?.postingId ?? []),
    ),
    confidentialityOf(
      organization,
      'requisitions',
      documents.flatMap(({ requisition }) => requisition?.requisitionId ?? []),
    ),
  ])
  return documents.map((document) => {
    const { posting, requisition } = document
    const confidential =
      document.confidential ||
      opportunitiesOf(document).some((id) => opportunities.get(id)) ||
      isConfidentialNow(posting && { id: posting.postingId, whenAsked: posting.confidential }, postings) ||
      isConfidentialNow(requisition && { id: requisition.requisitionId, whenAsked: requisition.confidential }, requisitions)
    const view = wholeView(document, confidential)
    return confidential && clearance !== 'all' ? withoutConfidential(view) : view
  })
}

/** Like {@link exportViews}, for one export. */
export async function exportView(document: ExportDocument, clearance: Clearance, deps: ExportViewDeps): Promise<ExportView> {
  const [view] = await exportViews([document], clearance, deps)
  return view as ExportView
}

function opportunitiesOf({ opportunityId, duplicateOf }: ExportDocument): string[] {
  return [opportunityId, duplicateOf].filter((id) => typeof id === 'string')
}

/** `whenAsked`: whether the record was confidential when the export was requested; used if the mirror knows nothing newer. */
export function isConfidentialNow(
  record: { id: string; whenAsked: boolean | null | undefined } | null | undefined,
  known: ReadonlyMap<string, boolean>,
): boolean {
  return record ? (known.get(record.id) ?? record.whenAsked ?? false) : false
}

/** Hides everything about a confidential record from a sourcer, except that it is confidential. */
function withoutConfidential(view: ExportView): ExportView {
  const { note, resume, error, attempts } = view
  return {
    ...view,
    target: hiddenTarget(view.target),
    requisition: null,
    opportunityId: null,
    contactId: null,
    url: null,
    stage: null,
    duplicateOf: null,
    note: note && { ...note, noteId: null, error: note.error && hiddenFailure(note.error) },
    resume: resume && { ...resume, detail: null },
    error: error && hiddenFailure(error),
    attempts: attempts.map((attempt) => ({ ...attempt, detail: null })),
  }
}

export function hiddenTarget(target: TargetView): TargetView {
  return target.kind === 'general' ? target : { kind: 'posting', postingId: null, title: null }
}

/** Replaces the detail, because Lever's words may name the record. */
function hiddenFailure({ code }: z.infer<typeof Failure>): z.infer<typeof Failure> {
  return { code, detail: 'The record is confidential. An admin can see the details.' }
}

function wholeView(document: ExportDocument, confidential: boolean): ExportView {
  const { performAs, posting, requisition, note, stage } = document
  return {
    id: String(document._id),
    status: STATUS_OF[document.status],
    candidateId: String(document.candidate),
    batchId: document.batch ? String(document.batch) : null,
    requestedBy: document.requestedBy,
    performAs: {
      leverUserId: performAs?.leverUserId ?? '',
      leverEmail: performAs?.leverEmail ?? null,
      leverName: performAs?.leverName ?? null,
    },
    target: posting ? { kind: 'posting', postingId: posting.postingId, title: posting.title ?? null } : { kind: 'general' },
    requisition: requisition
      ? { requisitionId: requisition.requisitionId, requisitionCode: requisition.requisitionCode ?? null, name: requisition.name ?? null }
      : null,
    onDuplicate: document.onDuplicate,
    confidential,
    opportunityId: document.opportunityId ?? null,
    contactId: document.contactId ?? null,
    url: document.url ?? null,
    stage: stage?.id ? { id: stage.id, text: stage.text ?? null } : null,
    duplicateOf: document.duplicateOf ?? null,
    waitingFor: document.status === 'unclear' ? (document.waitingFor ?? 'settling') : (document.waitingFor ?? null),
    note: note ? { status: note.status, noteId: note.noteId ?? null, error: note.error ?? null } : null,
    resume: resumeView(document),
    error: document.error ?? null,
    attempts: document.attempts.map(({ at, step, outcome, detail }) => ({
      at: (at ?? document.createdAt).toISOString(),
      step: step ?? '',
      outcome: outcome ?? '',
      detail: detail ?? null,
    })),
    createdAt: document.createdAt.toISOString(),
    finishedAt: document.finishedAt?.toISOString() ?? null,
  }
}

/** Null until the export is in Lever, because nothing is certain about the résumé before. */
function resumeView({ status, resume }: ExportDocument): ExportView['resume'] {
  return status === 'exported' && resume?.status ? { status: resume.status, detail: resume.detail ?? null } : null
}

/** Returns the internal states behind a status that the API shows, for filters. */
export function statesOf(status: ExportStatus): ExportState[] {
  return (Object.keys(STATUS_OF) as ExportState[]).filter((state) => STATUS_OF[state] === status)
}

/** Resolves to exports in the short form shown with candidates, by id. */
export async function exportSummaries(organization: string, ids: string[]): Promise<Map<string, { id: string; status: ExportStatus }>> {
  const found = await ExportModel.find({ organization, _id: { $in: ids } }, { status: 1 }).lean<ExportDocument[]>()
  return new Map(found.map(({ _id, status }) => [String(_id), { id: String(_id), status: STATUS_OF[status] }]))
}
