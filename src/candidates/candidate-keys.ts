import { hash } from 'node:crypto'
import { formerKeys } from '../people/former-keys.ts'
import { contactForms, personKeys, type PersonData } from '../people/person-keys.ts'
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

/** The keys by which an erased person is recognized, including the forms of earlier versions, of which only hashes are kept. */
export function keysToRefuse(data: CandidateData): string[] {
  const { emailKeys, linkKeys } = candidateKeys(data)
  const former = formerKeys(data)
  return [...new Set([...emailKeys, ...linkKeys, recordKey(data), ...former.emails, ...former.links])]
}

type Keys = readonly string[] | null | undefined

/**
 * Everything that is remembered about an erased person, as hashes. Includes values that identify nobody, so that no text containing them
 * is kept.
 */
export function keysToRemember(data: CandidateData & { recordKeys?: Keys; pastKeys?: Keys }): string[] {
  return [...new Set([...keysToRefuse(data), ...contactForms(data), ...(data.recordKeys ?? []), ...(data.pastKeys ?? [])])]
}
