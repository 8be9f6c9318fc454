import { z } from 'zod'
import { ON_DUPLICATE_OF_RULES } from '../../../export/rules/export-rule-model.ts'
import type { ExportRuleView } from '../../../export/rules/export-rule-view.ts'
import { ExportRuleInput, RuleName } from '../../api/export-rules.ts'
import { exportRulesTexts } from './texts-export-rules.ts'
import type { Language } from '../../shell/languages.ts'

/** The rule form with raw input. */
export const RuleForm = z.object({
  name: z.string().max(1000).default(''),
  stages: z.string().max(60_000).default(''),
  /** Empty for all. Required, since a form without it would select more than intended. */
  projects: z.string().max(60_000),
  postingId: z.string().max(100).default(''),
  requisitionId: z.string().max(100).default(''),
  onDuplicate: z.enum(ON_DUPLICATE_OF_RULES).default('stop'),
  note: z.string().max(10_000).default(''),
  applyToExisting: z.literal('on').optional(),
})
export type RuleForm = z.output<typeof RuleForm>
export const EMPTY_RULE: RuleForm = RuleForm.parse({ projects: '' })

export type RuleFaults = Partial<Record<'name' | 'stages' | 'projects', string>>

/** Returns the form fields of a saved rule. */
export function formOf({ name, stages, projects, postingId, requisitionId, onDuplicate, note }: ExportRuleView): RuleForm {
  const lists = { stages: stages.join('\n'), projects: projects.join('\n') }
  return { name, ...lists, postingId: postingId ?? '', requisitionId: requisitionId ?? '', onDuplicate, note: note ?? '' }
}

/** Returns the typed rule, owned by the person who typed it, or what is wrong with it. */
export function readRule(
  language: Language,
  typed: RuleForm,
  requestedBy: string,
): { name: string; input: z.output<typeof ExportRuleInput> } | { faults: RuleFaults } {
  const t = exportRulesTexts(language)
  const name = RuleName.safeParse(typed.name)
  const input = ExportRuleInput.safeParse({
    requestedBy,
    stages: linesOf(typed.stages),
    projects: linesOf(typed.projects),
    onDuplicate: typed.onDuplicate,
    applyToExisting: typed.applyToExisting === 'on',
    ...given({ postingId: typed.postingId, requisitionId: typed.requisitionId, note: typed.note.trim() }),
  })
  if (name.success && input.success) return { name: name.data, input: input.data }
  const wrong = new Set(input.error?.issues.map(({ path }) => path[0]))
  return {
    faults: {
      ...(name.success ? {} : { name: t.badName }),
      ...(wrong.has('stages') ? { stages: t.badStages } : {}),
      ...(wrong.has('projects') ? { projects: t.badProjects } : {}),
    },
  }
}

function linesOf(text: string): string[] {
  return [...new Set(text.split('\n').map((line) => line.trim()))].filter((line) => line !== '')
}

function given(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
}
