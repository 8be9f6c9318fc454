/** Templates of feedback and of profile forms, which differ only slightly. */
import { z } from 'zod'
import type { FeedbackTemplate, FormField, FormTemplate } from '../account/form-records.ts'
import type { World } from '../world.ts'
import { newId } from '../ids.ts'
import { created, noContent, ok, parseBody, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { FieldsBody, newFields } from './form-fields.ts'
import { badRequest, LeverError, notFound } from './lever-error.ts'
import { pageOf } from './paging.ts'
import { plainBody } from './request-body.ts'

interface Kind<T extends FeedbackTemplate | FormTemplate> {
  /** the collection in the path, also the scope's name */
  path: string
  /** as in the names of permissions */
  words: string
  all(world: World): Map<string, T>
  /** additional fields */
  own(body: TemplateBody): Omit<T, keyof FeedbackTemplate & keyof FormTemplate>
  check(fields: FormField[]): void
}

const feedbackTemplates: Kind<FeedbackTemplate> = {
  path: 'feedback_templates',
  words: 'feedback template',
  all: (world) => world.account.feedbackTemplates,
  own: () => ({ stage: null }),
  check: (fields) => {
    if (fields.filter(({ type }) => type === 'score-system').length !== 1) throw badRequest('fields: exactly one score-system is needed')
  },
}

const formTemplates: Kind<FormTemplate> = {
  path: 'form_templates',
  words: 'form template',
  all: (world) => world.account.formTemplates,
  own: ({ secretByDefault }) => ({ secretByDefault }),
  check: () => {},
}

export const templateEndpoints: Endpoint[] = [...endpointsOf(feedbackTemplates), ...endpointsOf(formTemplates)]

const TemplateBody = z.object({
  text: z.string().min(1),
  instructions: z.string().default(''),
  group: z.string().nullish(),
  secretByDefault: z.boolean().default(false),
  fields: FieldsBody,
})
type TemplateBody = z.infer<typeof TemplateBody>

function endpointsOf<T extends FeedbackTemplate | FormTemplate>(kind: Kind<T>): Endpoint[] {
  const [all, one] = [`/${kind.path}`, `/${kind.path}/:template`]
  const [read, write] = [`${kind.path}:read:admin`, `${kind.path}:write:admin`]
  return [
    { method: 'GET', path: all, permission: `List all ${kind.words}s`, scope: read, handle: (call) => list(call, kind) },
    {
      method: 'GET',
      path: one,
      permission: `Retrieve a single ${kind.words}`,
      scope: read,
      handle: (call) => ok(templateJson(templateOf(call, kind))),
    },
    { method: 'POST', path: all, permission: `Create a ${kind.words}`, scope: write, handle: (call) => create(call, kind) },
    { method: 'PUT', path: one, permission: `Update a ${kind.words}`, scope: write, handle: (call) => replace(call, kind) },
    { method: 'DELETE', path: one, permission: `Delete a ${kind.words}`, scope: write, handle: (call) => remove(call, kind) },
  ]
}

function templateOf<T extends FeedbackTemplate | FormTemplate>(call: ApiCall, kind: Kind<T>): T {
  const id = call.params['template'] ?? ''
  const template = kind.all(call.world).get(id)
  if (!template) throw notFound(kind.path, id)
  return template
}

function templateJson(template: FeedbackTemplate | FormTemplate): Record<string, unknown> & { id: string } {
  const { madeByApi: _, ...shown } = template
  return shown
}

function list<T extends FeedbackTemplate | FormTemplate>(call: ApiCall, kind: Kind<T>): ApiAnswer {
  return pageOf(call, [...kind.all(call.world).values()], ({ id }) => [id], templateJson)
}

function create<T extends FeedbackTemplate | FormTemplate>(call: ApiCall, kind: Kind<T>): ApiAnswer {
  const now = call.world.now()
  const template = { id: newId(), ...input(call, kind), createdAt: now, updatedAt: now, madeByApi: true } as unknown as T
  kind.all(call.world).set(template.id, template)
  call.world.changed()
  return created(templateJson(template))
}

/** All fields get new ids (recorded). */
function replace<T extends FeedbackTemplate | FormTemplate>(call: ApiCall, kind: Kind<T>): ApiAnswer {
  const template = templateOf(call, kind)
  Object.assign(template, input(call, kind), { updatedAt: call.world.now() })
  call.world.changed()
  return ok(templateJson(template), template.id)
}

function input<T extends FeedbackTemplate | FormTemplate>(call: ApiCall, kind: Kind<T>): Record<string, unknown> {
  const body = parseBody(TemplateBody, plainBody(call.body))
  const fields = newFields(body.fields)
  kind.check(fields)
  const { text, instructions } = body
  return { text, group: groupOf(call, kind, body.group), instructions, fields, ...kind.own(body) }
}

/** A group exists as long as it has a template; an unknown group is refused (assumed). */
function groupOf<T extends FeedbackTemplate | FormTemplate>(
  call: ApiCall,
  kind: Kind<T>,
  id: string | null | undefined,
): FeedbackTemplate['group'] {
  if (!id) return null
  const group = [...kind.all(call.world).values()].find((template) => template.group?.id === id)?.group
  if (!group) throw badRequest(`group: ${id} was not found`)
  return group
}

/** Only those made through the API (Lever's API documentation; the status is assumed). */
function remove<T extends FeedbackTemplate | FormTemplate>(call: ApiCall, kind: Kind<T>): ApiAnswer {
  const template = templateOf(call, kind)
  if (!template.madeByApi) throw new LeverError(403, `Only a ${kind.words} made through the API can be deleted`)
  kind.all(call.world).delete(template.id)
  call.world.changed()
  return noContent(template.id)
}
