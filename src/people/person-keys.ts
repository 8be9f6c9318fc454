import { addressKey, emailKey } from './email-key.ts'
import { linkForm, profileKey, siteOf } from './profile-key.ts'

/**
 * Raised with every change of the forms in which e-mails and profiles compare: keys of candidates are computed again, and Lever's
 * opportunities, of whose contacts only hashes are kept, are read again.
 */
export const KEY_VERSION = 2

/** What is known of somebody by which they may be recognized. */
export interface PersonData {
  emails?: readonly string[] | null | undefined
  links?: readonly string[] | null | undefined
  /** Their page in a sourcing tool. */
  profileUrl?: string | null | undefined
}

/** What identifies a person: each of these belongs to one person alone, as far as anybody can tell. */
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

/** All links of a person, the page in the sourcing tool among them. */
export function linksOf({ links, profileUrl }: PersonData): string[] {
  return [...(links ?? []), ...(profileUrl ? [profileUrl] : [])]
}

/** Whether these are the profiles of two people: both have one on the same site, and none there in common. */
export function contradict(one: readonly string[], other: readonly string[]): boolean {
  if (one.length === 0 || other.length === 0) return false
  return one.some((profile) => {
    const site = siteOf(profile)
    const there = other.filter((counterpart) => siteOf(counterpart) === site)
    return there.length > 0 && !one.some((own) => there.includes(own))
  })
}

/** The form in which addresses and links are the same ones, whomever they belong to. */
export function contactForms(person: PersonData): string[] {
  return distinct([...(person.emails ?? []).map(addressKey), ...linksOf(person).map(linkForm)])
}

/**
 * What two exports must not carry to Lever at once: every address, since Lever joins contacts by any, and the profiles; without either, all
 * that is known. Never empty for somebody with an address or link.
 */
export function lockKeys(person: PersonData): string[] {
  const keys = distinct([...(person.emails ?? []).map(addressKey), ...personKeys(person).profiles])
  return keys.length > 0 ? keys : [contactForms(person).toSorted().join(' ')]
}

function distinct(values: string[]): string[] {
  return [...new Set(values)]
}
