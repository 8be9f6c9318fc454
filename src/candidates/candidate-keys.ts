import { hash } from 'node:crypto'
import { formerKeys } from '../people/former-keys.ts'
import { contactForms, personKeys, type PersonData } from '../people/person-keys.ts'
import { siteOf } from '../people/profile-key.ts'
import { searchForm } from './search-form.ts'

/** The identifying fields of a candidate, or of a row about one. */
export interface CandidateData extends PersonData {
  name?: string | null | undefined
}

/** The keys by which a candidate is found: personal addresses and profile pages; without any of these, only its record. */
export interface CandidateKeys {
  emailKeys: string[]
  linkKeys: string[]
}

export function candidateKeys(data: CandidateData): CandidateKeys {
  const { emails, profiles } = personKeys(data)
  return { emailKeys: emails, linkKeys: emails.length + profiles.length > 0 ? profiles : [recordKey(data)] }
}

/**
 * A key for the exact name, addresses, and links of a row or candidate. A row uses it to find the candidate that it created before, even
 * if none of its values identifies a person.
 */
export function recordKey(data: CandidateData): string {
  const known = records.get(data)
  if (known !== undefined) return known
  const key = readRecord(data)
  records.set(data, key)
  return key
}

/** Caches keys, since an import needs those of each row and candidate several times. Rows and candidates are never changed in place. */
const records = new WeakMap<CandidateData, string>()

function readRecord(data: CandidateData): string {
  const said = [searchForm(data.name ?? ''), ...contactForms(data).toSorted()]
  return `record:${hash('sha256', JSON.stringify(said), 'base64url')}`
}

const WITH_NAME = 'name:'

/**
 * The keys by which an erased person is recognized: each alone, including the forms of earlier versions, of which only hashes are kept,
 * and each with the name, since a key that the person had before refuses only with it.
 */
export function keysToRefuse(data: CandidateData): string[] {
  const { emailKeys, linkKeys } = candidateKeys(data)
  const former = formerKeys(data)
  const own = [...emailKeys, ...linkKeys, recordKey(data)]
  return [...new Set([...own, ...former.emails, ...former.links, ...withName(data, own)])]
}

/** Names are compared in the form in which they are searched. */
function withName({ name }: CandidateData, keys: readonly string[]): string[] {
  const form = searchForm(name ?? '')
  return form === '' ? [] : keys.map((key) => `${WITH_NAME}${form} ${key}`)
}

/** Whether a key of `keysToRefuse` names one person: unlike an e-mail, which two may share. */
export function isTelling(key: string, data: CandidateData): boolean {
  return key.startsWith(WITH_NAME) || key === recordKey(data) || personKeys(data).profiles.includes(key)
}

/** By which a text that names an erased person is recognized, also by an address or profile that the person only had before. */
export function textKeys(data: CandidateData): string[] {
  return contactForms(data).map(textKey)
}

function textKey(form: string): string {
  return `text:${form}`
}

/** The profiles of a person by site, each site as it is remembered of an erased person. */
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
 * Everything that is remembered about an erased person, as hashes. What the candidate had before may have been entered by mistake, or
 * belong to somebody else whose `externalId` it took over: it refuses only with the name. Includes values that identify nobody, so that no
 * text containing them is kept, and the sites of the profiles, so that a person with a different profile on the same site is not mistaken
 * for the erased one.
 */
export function keysToRemember(data: CandidateData & { recordKeys?: Keys; pastKeys?: Keys }): string[] {
  const past = data.pastKeys ?? []
  const before = withName(data, [...(data.recordKeys ?? []), ...past])
  return [...new Set([...keysToRefuse(data), ...contactForms(data), ...before, ...past.map(textKey), ...profilesBySite(data).keys()])]
}
