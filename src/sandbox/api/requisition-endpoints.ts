/** Requisitions. The account's settings decide whether the API may write them (Lever's requisition settings). */
import { addRequisition, changeCode, deleteRequisition, linkPostings, setStatus } from '../actions/change-requisition.ts'
import type { Requisition } from '../account/records.ts'
import { confidentialityFilter, visible } from './confidential.ts'
import { created, inRange, noContent, ok, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { LeverError } from './lever-error.ts'
import { pageOf } from './paging.ts'
import { requisitionInput, type RequisitionBody } from './requisition-input.ts'
import { requisitionJson, writtenRequisitionJson } from './requisition-shape.ts'

const READ = 'requisitions:read:admin'
const WRITE = 'requisitions:write:admin'
const ONE = '/requisitions/:id'

export const requisitionEndpoints: Endpoint[] = [
  { method: 'GET', path: '/requisitions', permission: 'List all requisitions', scope: READ, handle: listRequisitions },
  {
    method: 'GET',
    path: ONE,
    permission: 'Retrieve a single requisition',
    scope: READ,
    handle: (call) => ok(requisitionJson(requisitionOf(call))),
  },
  { method: 'POST', path: '/requisitions', permission: 'Create a requisition', scope: WRITE, handle: createRequisition },
  { method: 'PUT', path: ONE, permission: 'Update a requisition', scope: WRITE, handle: replaceRequisition },
  { method: 'DELETE', path: ONE, permission: 'Delete a requisition', scope: WRITE, handle: removeRequisition },
]

function listRequisitions(call: ApiCall): ApiAnswer {
  const mayShow = confidentialityFilter(call)
  const createdWithin = inRange(call.query, 'created_at')
  const codes = call.query.getAll('requisition_code')
  const statuses = call.query.getAll('status')
  const requisitions = [...call.world.account.requisitions.values()].filter(
    (requisition) =>
      mayShow(requisition) &&
      (createdWithin?.(requisition.createdAt) ?? true) &&
      (codes.length === 0 || codes.includes(requisition.requisitionCode)) &&
      (statuses.length === 0 || statuses.includes(requisition.status)),
  )
  return pageOf(call, requisitions, (requisition) => [requisition.createdAt, requisition.id], requisitionJson)
}

function requisitionOf(call: ApiCall): Requisition {
  const id = call.params['id'] ?? ''
  return visible(call, 'requisitions', id, call.world.account.requisitions.get(id))
}

/** @throws LeverError 403 if only people may write requisitions in the account (the status is assumed) */
function mayWrite(call: ApiCall): void {
  if (call.world.account.requisitionMode === 'lever') throw new LeverError(403, 'The API is not enabled in the requisition settings')
}

function createRequisition(call: ApiCall): ApiAnswer {
  mayWrite(call)
  const { world } = call
  const body = requisitionInput(call, null)
  const fields = { ...fieldsOf(body), status: body.status, ...(body.createdAt ? { createdAt: body.createdAt } : {}) }
  const requisition = addRequisition(world, fields, body.postingIds ?? [], null)
  return created(writtenRequisitionJson(world, requisition))
}

/** Omitted fields are cleared, except the postings (Lever's API documentation). */
function replaceRequisition(call: ApiCall): ApiAnswer {
  mayWrite(call)
  const { world } = call
  const requisition = requisitionOf(call)
  const body = requisitionInput(call, requisition.id)
  changeCode(world, requisition, body.requisitionCode)
  setStatus(world, requisition, body.status)
  Object.assign(requisition, fieldsOf(body), { createdAt: body.createdAt ?? requisition.createdAt, updatedAt: world.now() })
  if (body.postingIds) linkPostings(world, requisition, body.postingIds)
  world.changed()
  return ok(writtenRequisitionJson(world, requisition), requisition.id)
}

function removeRequisition(call: ApiCall): ApiAnswer {
  mayWrite(call)
  const requisition = requisitionOf(call)
  deleteRequisition(call.world, requisition)
  return noContent(requisition.id)
}

type WrittenFields = Omit<RequisitionBody, 'status' | 'createdAt' | 'postingIds'>

function fieldsOf(body: WrittenFields): Pick<Requisition, keyof WrittenFields | 'headcountInfinite'> {
  return {
    name: body.name,
    requisitionCode: body.requisitionCode,
    headcountTotal: body.headcountTotal,
    headcountInfinite: body.headcountTotal === 'unlimited',
    backfill: body.backfill,
    compensationBand: body.compensationBand ?? null,
    customFields: body.customFields,
    employmentStatus: body.employmentStatus ?? null,
    hiringManager: body.hiringManager ?? null,
    internalNotes: body.internalNotes ?? '',
    location: body.location ?? null,
    owner: body.owner ?? null,
    team: body.team ?? null,
    department: body.department ?? null,
  }
}
