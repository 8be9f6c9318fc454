import type { AuditEvent } from '../account/history-records.ts'
import type { User } from '../account/records.ts'
import { newId } from '../ids.ts'
import type { World } from '../world.ts'

/** Records a change of permissions. `by` is null for a program. */
export function audit(world: World, type: AuditEvent['type'], target: AuditEvent['target'], by: User | null): void {
  world.account.auditEvents.push({ id: newId(), createdAt: world.now(), type, user: by?.id ?? null, target })
  world.changed()
}

export function auditUser(world: World, type: AuditEvent['type'], user: User, by: User | null): void {
  audit(world, type, { id: user.id, type: 'user', label: user.name }, by)
}
