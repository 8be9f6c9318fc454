import { normalizeEmail } from '../accounts/email-address.ts'
import type { LeverPerson } from './mapping-deps.ts'

/** Why a Lever user may be the person although the email addresses differ, the most reliable reason first. */
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

/**
 * Returns a function that finds the Lever users who may be a given person: the likeliest first, at most five. Users
 * without an email cannot be mapped. Create it once for many people, because it processes every user's address and
 * name at creation.
 */
export function suggesterOf(leverUsers: readonly LeverPerson[]): (person: { email: string; name: string }) => Suggestion[] {
  const byKey = new Map<string, Omit<Suggestion, 'because'>[]>()
  for (const { id: leverUserId, email: leverEmail, name: leverName, accessRole } of leverUsers) {
    if (leverEmail === null) continue
    for (const [, key] of keysOf({ email: leverEmail, name: leverName ?? '' })) {
      const known = byKey.get(key) ?? []
      byKey.set(key, known)
      known.push({ leverUserId, leverEmail, leverName, accessRole })
    }
  }
  return (person) => {
    const found = new Map<string, Suggestion>()
    for (const [because, key] of keysOf(person))
      for (const user of byKey.get(key) ?? []) if (!found.has(user.leverUserId)) found.set(user.leverUserId, { ...user, because })
    return [...found.values()].slice(0, MOST)
  }
}

/** Returns the keys by which people are compared, the most reliable first. Two people who share a key are near misses. */
function keysOf({ email, name }: { email: string; name: string }): [NearMiss, string][] {
  const named = nameKey(name)
  const keys: [NearMiss, string][] = [
    ['sameAddressOtherwiseWritten', writtenForm(email)],
    ['sameLocalPart', localPart(email)],
  ]
  if (named !== '') keys.push(['sameName', named])
  return keys.map(([because, key]) => [because, `${because} ${key}`])
}

/**
 * Normalizes case in any script, width, white space, and invisible characters, by which pasted addresses differ. Only
 * for suggestions.
 */
function writtenForm(email: string): string {
  return normalizeEmail(email.normalize('NFKC').replaceAll(/\s/gu, '')).toLowerCase()
}

/** Returns the part before the @, without a `+tag` and without dots. */
function localPart(email: string): string {
  const [local = ''] = writtenForm(email).split('@')
  return (local.split('+')[0] ?? '').replaceAll('.', '')
}

/** Returns a name in a form that ignores accents, case, punctuation, and the order of words. */
function nameKey(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).toSorted().join(' ')
}
