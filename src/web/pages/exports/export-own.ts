import type { PersonCaller } from '../../../accounts/caller.ts'

/** Returns the email that limits exports to a sourcer's own; admins have no limit. */
export function ownOf({ role, email }: Pick<PersonCaller, 'role' | 'email'>): string | undefined {
  return role === 'sourcer' ? email : undefined
}
