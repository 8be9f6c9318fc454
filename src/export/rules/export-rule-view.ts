import { z } from 'zod'
import { ON_DUPLICATE_OF_RULES, type ExportRuleDocument } from './export-rule-model.ts'

const Problem = z.object({ code: z.string(), detail: z.string() })

export const ExportRuleView = z
  .object({
    name: z.string(),
    projects: z.array(z.string()).describe('Empty: any project'),
    stages: z.array(z.string()),
    postingId: z.string().nullable(),
    requisitionId: z.string().nullable(),
    requestedBy: z.string(),
    onDuplicate: z.enum(ON_DUPLICATE_OF_RULES),
    note: z.string().nullable(),
    active: z.boolean(),
    waiting: z.int().min(0).describe('Candidates who have entered a stage and are not exported yet'),
    problem: Problem.nullable().describe('Why they are waiting'),
    requested: z.int().min(0).describe('Candidates for whom an export was requested'),
    refused: z.int().min(0).describe('Candidates who were already exported to the same target'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'ExportRule' })
export type ExportRuleView = z.infer<typeof ExportRuleView>

export interface RuleCounts {
  open: number
  requested: number
  refused: number
}

/** Returns a rule as the API shows it. */
export function exportRuleView(rule: ExportRuleDocument, counts: RuleCounts): ExportRuleView {
  const { name, projects, stages, requestedBy, onDuplicate, problem } = rule
  return {
    name,
    projects,
    stages,
    postingId: rule.postingId ?? null,
    requisitionId: rule.requisitionId ?? null,
    requestedBy,
    onDuplicate,
    note: rule.note ?? null,
    active: rule.status === 'active',
    waiting: counts.open,
    problem: problem && counts.open > 0 ? { code: problem.code, detail: problem.detail } : null,
    requested: counts.requested,
    refused: counts.refused,
    createdAt: rule.createdAt.toISOString(),
    updatedAt: rule.updatedAt.toISOString(),
  }
}
