/** The body of a requisition write, including the account's custom fields (Lever's API documentation). */
import { z } from 'zod'
import { SalaryRange } from '../account/records.ts'
import type { RequisitionField } from '../account/hiring-records.ts'
import { activeUser, parseBody, type ApiCall } from './endpoint.ts'
import { badRequest } from './lever-error.ts'
import { plainBody } from './request-body.ts'

const text = z.string().nullish()

const RequisitionBody = z.object({
  requisitionCode: z.string().min(1),
  name: z.string().min(1),
  headcountTotal: z.union([z.number().int().min(0), z.literal('unlimited')]),
  status: z.enum(['draft', 'open', 'closed', 'onHold']).default('open'),
  backfill: z.boolean().default(false),
  compensationBand: SalaryRange.nullish(),
  createdAt: z.number().int().nullish(),
  customFields: z.record(z.string(), z.unknown()).default({}),
  employmentStatus: text,
  hiringManager: text,
  internalNotes: text,
  location: text,
  owner: text,
  team: text,
  department: text,
  postingIds: z.array(z.string()).optional(),
})
export type RequisitionBody = z.infer<typeof RequisitionBody>

/** @throws LeverError 400 if an id is unknown, a code is taken, or a custom field is invalid */
export function requisitionInput(call: ApiCall, ownId: string | null): RequisitionBody {
  const { world } = call
  const body = parseBody(RequisitionBody, plainBody(call.body))
  const taken = [...world.account.requisitions.values()].some(
    ({ id, requisitionCode }) => id !== ownId && requisitionCode === body.requisitionCode,
  )
  if (taken) throw badRequest(`requisitionCode: ${body.requisitionCode} is taken`)
  if (body.createdAt && body.createdAt > world.now()) throw badRequest('createdAt must be in the past')
  for (const field of ['owner', 'hiringManager'] as const) if (body[field]) activeUser(world, body[field], field)
  for (const id of body.postingIds ?? []) if (!world.account.postings.has(id)) throw badRequest(`postingIds: ${id} was not found`)
  checkCustomFields(world.account.requisitionFields, body.customFields)
  return body
}

/** Refusing a missing required field is assumed. */
function checkCustomFields(fields: Map<string, RequisitionField>, values: Record<string, unknown>): void {
  for (const [id, value] of Object.entries(values)) {
    const field = fields.get(id)
    if (!field) throw badRequest(`customFields: ${id} is not a requisition field`)
    if (value !== null && !fits(field, value)) throw badRequest(`customFields.${id}: is not of type ${field.type}`)
  }
  for (const { id, isRequired } of fields.values())
    if (isRequired && (values[id] ?? null) === null) throw badRequest(`customFields.${id}: is required`)
}

function fits(field: RequisitionField, value: unknown): boolean {
  if (field.type === 'dropdown') return (field.options ?? []).some(({ id, text: label }) => value === id || value === label)
  if (field.type !== 'object') return fitsType(field.type, value)
  const parts = z.record(z.string(), z.unknown()).safeParse(value)
  if (!parts.success) return false
  return Object.entries(parts.data).every(([id, part]) => {
    const subfield = field.subfields?.find((one) => one.id === id)
    return subfield !== undefined && (part === null || fitsType(subfield.type, part))
  })
}

function fitsType(type: 'number' | 'text' | 'date', value: unknown): boolean {
  return type === 'text' ? typeof value === 'string' : typeof value === 'number'
}
