import type { ApiKeyAccess } from './api-key-model.ts'
import type { PersonRole } from './person-model.ts'

/** The sender of a request. Ids are hex strings. */
export type Caller =
  | { kind: 'operator' }
  | { kind: 'apiKey'; organization: string; keyId: string; access: ApiKeyAccess }
  | { kind: 'person'; organization: string; personId: string; email: string; name: string; role: PersonRole; sessionId: string }

export type OrganizationCaller = Exclude<Caller, { kind: 'operator' }>
export type PersonCaller = Extract<Caller, { kind: 'person' }>

/** Returns the caller's name in the audit trail, which contains only ids. */
export function actorOf(caller: Caller): string {
  if (caller.kind === 'operator') return 'operator'
  return caller.kind === 'apiKey' ? `apiKey:${caller.keyId}` : `user:${caller.personId}`
}
