import { z } from 'zod'
import { clearanceOf } from '../../accounts/clearance.ts'
import { actorOf } from '../../accounts/caller.ts'
import { normalizeEmail } from '../../accounts/email-address.ts'
import { ServiceError } from '../../errors.ts'
import type { Exports } from '../../export/exports.ts'
import { ON_DUPLICATE_OF_RULES } from '../../export/rules/export-rule-model.ts'
import { ExportRuleView } from '../../export/rules/export-rule-view.ts'
import { ExportRulePreview } from '../../export/rules/preview-rule.ts'
import { assertSpeaksFor } from '../shell/speaks-for.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { pageOf, pageQuery } from './paging.ts'
import { parseInput } from '../shell/parse-input.ts'
import { plainLine, plainText } from './request-fields.ts'

const Id = z.string().min(1).max(100)
const Word = plainLine(500)
const Words = z.array(Word).max(100)
const TAG = 'Export rules'
export const RuleName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'has control characters')
const PARAMS = z.strictObject({ name: RuleName })

export const ExportRuleInput = z
  .strictObject({
    projects: Words.optional().describe('Project names in the sourcing tool. Absent or empty means any project. Case makes no difference'),
    stages: Words.min(1).describe('Stage names in the sourcing tool, such as qualified. Case makes no difference'),
    postingId: Id.optional(),
    requisitionId: Id.optional(),
    requestedBy: z.string().trim().min(3).max(320).describe('Email address of the person that the rule exports for'),
    onDuplicate: z.enum(ON_DUPLICATE_OF_RULES).optional().describe('Default: stop'),
    note: plainText(10_000).optional(),
    active: z
      .boolean()
      .optional()
      .describe('Default: true. An inactive rule takes no new candidates, and those that are waiting keep waiting'),
    applyToExisting: z.boolean().optional().describe('Also export candidates who are already in its stages'),
  })
  .meta({ id: 'ExportRuleInput' })

const PreviewInput = ExportRuleInput.partial().meta({ id: 'ExportRulePreviewInput' })

/** Automatic export rules: candidates who enter a stage of the sourcing tool are exported to Lever. */
export function exportRuleEndpoints({ exports }: { exports: Pick<Exports, 'rules'> }): Endpoint[] {
  const { rules } = exports
  return [
    defineEndpoint({
      method: 'get',
      path: '/export-rules',
      tag: TAG,
      summary: 'List export rules',
      access: 'admin',
      query: pageQuery,
      answers: { 200: { description: 'Newest first', schema: pageOf(ExportRuleView) } },
      handle: async ({ caller, query }) => ({ status: 200, body: await rules.list(caller.organization, query) }),
    }),
    defineEndpoint({
      method: 'put',
      path: '/export-rules/{name}',
      tag: TAG,
      summary: 'Create or change an export rule',
      description:
        'The rule exports each candidate once, when they enter one of the stages. A candidate who cannot be exported waits until the cause is resolved.',
      access: 'admin',
      params: PARAMS,
      body: ExportRuleInput,
      answers: { 201: { description: 'Made', schema: ExportRuleView }, 200: { description: 'Changed', schema: ExportRuleView } },
      handle: async ({ caller, params, body }) => {
        assertSpeaksFor(caller, body.requestedBy)
        const input = { ...body, requestedBy: normalizeEmail(body.requestedBy) }
        const { rule, created } = await rules.put(caller.organization, params.name, input, actorOf(caller))
        return { status: created ? 201 : 200, body: rule }
      },
    }),
    defineEndpoint({
      method: 'delete',
      path: '/export-rules/{name}',
      tag: TAG,
      summary: 'Remove an export rule',
      description: 'Exports that the rule has already requested continue. Candidates who are waiting are no longer exported.',
      access: 'admin',
      params: PARAMS,
      answers: { 204: { description: 'Removed' } },
      problems: ['not_found'],
      handle: async ({ caller, params }) => {
        await rules.remove(caller.organization, params.name, actorOf(caller))
        return { status: 204 }
      },
    }),
    defineEndpoint({
      method: 'post',
      path: '/export-rules/{name}/preview',
      tag: TAG,
      summary: 'Preview what an export rule would export now',
      description:
        'Lists the candidates who are in its stages. Members in the body replace the saved ones, so that you can try a rule before saving it. Writes nothing.',
      access: 'admin',
      reads: true,
      params: PARAMS,
      body: PreviewInput,
      answers: { 200: { description: 'The preview', schema: ExportRulePreview } },
      problems: ['not_found'],
      handle: async ({ caller, params, body }) => {
        const { organization } = caller
        const input = await wholeRule(organization, params.name, body, rules)
        if (body.requestedBy !== undefined) assertSpeaksFor(caller, body.requestedBy)
        return { status: 200, body: await rules.preview(organization, params.name, input, clearanceOf(caller)) }
      },
    }),
  ]
}

/** @throws ServiceError `not_found` if nothing is given and nothing is saved; `invalid_request` */
async function wholeRule(
  organization: string,
  name: string,
  given: z.output<typeof PreviewInput>,
  rules: Exports['rules'],
): Promise<z.output<typeof ExportRuleInput>> {
  const saved = await savedRule(organization, name, rules)
  if (!saved && Object.keys(given).length === 0) throw new ServiceError('not_found', 'There is no such export rule.')
  const whole = parseInput(ExportRuleInput, { ...saved, ...given })
  return { ...whole, requestedBy: normalizeEmail(whole.requestedBy) }
}

async function savedRule(organization: string, name: string, rules: Exports['rules']) {
  const rule = await rules.find(organization, name)
  if (!rule) return null
  const { projects, stages, postingId, requisitionId, requestedBy } = rule
  return {
    projects,
    stages,
    requestedBy,
    ...(postingId === null ? {} : { postingId }),
    ...(requisitionId === null ? {} : { requisitionId }),
  }
}
