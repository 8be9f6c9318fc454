import type { PersonCaller } from '../../../accounts/caller.ts'

/** Whose exports a person sees: a sourcer's own; an admin's view has no such limit. */
export function ownOf({ role, email }: Pick<PersonCaller, 'role' | 'email'>): string | undefined {
  return role === 'sourcer' ? email : undefined
}
