import { normalizeEmail } from '../accounts/email-address.ts'
import type { LeverPerson } from './mapping-deps.ts'

/** Why a Lever user may be meant although the e-mail address differs, the surest first. */
export const NEAR_MISSES = ['sameAddressOtherwiseWritten', 'sameLocalPart', 'sameName'] as const
export type NearMiss = (typeof NEAR_MISSES)[number]

export interface Suggestion {
  leverUserId: string
  leverEmail: string
  leverName: string | null
  accessRole: string | null
  because: NearMiss
}

const MOST = 5

/** Those of the Lever users whom a person may be, the likeliest first, at most five. Users without an e-mail cannot be mapped. */
export function suggestLeverUsers(person: { email: string; name: string }, leverUsers: readonly LeverPerson[]): Suggestion[] {
  const suggestions = leverUsers.flatMap((leverUser) => toSuggestion(person, leverUser) ?? [])
  return suggestions.toSorted((a, b) => NEAR_MISSES.indexOf(a.because) - NEAR_MISSES.indexOf(b.because)).slice(0, MOST)
}

function toSuggestion(
  person: { email: string; name: string },
  { id: leverUserId, email: leverEmail, name: leverName, accessRole }: LeverPerson,
): Suggestion | null {
  const because = leverEmail === null ? null : nearMiss(person, { email: leverEmail, name: leverName })
  return because && leverEmail !== null ? { leverUserId, leverEmail, leverName, accessRole, because } : null
}

function nearMiss(person: { email: string; name: string }, lever: { email: string; name: string | null }): NearMiss | null {
  if (writtenForm(person.email) === writtenForm(lever.email)) return 'sameAddressOtherwiseWritten'
  if (localPart(person.email) === localPart(lever.email)) return 'sameLocalPart'
  const name = nameKey(person.name)
  return name !== '' && name === nameKey(lever.name ?? '') ? 'sameName' : null
}

/** What stays of an address when case, width, white space and invisible characters are left out: by these, pasted addresses differ. */
function writtenForm(email: string): string {
  return normalizeEmail(email.normalize('NFKC').replaceAll(/[\s\p{Cf}]/gu, ''))
}

/** Before the @, without a `+tag` and without dots. */
function localPart(email: string): string {
  const [local = ''] = writtenForm(email).split('@')
  return (local.split('+')[0] ?? '').replaceAll('.', '')
}

/** A name whatever its accents, case, punctuation and order of words. */
function nameKey(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).toSorted().join(' ')
}
