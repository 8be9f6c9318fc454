import { addressKey, emailKey } from './email-key.ts'
import { linkForm, profileKey, siteOf } from './profile-key.ts'

/**
 * Raise it with every change to the forms in which emails and profiles are compared: candidate keys are then recomputed, and Lever's
 * opportunities are read again, since only hashes of their contacts are kept.
 */
export const KEY_VERSION = 2

/** The values by which a person may be recognized. */
export interface PersonData {
  emails?: readonly string[] | null | undefined
  links?: readonly string[] | null | undefined
  /** The person's page in a sourcing tool. */
  profileUrl?: string | null | undefined
}

/** The values that identify a person: as far as can be told, each belongs to one person only. */
export interface PersonKeys {
  emails: string[]
  profiles: string[]
}

export function personKeys(person: PersonData): PersonKeys {
  return {
    emails: distinct((person.emails ?? []).flatMap((email) => emailKey(email) ?? [])),
    profiles: distinct(linksOf(person).flatMap((link) => profileKey(link) ?? [])),
  }
}

/** Returns all links of a person, including the page in the sourcing tool. */
export function linksOf({ links, profileUrl }: PersonData): string[] {
  return [...(links ?? []), ...(profileUrl ? [profileUrl] : [])]
}

/** True if these profiles belong to two people: both have profiles on the same site, and share none there. */
export function contradict(one: readonly string[], other: readonly string[]): boolean {
  if (one.length === 0 || other.length === 0) return false
  return one.some((profile) => {
    const site = siteOf(profile)
    const there = other.filter((counterpart) => siteOf(counterpart) === site)
    return there.length > 0 && !one.some((own) => there.includes(own))
  })
}

/** Returns addresses and links in the form in which they are compared, whether or not they identify a person. */
export function contactForms(person: PersonData): string[] {
  return distinct([...(person.emails ?? []).map(addressKey), ...linksOf(person).map(linkForm)])
}

/**
 * Returns the keys that two exports must not send to Lever at the same time: every address, because Lever joins
 * contacts that share any address, and the profiles; without either, all values. Never empty for a person with an
 * address or link.
 */
export function lockKeys(person: PersonData): string[] {
  const keys = distinct([...(person.emails ?? []).map(addressKey), ...personKeys(person).profiles])
  return keys.length > 0 ? keys : [contactForms(person).toSorted().join(' ')]
}

function distinct(values: string[]): string[] {
  return [...new Set(values)]
}
