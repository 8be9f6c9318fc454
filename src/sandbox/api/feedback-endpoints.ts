/** Feedback on a candidacy, from an interview or independent of one. */
import { z } from 'zod'
import { addTo } from '../account/account.ts'
import { touchOpportunity } from '../actions/change-opportunity.ts'
import type { Feedback, FilledField } from '../account/form-records.ts'
import type { Opportunity, User } from '../account/records.ts'
import { newId } from '../ids.ts'
import { created, noContent, ok, parseBody, performAs, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { filledFields, FieldValues, withValues } from './form-fields.ts'
import { badRequest, notFound } from './lever-error.ts'
import { opportunityOf } from './opportunity-of.ts'
import { pageOf } from './paging.ts'
import { plainBody } from './request-body.ts'
import { select } from './selection.ts'

const READ = 'feedback:read:admin'
const WRITE = 'feedback:write:admin'
const ALL = '/opportunities/:id/feedback'
const ONE = '/opportunities/:id/feedback/:feedback'

export const feedbackEndpoints: Endpoint[] = [
  { method: 'GET', path: ALL, permission: 'List all opportunity feedback', scope: READ, handle: listFeedback },
  {
    method: 'GET',
    path: ONE,
    permission: 'Retrieve a single opportunity feedback',
    scope: READ,
    handle: (call) => ok(feedbackJson(call, feedbackOf(call, opportunityOf(call)))),
  },
  { method: 'POST', path: ALL, permission: 'Create an opportunity feedback', scope: WRITE, handle: createFeedback },
  { method: 'PUT', path: ONE, permission: 'Update an opportunity feedback', scope: WRITE, handle: updateFeedback },
  { method: 'DELETE', path: ONE, permission: 'Delete an opportunity feedback', scope: WRITE, handle: deleteFeedback },
]

const pastTime = z.number().int().nullish()
const NewFeedback = z.object({
  baseTemplateId: z.string(),
  panel: z.string().nullish(),
  interview: z.string().nullish(),
  fieldValues: FieldValues,
  createdAt: pastTime,
  completedAt: pastTime,
})
const ChangedFeedback = z.object({ fieldValues: FieldValues, completedAt: pastTime })

function feedbackOf(call: ApiCall, opportunity: Opportunity): Feedback {
  const id = call.params['feedback'] ?? ''
  const feedback = call.world.account.feedback.get(opportunity.id)?.find((one) => one.id === id)
  if (!feedback) throw notFound('feedback', id)
  return feedback
}

function feedbackJson(call: ApiCall, feedback: Feedback): Record<string, unknown> & { id: string } {
  const { opportunity: _, ...shown } = feedback
  const user = (): unknown => (feedback.user ? (call.world.account.users.get(feedback.user) ?? null) : null)
  return { ...select(call.query, shown, { user }), id: feedback.id }
}

/** Includes deleted ones, marked by `deletedAt` (assumed for the list; recorded for a single one). */
function listFeedback(call: ApiCall): ApiAnswer {
  const all = call.world.account.feedback.get(opportunityOf(call).id) ?? []
  return pageOf(
    call,
    all,
    ({ createdAt, id }) => [createdAt, id],
    (feedback) => feedbackJson(call, feedback),
  )
}

/** Feedback without `completedAt` is complete at once (recorded). */
function createFeedback(call: ApiCall): ApiAnswer {
  const { world } = call
  const user = performAs(call, 'required') as User
  const opportunity = opportunityOf(call)
  const body = parseBody(NewFeedback, plainBody(call.body))
  const template = world.account.feedbackTemplates.get(body.baseTemplateId)
  if (!template) throw badRequest(`baseTemplateId: ${body.baseTemplateId} was not found`)
  const createdAt = body.createdAt ?? world.now()
  if (createdAt > world.now()) throw badRequest('createdAt must be in the past')
  const feedback: Feedback = {
    id: newId(),
    opportunity: opportunity.id,
    type: 'interview',
    text: template.text,
    instructions: template.instructions,
    fields: filledFields(template.fields, body.fieldValues),
    baseTemplateId: template.id,
    ...interviewOf(call, opportunity, body),
    user: user.id,
    createdAt,
    completedAt: body.completedAt ?? createdAt,
    updatedAt: null,
    deletedAt: null,
  }
  addTo(world.account.feedback, opportunity.id, feedback)
  touchOpportunity(world, opportunity)
  return created(feedbackJson(call, feedback))
}

/** Panel and interview are given together or not at all (Lever's API documentation). */
function interviewOf(
  call: ApiCall,
  opportunity: Opportunity,
  { panel, interview }: z.infer<typeof NewFeedback>,
): Pick<Feedback, 'panel' | 'interview'> {
  if (!panel && !interview) return { panel: null, interview: null }
  if (!panel || !interview) throw badRequest('panel and interview must be given together')
  const interviews = call.world.account.panels.get(opportunity.id)?.find(({ id }) => id === panel)?.interviews
  if (!interviews?.some(({ id }) => id === interview)) throw badRequest(`interview: ${interview} was not found in the panel`)
  return { panel, interview }
}

/** Answers with a raw internal record (recorded). */
function updateFeedback(call: ApiCall): ApiAnswer {
  const { world } = call
  performAs(call, 'required')
  const opportunity = opportunityOf(call)
  const feedback = feedbackOf(call, opportunity)
  if (feedback.deletedAt !== null) throw badRequest('The feedback is deleted')
  const body = parseBody(ChangedFeedback, plainBody(call.body))
  feedback.fields = withValues(feedback.fields, body.fieldValues)
  feedback.completedAt = body.completedAt ?? feedback.completedAt
  feedback.updatedAt = world.now()
  touchOpportunity(world, opportunity)
  const { createdAt, baseTemplateId, text, instructions, type, completedAt, updatedAt, id } = feedback
  const raw = { accountId: world.account.accountId, createdAt, userId: feedback.user, profileId: opportunity.id, baseTemplateId }
  return ok({ ...raw, text, instructions, type, fields: feedback.fields.map(rawField), completedAt, updatedAt, id }, id)
}

function rawField(field: FilledField): Record<string, unknown> {
  if (field.type !== 'score-system') return field
  const { value, ...others } = field
  return { ...others, type: 'score', isSummary: true, summaryText: '', overall: true, value }
}

/** Deleted feedback can still be read (recorded). */
function deleteFeedback(call: ApiCall): ApiAnswer {
  performAs(call, 'required')
  const opportunity = opportunityOf(call)
  const feedback = feedbackOf(call, opportunity)
  feedback.deletedAt ??= call.world.now()
  touchOpportunity(call.world, opportunity)
  return noContent(feedback.id)
}
