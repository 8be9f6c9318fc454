import type { Clearance } from '../../accounts/clearance.ts'
import type { Types } from 'mongoose'
import { z } from 'zod'
import type { RuleDeps } from './apply-rule.ts'
import { assessExport } from '../request/assess-export.ts'
import { ExportRuleEntryModel } from './export-rule-entry-model.ts'
import { BulkPreviewView, previewBulk } from '../bulk/preview-bulk.ts'
import { partitionCandidates } from '../bulk/partition-candidates.ts'

const AT_A_TIME = 1000
const MOST_NAMED = 100

export const ExportRulePreview = BulkPreviewView.extend({
  candidates: z.int().min(0).describe('How many candidates it would export now, including those already in Lever'),
  data: z
    .array(BulkPreviewView.shape.data.element.extend({ name: z.string() }))
    .max(MOST_NAMED)
    .describe('The first hundred'),
}).meta({ id: 'ExportRulePreview' })
export type ExportRulePreview = z.infer<typeof ExportRulePreview>

/** A rule, saved or not. */
export interface RuleToPreview {
  organization: string
  /** Null for a rule that is not saved. */
  rule: Types.ObjectId | null
  stages: readonly string[]
  projects: readonly string[]
  requestedBy: string
  postingId?: string | undefined
  requisitionId?: string | undefined
  clearance: Clearance
}

/**
 * Resolves to the candidates in the rule's stages that it would export now, as far as our own records tell. Writes nothing, and looks for
 * nobody in Lever.
 */
export async function previewRule(wish: RuleToPreview, deps: RuleDeps): Promise<ExportRulePreview> {
  const { posting } = await assessExport(wish, deps.assess)
  const postingId = posting?.id ?? wish.postingId ?? null
  const named: { id: string; name: string }[] = []
  let candidates = 0
  for await (const ids of idsInStages(wish, deps)) {
    const { accepted } = await partitionCandidates(wish.organization, { candidateIds: await notYetUnder(wish, ids), postingId }, deps)
    candidates += accepted.length
    named.push(...accepted.slice(0, MOST_NAMED - named.length))
  }
  const preview = await previewBulk({ ...wish, candidateIds: named.map(({ id }) => id) }, deps)
  const names = new Map(named.map(({ id, name }) => [id, name]))
  return { ...preview, candidates, data: preview.data.map((one) => ({ ...one, name: names.get(one.candidateId) ?? '' })) }
}

async function* idsInStages(wish: RuleToPreview, deps: RuleDeps): AsyncGenerator<Types.ObjectId[]> {
  for (let after: Types.ObjectId | null = null; ;) {
    const ids: Types.ObjectId[] = await deps.findIdsInStages(wish.organization, wish, { after, atMost: AT_A_TIME })
    yield ids
    if (ids.length < AT_A_TIME) return
    after = ids.at(-1) ?? null
  }
}

/** Resolves to the candidates that the rule has neither exported nor refused before. */
async function notYetUnder({ organization, rule }: RuleToPreview, ids: readonly Types.ObjectId[]): Promise<string[]> {
  const done = rule && { organization, rule, candidate: { $in: ids }, status: { $ne: 'open' as const } }
  const were = new Set((done ? await ExportRuleEntryModel.distinct('candidate', done) : []).map(String))
  return ids.map(String).filter((id) => !were.has(id))
}
