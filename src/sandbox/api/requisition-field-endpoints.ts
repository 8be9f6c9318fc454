/** Custom fields of requisitions, and the options of dropdowns (Lever's API documentation). */
import { z } from 'zod'
import { FIELD_TYPES, SUBFIELD_TYPES, type FieldOption, type RequisitionField } from '../account/hiring-records.ts'
import { newId } from '../ids.ts'
import { created, noContent, ok, parseBody, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { badRequest, LeverError } from './lever-error.ts'
import { plainBody } from './request-body.ts'

const READ = 'requisition_fields:read:admin'
const WRITE = 'requisition_fields:write:admin'
const ALL = '/requisition_fields'
const ONE = '/requisition_fields/:field'
const OPTIONS = '/requisition_fields/:field/options'
const UPDATE_OPTIONS = 'Update requisition field options'

export const requisitionFieldEndpoints: Endpoint[] = [
  { method: 'GET', path: ALL, permission: 'List all requisition fields', scope: READ, handle: listFields },
  { method: 'GET', path: ONE, permission: 'Retrieve a single requisition field', scope: READ, handle: (call) => ok(fieldOf(call)) },
  { method: 'POST', path: ALL, permission: 'Create a requisition field', scope: WRITE, handle: createField },
  { method: 'PUT', path: ONE, permission: 'Update a requisition field', scope: WRITE, handle: replaceField },
  { method: 'DELETE', path: ONE, permission: 'Delete a requisition field', scope: WRITE, handle: deleteField },
  { method: 'POST', path: OPTIONS, permission: UPDATE_OPTIONS, scope: WRITE, handle: addOptions },
  { method: 'PUT', path: OPTIONS, permission: UPDATE_OPTIONS, scope: WRITE, handle: renameOptions },
  { method: 'DELETE', path: OPTIONS, permission: UPDATE_OPTIONS, scope: WRITE, handle: deleteOptions },
]

const MOST_FIELDS = 100
const MOST_OPTIONS = 8000
const MOST_A_REQUEST = 4000
const FieldId = z.string().regex(/^[a-z0-9_]{1,50}$/, 'must be snake_case of at most 50 characters')
const OptionText = z.object({ id: z.string().optional(), text: z.string().min(1) })

const FieldBody = z
  .object({
    id: FieldId,
    text: z.string().min(1),
    type: z.enum(FIELD_TYPES),
    isRequired: z.boolean().default(false),
    subfields: z
      .array(z.object({ id: FieldId, text: z.string().min(1), type: z.enum(SUBFIELD_TYPES) }))
      .min(1)
      .max(10)
      .optional(),
    options: z.array(OptionText).max(MOST_A_REQUEST).optional(),
  })
  .refine(({ type, subfields }) => (type === 'object') === (subfields !== undefined), {
    path: ['subfields'],
    message: 'belong to type object',
  })
  .refine(({ type, options }) => type === 'dropdown' || options === undefined, { path: ['options'], message: 'belong to type dropdown' })

function fieldOf(call: ApiCall): RequisitionField {
  const field = call.world.account.requisitionFields.get(call.params['field'] ?? '')
  if (!field) throw new LeverError(404, "That requisition field doesn't exist on your account", 'NotFoundError')
  return field
}

/** Only `data`, without `hasNext` (recorded). */
function listFields(call: ApiCall): ApiAnswer {
  return { status: 200, body: { data: [...call.world.account.requisitionFields.values()] } }
}

function createField(call: ApiCall): ApiAnswer {
  const { account } = call.world
  const body = parseBody(FieldBody, plainBody(call.body))
  if (account.requisitionFields.has(body.id)) throw badRequest(`id: a requisition field ${body.id} exists`)
  if (account.requisitionFields.size >= MOST_FIELDS) throw badRequest(`An account has at most ${MOST_FIELDS} requisition fields`)
  const field = fieldFrom(body, [])
  account.requisitionFields.set(field.id, field)
  call.world.changed()
  return created(field)
}

/** The id and the type cannot change (assumed). */
function replaceField(call: ApiCall): ApiAnswer {
  const field = fieldOf(call)
  const body = parseBody(FieldBody, plainBody(call.body))
  if (body.id !== field.id || body.type !== field.type) throw badRequest('The id and the type of a requisition field cannot be changed')
  const replaced = fieldFrom(body, field.options ?? [])
  call.world.account.requisitionFields.set(field.id, replaced)
  call.world.changed()
  return ok(replaced, replaced.id)
}

function fieldFrom(body: z.infer<typeof FieldBody>, known: FieldOption[]): RequisitionField {
  const { id, text, type, isRequired, subfields } = body
  const options = (body.options ?? []).map((option) => ({
    id: option.id ?? known.find((one) => one.text === option.text)?.id ?? newId(),
    text: option.text,
  }))
  return { id, text, type, isRequired, ...(subfields ? { subfields } : {}), ...(type === 'dropdown' ? { options } : {}) }
}

function deleteField(call: ApiCall): ApiAnswer {
  const { account } = call.world
  const field = fieldOf(call)
  account.requisitionFields.delete(field.id)
  for (const requisition of account.requisitions.values()) delete requisition.customFields[field.id]
  call.world.changed()
  return noContent(field.id)
}

function addOptions(call: ApiCall): ApiAnswer {
  const added = parseBody(z.object({ values: z.array(z.object({ text: z.string().min(1) })).max(MOST_A_REQUEST) }), plainBody(call.body))
  return changeOptions(call, (options) => [...options, ...added.values.map(({ text }) => ({ id: newId(), text }))])
}

function renameOptions(call: ApiCall): ApiAnswer {
  const { values } = parseBody(
    z.object({ values: z.array(z.object({ id: z.string(), text: z.string().min(1) })).max(MOST_A_REQUEST) }),
    plainBody(call.body),
  )
  return changeOptions(call, (options) => {
    const texts = new Map(values.map(({ id, text }) => [knownOption(options, id), text]))
    return options.map((option) => ({ id: option.id, text: texts.get(option.id) ?? option.text }))
  })
}

function deleteOptions(call: ApiCall): ApiAnswer {
  const { values } = parseBody(z.object({ values: z.array(z.string()).max(MOST_A_REQUEST) }), plainBody(call.body))
  changeOptions(call, (options) => {
    const gone = new Set(values.map((id) => knownOption(options, id)))
    return options.filter(({ id }) => !gone.has(id))
  })
  return noContent(call.params['field'] ?? '')
}

function knownOption(options: FieldOption[], id: string): string {
  if (!options.some((option) => option.id === id)) throw badRequest(`values: option ${id} was not found`)
  return id
}

function changeOptions(call: ApiCall, change: (options: FieldOption[]) => FieldOption[]): ApiAnswer {
  const field = fieldOf(call)
  if (field.type !== 'dropdown') throw badRequest(`${field.id} is not a dropdown`)
  const options = change(field.options ?? [])
  if (options.length > MOST_OPTIONS) throw badRequest(`A dropdown has at most ${MOST_OPTIONS} options`)
  field.options = options
  call.world.changed()
  return ok(field, field.id)
}
