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

/**
 * Finds those of the Lever users whom a person may be, the likeliest first, at most five. Users without an e-mail cannot be mapped.
 * Made once for many people, since it reads every user's address and name only then.
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

/** By what somebody may be known, the surest first; two with one key are near misses. */
function keysOf({ email, name }: { email: string; name: string }): [NearMiss, string][] {
  const named = nameKey(name)
  const keys: [NearMiss, string][] = [
    ['sameAddressOtherwiseWritten', writtenForm(email)],
    ['sameLocalPart', localPart(email)],
  ]
  if (named !== '') keys.push(['sameName', named])
  return keys.map(([because, key]) => [because, `${because} ${key}`])
}

/** An address without case of any script, width, white space and invisible characters: pasted addresses differ by these. Only for suggestions. */
function writtenForm(email: string): string {
  return normalizeEmail(email.normalize('NFKC').replaceAll(/\s/gu, '')).toLowerCase()
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
