import { withoutTrailingSlashes } from '../trailing-slashes.ts'
import { emailKey } from './email-key.ts'
import { linksOf, type PersonData } from './person-keys.ts'
import { profileKey } from './profile-key.ts'

/**
 * The forms in which earlier versions compared emails and links. For people who were erased earlier, and for a
 * mirror that is being read again, only hashes of these forms exist. A value is looked up by its former form only if
 * it identifies a person today and the form differs.
 */
export function formerKeys(person: PersonData): { emails: string[]; links: string[] } {
  return {
    emails: (person.emails ?? []).flatMap((email) => changed(emailKey(email), formerEmailKey(email))),
    links: linksOf(person).flatMap((link) => changed(profileKey(link), formerLinkKey(link))),
  }
}

function changed(key: string | null, former: string): string[] {
  return key === null || key === former ? [] : [former]
}

function formerEmailKey(email: string): string {
  return email.replaceAll(/\p{Cf}/gu, '').trim().replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) // prettier-ignore
}

function formerLinkKey(link: string): string {
  const text = link.trim()
  if (!URL.canParse(text)) return text.toLowerCase()
  const url = new URL(text)
  const host = url.host.replace(/^www\./, '')
  const path = withoutTrailingSlashes(decoded(url.pathname))
  if (host === 'linkedin.com' || host.endsWith('.linkedin.com')) return `linkedin.com${path.toLowerCase()}`
  return `${host}${path}${url.search}`
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path).normalize('NFC')
  } catch {
    return path
  }
}
