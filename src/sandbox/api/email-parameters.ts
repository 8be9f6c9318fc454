import type { ApiCall } from './endpoint.ts'
import { badRequest } from './lever-error.ts'

const USUAL_ADDRESS = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i

/**
 * Returns the values of `email`. A value that is not an address matches no one, or is refused (assumed).
 * @throws LeverError 400
 */
export function emailParameters({ query, world }: ApiCall): string[] {
  const emails = query.getAll('email')
  const isRefused = (email: string): boolean => world.settings.answers.invalidEmail === 400 && !USUAL_ADDRESS.test(email.trim())
  const invalid = emails.find(isRefused)
  if (invalid !== undefined) throw badRequest(`email: ${invalid} is not a valid address`)
  return emails
}
