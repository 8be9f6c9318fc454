import type { ApiKeyAccess } from './api-key-model.ts'
import type { PersonRole } from './person-model.ts'

/** Who makes a request. Ids are hex strings. */
export type Caller =
  | { kind: 'operator' }
  | { kind: 'apiKey'; organization: string; keyId: string; access: ApiKeyAccess }
  | { kind: 'person'; organization: string; personId: string; email: string; name: string; role: PersonRole; sessionId: string }

export type OrganizationCaller = Exclude<Caller, { kind: 'operator' }>
export type PersonCaller = Extract<Caller, { kind: 'person' }>

/** Who did it, as the audit trail names it: ids only. */
export function actorOf(caller: Caller): string {
  if (caller.kind === 'operator') return 'operator'
  return caller.kind === 'apiKey' ? `apiKey:${caller.keyId}` : `user:${caller.personId}`
}
