import { hash } from 'node:crypto'
import { formerKeys } from '../people/former-keys.ts'
import { contactForms, personKeys, type PersonData } from '../people/person-keys.ts'
import { siteOf } from '../people/profile-key.ts'
import { searchForm } from './search-form.ts'

/** The identifying fields of a candidate or of an imported row. */
export interface CandidateData extends PersonData {
  name?: string | null | undefined
}

/**
 * The keys that find a candidate: its personal addresses and profile pages. A candidate without any of these is found
 * only by its record.
 */
export interface CandidateKeys {
  emailKeys: string[]
  linkKeys: string[]
}

export function candidateKeys(data: CandidateData): CandidateKeys {
  const { emails, profiles } = personKeys(data)
  return { emailKeys: emails, linkKeys: emails.length + profiles.length > 0 ? profiles : [recordKey(data)] }
}

/**
 * A key for the exact name, addresses, and links of a row or candidate. It matches a row to the candidate that the
 * row created earlier, even if none of its values identifies a person.
 */
export function recordKey(data: CandidateData): string {
  const known = records.get(data)
  if (known !== undefined) return known
  const key = readRecord(data)
  records.set(data, key)
  return key
}

/**
 * Caches keys, because an import needs the keys of each row and candidate several times. Rows and candidates are
 * never changed in place.
 */
const records = new WeakMap<CandidateData, string>()

function readRecord(data: CandidateData): string {
  const said = [searchForm(data.name ?? ''), ...contactForms(data).toSorted()]
  return `record:${hash('sha256', JSON.stringify(said), 'base64url')}`
}

const WITH_NAME = 'name:'

/**
 * The keys that recognize an erased person, of which only hashes are kept. Each key is included alone (also in the
 * forms that earlier versions used) and combined with the name: a past key of the person leads to a refusal only
 * together with the name.
 */
export function keysToRefuse(data: CandidateData): string[] {
  const { emailKeys, linkKeys } = candidateKeys(data)
  const former = formerKeys(data)
  const own = [...emailKeys, ...linkKeys, recordKey(data)]
  return [...new Set([...own, ...former.emails, ...former.links, ...withName(data, own)])]
}

/** Names are compared in their search form. */
function withName({ name }: CandidateData, keys: readonly string[]): string[] {
  const form = searchForm(name ?? '')
  return form === '' ? [] : keys.map((key) => `${WITH_NAME}${form} ${key}`)
}

/** True if a key of `keysToRefuse` identifies one person. An email does not, because two people may share it. */
export function isTelling(key: string, data: CandidateData): boolean {
  return key.startsWith(WITH_NAME) || key === recordKey(data) || personKeys(data).profiles.includes(key)
}

/**
 * The keys that recognize a text naming an erased person, including addresses and profiles that the person had only
 * in the past.
 */
export function textKeys(data: CandidateData): string[] {
  return contactForms(data).map(textKey)
}

function textKey(form: string): string {
  return `text:${form}`
}

/** The profiles of a person by site, with each site in the form that is kept for an erased person. */
export function profilesBySite(data: CandidateData): Map<string, string[]> {
  const bySite = new Map<string, string[]>()
  for (const profile of personKeys(data).profiles) {
    const site = `site:${siteOf(profile)}`
    bySite.set(site, [...(bySite.get(site) ?? []), profile])
  }
  return bySite
}

type Keys = readonly string[] | null | undefined

/**
 * Everything to remember about an erased person, kept as hashes. Past values may have been entered by mistake, or may
 * belong to another person whose `externalId` the candidate took over, so they refuse only together with the name.
 * Values that identify nobody are included, so that no text containing them is kept. The sites of the profiles are
 * included, so that a person with a different profile on the same site is not mistaken for the erased one.
 */
export function keysToRemember(data: CandidateData & { recordKeys?: Keys; pastKeys?: Keys }): string[] {
  const past = data.pastKeys ?? []
  const before = withName(data, [...(data.recordKeys ?? []), ...past])
  return [...new Set([...keysToRefuse(data), ...contactForms(data), ...before, ...past.map(textKey), ...profilesBySite(data).keys()])]
}
