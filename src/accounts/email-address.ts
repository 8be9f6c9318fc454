import { z } from 'zod'

/**
 * Returns the form in which email addresses are compared and stored as keys: without surrounding white space and
 * invisible characters, ASCII letters in lower case. Nothing else is folded, because two addresses that differ
 * otherwise may belong to two people: Unicode's lower case would turn the Kelvin sign (U+212A) into a `k`.
 */
export function normalizeEmail(email: string): string {
  return email
    .replaceAll(/\p{Cf}/gu, '')
    .trim()
    .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

const LOCAL_PART = String.raw`[^\s@"(),:;<>[\]\\\p{C}.]+(?:\.[^\s@"(),:;<>[\]\\\p{C}.]+)*`
const LABEL = String.raw`[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?`
const ADDRESS = new RegExp(`^${LOCAL_PART}@(?:${LABEL}\\.)+${LABEL}$`, 'u')
const MAX_LENGTH = 254

/** An email address in any script that can receive mail, in the form of {@link normalizeEmail}. */
export const EmailAddress = z
  .string()
  .max(1000)
  .transform(normalizeEmail)
  .refine((email) => email.length <= MAX_LENGTH && ADDRESS.test(email), 'must be an email address')
  .meta({
    description: 'An email address. ASCII letter case, surrounding white space and invisible characters make no difference.',
    override: { type: 'string', format: 'email' },
  })
