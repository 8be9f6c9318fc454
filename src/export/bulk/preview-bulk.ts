import { z } from 'zod'
import { messageWithHint } from '../../errors.ts'
import { assessExport } from '../request/assess-export.ts'
import { rejectedRow } from './bulk-rejection.ts'
import { NEW_LEAD } from '../request/create-request.ts'
import { PerformAsView, RequisitionView, StageView, TargetView } from '../export-view.ts'
import { DuplicateView, duplicateViews } from '../request/find-duplicates.ts'
import type { BulkWish } from './request-bulk.ts'
import type { RequestDeps } from '../request/request-export.ts'
import { partitionCandidates, type BriefCandidate } from './partition-candidates.ts'

export const MOST_PREVIEWED = 500

const ProblemView = z.object({ code: z.string(), detail: z.string() })

export const BulkPreviewView = z
  .object({
    allowed: z.boolean().describe('About permissions and target, for all candidates'),
    problems: z.array(ProblemView).describe('Reasons why no candidate would be exported'),
    target: TargetView,
    requisition: RequisitionView.nullable(),
    performAs: PerformAsView.nullable(),
    stage: StageView,
    source: z.string(),
    duplicatesChecked: z
      .enum(['mirror', 'no'])
      .describe('`no`: not all opportunities have been read from Lever yet, or some must be read again after an erasure'),
    data: z.array(
      z.object({
        candidateId: z.string(),
        duplicates: z.array(DuplicateView),
        problems: z.array(ProblemView).describe('Reasons why this candidate would be refused'),
      }),
    ),
  })
  .meta({ id: 'BulkExportPreview' })
export type BulkPreviewView = z.infer<typeof BulkPreviewView>

export type BulkPreviewWish = Omit<BulkWish, 'actor' | 'onDuplicate'>

/** Each look-up is two reads. */
const LOOKED_UP_AT_ONCE = 16

/**
 * Resolves to what a bulk export would do, in the given order, as far as our own records tell. Looks for nobody in Lever and writes
 * nothing.
 */
export async function previewBulk(wish: BulkPreviewWish, deps: RequestDeps): Promise<BulkPreviewView> {
  const { organization, candidateIds } = wish
  const [terms, assessment, isChecked] = await Promise.all([
    deps.readTerms(organization),
    assessExport(wish, deps.assess),
    mayMirrorAnswer(organization, deps),
  ])
  const { problems, performAs, posting, requisition } = assessment
  const partition = await partitionCandidates(organization, { candidateIds, postingId: posting?.id ?? wish.postingId ?? null }, deps)
  const duplicates = await lookUp(wish, partition.accepted, deps)
  const rejected = new Map(partition.rejected.map((one) => [one.candidateId, one]))
  const stageId = terms.stageId ?? NEW_LEAD
  return {
    allowed: problems.length === 0,
    problems: problems.map((problem) => ({ code: problem.code, detail: messageWithHint(problem) })),
    target: posting ? { kind: 'posting', postingId: posting.id, title: posting.text } : { kind: 'general' },
    requisition: requisition && { requisitionId: requisition.id, requisitionCode: requisition.requisitionCode, name: requisition.name },
    performAs: performAs && PerformAsView.parse(performAs),
    stage: { id: stageId, text: await deps.stageText(organization, stageId) },
    source: terms.sourceName,
    duplicatesChecked: isChecked ? 'mirror' : 'no',
    data: [...new Set(candidateIds)].map((candidateId) => {
      const refusal = duplicates.has(candidateId) ? undefined : rejected.get(candidateId)
      const why = refusal ? [rejectedRow(refusal)].map(({ code, detail }) => ({ code, detail })) : []
      return { candidateId, duplicates: duplicates.get(candidateId) ?? [], problems: why }
    }),
  }
}

async function mayMirrorAnswer(organization: string, { duplicates }: RequestDeps): Promise<boolean> {
  const isWhole = !(await duplicates.lacksHashes(organization))
  if (!isWhole) await duplicates.hasten(organization)
  return isWhole && (await duplicates.standing(organization)).stands
}

async function lookUp(
  { organization, clearance }: BulkPreviewWish,
  candidates: readonly BriefCandidate[],
  deps: RequestDeps,
): Promise<Map<string, DuplicateView[]>> {
  const found = new Map<string, DuplicateView[]>()
  const waiting = [...candidates]
  const work = async (): Promise<void> => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const duplicates = await deps.duplicates.mirrored(organization, { emails: one.emails, links: one.links })
      found.set(one.id, duplicateViews(duplicates, clearance))
    }
  }
  await Promise.all(Array.from({ length: LOOKED_UP_AT_ONCE }, work))
  return found
}
