import { z } from 'zod'
import { messageWithHint } from '../../errors.ts'
import type { Clearance } from '../../accounts/clearance.ts'
import { alreadyExported, assessExport, findOpenExport, type PerformAs } from './assess-export.ts'
import { buildCreateRequest, linksOf, NEW_LEAD, showRequest, type CarriedCandidate, type ShownRequest } from './create-request.ts'
import type { OnDuplicate } from '../export-model.ts'
import { PerformAsView, RequisitionView, StageView, TargetView } from '../export-view.ts'
import { DuplicateView, duplicateViews, findDuplicates, type Duplicate, type DuplicateSearch } from './find-duplicates.ts'
import type { ExportDeps, ExportTerms } from '../run/run-export-deps.ts'

export const PreviewView = z
  .object({
    allowed: z.boolean().describe('About permissions and target, not about duplicates'),
    problems: z.array(z.object({ code: z.string(), detail: z.string() })),
    target: TargetView,
    requisition: RequisitionView.nullable(),
    performAs: PerformAsView.nullable(),
    stage: StageView,
    source: z.string(),
    duplicates: z.array(DuplicateView),
    duplicatesChecked: z.enum(['lever', 'mirror', 'no']),
    confidentialVisible: z.boolean(),
    request: z
      .object({
        method: z.literal('POST'),
        path: z.string(),
        query: z.object({ perform_as: z.string() }),
        body: z.custom<ShownRequest['body']>().meta({
          override: { type: 'object', additionalProperties: true },
          description: 'JSON. With a résumé, the fields of the multipart body by name, and the file as `{filename, size, sha256}`',
        }),
      })
      .nullable()
      .describe('The request as it would be sent; null if nothing would be sent'),
  })
  .meta({ id: 'ExportPreview' })
export type PreviewView = z.infer<typeof PreviewView>

export interface PreviewWish {
  organization: string
  /** Absent if the request itself contains the candidate. */
  candidateId?: string | undefined
  candidate: CarriedCandidate | null
  /** True if the candidate in the request is a person who was erased. */
  erased?: boolean
  requestedBy: string
  postingId?: string | undefined
  requisitionId?: string | undefined
  onDuplicate?: OnDuplicate | undefined
  /** The caller's clearance. */
  clearance: Clearance
}

/** Resolves to what an export would do: what prevents it, its target, what is already in Lever, and the exact request. Writes nothing. */
export async function previewExport(wish: PreviewWish, deps: ExportDeps): Promise<PreviewView> {
  const { organization, candidate } = wish
  const terms = await deps.readTerms(organization)
  const { problems, performAs, posting, requisition } = await assessExport(wish, deps.assess)
  const postingId = posting?.id ?? wish.postingId ?? null
  const faults = problems.map((problem) => ({ code: problem.code as string, detail: messageWithHint(problem) }))
  if (!candidate) faults.push({ code: 'candidate_not_found', detail: 'There is no such candidate.' })
  if (wish.erased) faults.push({ code: 'erased', detail: 'The person was erased here. Add them again first.' })
  const open = wish.candidateId && candidate ? await findOpenExport(organization, wish.candidateId, postingId) : null
  if (open) faults.push({ code: 'already_exported', detail: alreadyExported(String(open._id)).message })

  const isOff = problems.some(({ code }) => code === 'feature_off')
  const search = isOff ? NOT_SEARCHED : await searchIfPossible(wish, terms, deps)
  const stageId = terms.stageId ?? NEW_LEAD
  return {
    allowed: faults.length === 0,
    problems: faults,
    target: posting ? { kind: 'posting', postingId: posting.id, title: posting.text } : { kind: 'general' },
    requisition: requisition && {
      requisitionId: requisition.id,
      requisitionCode: requisition.requisitionCode,
      name: requisition.name,
    },
    performAs: performAs && PerformAsView.parse(performAs),
    stage: { id: stageId, text: await deps.stageText(organization, stageId) },
    source: terms.sourceName,
    duplicates: duplicateViews(search.duplicates, wish.clearance),
    duplicatesChecked: search.checkedAt,
    confidentialVisible: terms.canSeeConfidential,
    request:
      faults.length === 0 && performAs && candidate
        ? requestFor({ wish, candidate, performAs, postingId, terms, duplicates: search.duplicates })
        : null,
  }
}

function requestFor(facts: {
  wish: PreviewWish
  candidate: CarriedCandidate
  performAs: PerformAs
  postingId: string | null
  terms: ExportTerms
  duplicates: Duplicate[]
}): ShownRequest | null {
  const { wish, candidate, performAs, postingId, terms, duplicates } = facts
  if (duplicates.length > 0 && wish.onDuplicate !== 'create') return null
  const request = buildCreateRequest({
    apiUrl: terms.apiUrl,
    candidate,
    performAs: performAs.leverUserId,
    postingId,
    stageId: terms.stageId,
    sourceName: terms.sourceName,
  })
  return showRequest(terms.formsUnread ? { ...request, resume: null } : request)
}

const NOT_SEARCHED = { duplicates: [], opportunities: [], checkedAt: 'no' } satisfies DuplicateSearch

async function searchIfPossible(wish: PreviewWish, terms: ExportTerms, deps: ExportDeps): ReturnType<typeof findDuplicates> {
  const { organization, candidate } = wish
  const reachable = terms.status === 'active' || terms.status === 'paused' || terms.status === 'configuring'
  if (!candidate || !reachable) return NOT_SEARCHED
  const client = terms.openClient('interactive')
  const person = { emails: candidate.emails, links: linksOf(candidate) }
  return findDuplicates(
    { organization, person, client, canSeeConfidential: terms.canSeeConfidential, lane: 'interactive' },
    deps.duplicates,
  )
}
