import { ServiceError } from '../errors.ts'
import { normalizeEmail } from './email-address.ts'
import type { PersonRole } from './person-model.ts'

/** Who makes a request. Ids are hex strings. */
export type Caller =
  | { kind: 'operator' }
  | { kind: 'apiKey'; organization: string; keyId: string }
  | { kind: 'person'; organization: string; personId: string; email: string; name: string; role: PersonRole; sessionId: string }

export type OrganizationCaller = Exclude<Caller, { kind: 'operator' }>
export type PersonCaller = Extract<Caller, { kind: 'person' }>

/** Who did it, as the audit trail names it: ids only. */
export function actorOf(caller: Caller): string {
  if (caller.kind === 'operator') return 'operator'
  return caller.kind === 'apiKey' ? `apiKey:${caller.keyId}` : `user:${caller.personId}`
}

/**
 * A person in a session speaks for nobody else: `email` (a `requestedBy`, `author` or `userEmail`) must be theirs.
 * An organization's API key speaks for all its people.
 * @throws ServiceError `forbidden` (403)
 */
export function assertSpeaksFor(caller: OrganizationCaller, email: string): void {
  if (caller.kind === 'apiKey' || normalizeEmail(email) === caller.email) return
  throw new ServiceError('forbidden', 'Signed in as a person, you can act only as yourself.', {
    hint: 'Leave it to the other person, or use an API key.',
  })
}
