import type { AuditEvent } from '../account/history-records.ts'
import type { World } from '../world.ts'
import { inRange, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { pageOf } from './paging.ts'

export const auditEndpoints: Endpoint[] = [
  { method: 'GET', path: '/audit_events', permission: 'List all audit events', scope: 'audit_events:read:admin', handle: listEvents },
]

/** Latest first (assumed). */
function listEvents(call: ApiCall): ApiAnswer {
  const { query, world } = call
  const within = inRange(query, 'created_at')
  const given = (name: string, value: string): boolean => {
    const wanted = query.getAll(name)
    return wanted.length === 0 || wanted.includes(value)
  }
  const events = world.account.auditEvents.filter(
    ({ type, user, target, createdAt }) =>
      given('type', type) &&
      given('user_id', user ?? '') &&
      given('target_type', target.type) &&
      given('target_id', target.id) &&
      (within?.(createdAt) ?? true),
  )
  return pageOf(
    call,
    events.toReversed(),
    ({ createdAt, id }) => [createdAt, id],
    (event) => eventJson(world, event),
  )
}

function eventJson(world: World, { id, createdAt, type, user, target }: AuditEvent): Record<string, unknown> {
  const by = user === null ? undefined : world.account.users.get(user)
  return { id, createdAt, type, user: by ? { id: by.id, email: by.email, name: by.name, role: by.accessRole } : null, target, meta: {} }
}
