import type { OrganizationCaller } from '../../accounts/caller.ts'
import { normalizeEmail } from '../../accounts/email-address.ts'
import { ServiceError } from '../../errors.ts'

/**
 * A person in a session acts only for themselves: `email` (a `requestedBy`, `author` or `userEmail`) must be theirs. An organization's API
 * key acts for all its people.
 * @throws ServiceError `forbidden` (403)
 */
export function assertSpeaksFor(caller: OrganizationCaller, email: string): void {
  if (caller.kind === 'apiKey' || normalizeEmail(email) === caller.email) return
  throw new ServiceError('forbidden', 'When you are signed in, you can act only as yourself.', {
    hint: 'Let the other person do it, or use an API key.',
  })
}
