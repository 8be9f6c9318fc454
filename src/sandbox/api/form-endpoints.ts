/** Profile forms and referrals of a candidacy (Lever's API documentation). */
import { z } from 'zod'
import { addTo } from '../account/account.ts'
import { touchOpportunity } from '../actions/change-opportunity.ts'
import type { Form, Referral } from '../account/form-records.ts'
import { newId } from '../ids.ts'
import { created, ok, parseBody, performAs, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { filledFields, FieldValues } from './form-fields.ts'
import { badRequest, notFound } from './lever-error.ts'
import { opportunityOf } from './opportunity-of.ts'
import { pageOf } from './paging.ts'
import { plainBody } from './request-body.ts'

const FORMS = '/opportunities/:id/forms'
const REFERRALS = '/opportunities/:id/referrals'
const READ = { forms: 'forms:read:admin', referrals: 'referrals:read:admin' } as const

export const formEndpoints: Endpoint[] = [
  {
    method: 'GET',
    path: FORMS,
    permission: 'List all opportunity profile forms',
    scope: READ.forms,
    handle: (call) => list(call, 'forms'),
  },
  {
    method: 'GET',
    path: `${FORMS}/:form`,
    permission: 'Retrieve a single opportunity profile form',
    scope: READ.forms,
    handle: (call) => one(call, 'forms'),
  },
  { method: 'POST', path: FORMS, permission: 'Create an opportunity profile form', scope: 'forms:write:admin', handle: createForm },
  {
    method: 'GET',
    path: REFERRALS,
    permission: 'List all opportunity referrals',
    scope: READ.referrals,
    handle: (call) => list(call, 'referrals'),
  },
  {
    method: 'GET',
    path: `${REFERRALS}/:form`,
    permission: 'Retrieve a single opportunity referral',
    scope: READ.referrals,
    handle: (call) => one(call, 'referrals'),
  },
]

type Kind = keyof typeof READ

function filledOf(call: ApiCall, kind: Kind): (Form | Referral)[] {
  return call.world.account[kind].get(opportunityOf(call).id) ?? []
}

function list(call: ApiCall, kind: Kind): ApiAnswer {
  return pageOf(
    call,
    filledOf(call, kind),
    ({ createdAt, id }) => [createdAt, id],
    (filled) => filledJson(filled, kind),
  )
}

function one(call: ApiCall, kind: Kind): ApiAnswer {
  const id = call.params['form'] ?? ''
  const filled = filledOf(call, kind).find((form) => form.id === id)
  if (!filled) throw notFound(kind, id)
  return ok(filledJson(filled, kind))
}

function filledJson(filled: Form | Referral, kind: Kind): Record<string, unknown> & { id: string } {
  const { opportunity: _, ...shown } = filled
  return { ...shown, type: kind === 'forms' ? 'form' : 'referral' }
}

const NewForm = z.object({
  baseTemplateId: z.string(),
  fieldValues: FieldValues,
  /** older name in the documentation */
  fields: FieldValues,
  secret: z.boolean().optional(),
  createdAt: z.number().int().nullish(),
  completedAt: z.number().int().nullish(),
})

function createForm(call: ApiCall): ApiAnswer {
  const { world } = call
  const user = performAs(call, 'optional')
  const opportunity = opportunityOf(call)
  const body = parseBody(NewForm, plainBody(call.body))
  const template = world.account.formTemplates.get(body.baseTemplateId)
  if (!template) throw badRequest(`baseTemplateId: ${body.baseTemplateId} was not found`)
  const createdAt = body.createdAt ?? world.now()
  if (createdAt > world.now()) throw badRequest('createdAt must be in the past')
  const form: Form = {
    id: newId(),
    opportunity: opportunity.id,
    text: template.text,
    instructions: template.instructions,
    fields: filledFields(template.fields, [...body.fields, ...body.fieldValues]),
    baseTemplateId: template.id,
    secret: body.secret ?? template.secretByDefault,
    user: user?.id ?? null,
    stage: opportunity.stage,
    createdAt,
    completedAt: body.completedAt ?? createdAt,
    deletedAt: null,
  }
  addTo(world.account.forms, opportunity.id, form)
  touchOpportunity(world, opportunity)
  return created(filledJson(form, 'forms'))
}
