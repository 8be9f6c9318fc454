import { confidentialityFilter, visible } from './confidential.ts'
import { inRange, ok, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { pageOf } from './paging.ts'

export const requisitionEndpoints: Endpoint[] = [
  { method: 'GET', path: '/requisitions', permission: 'List all requisitions', scope: 'requisitions:read:admin', handle: listRequisitions },
  {
    method: 'GET',
    path: '/requisitions/:id',
    permission: 'Retrieve a single requisition',
    scope: 'requisitions:read:admin',
    handle: oneRequisition,
  },
]

function listRequisitions(call: ApiCall): ApiAnswer {
  const mayShow = confidentialityFilter(call)
  const created = inRange(call.query, 'created_at')
  const codes = call.query.getAll('requisition_code')
  const statuses = call.query.getAll('status')
  const requisitions = [...call.world.account.requisitions.values()].filter(
    (requisition) =>
      mayShow(requisition) &&
      (created?.(requisition.createdAt) ?? true) &&
      (codes.length === 0 || codes.includes(requisition.requisitionCode)) &&
      (statuses.length === 0 || statuses.includes(requisition.status)),
  )
  return pageOf(
    call,
    requisitions,
    (requisition) => [requisition.createdAt, requisition.id],
    (requisition) => requisition,
  )
}

function oneRequisition(call: ApiCall): ApiAnswer {
  const id = call.params['id'] ?? ''
  return ok(visible(call, 'requisitions', id, call.world.account.requisitions.get(id)))
}
