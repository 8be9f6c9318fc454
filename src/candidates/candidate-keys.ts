import { hash } from 'node:crypto'
import { formerKeys } from '../people/former-keys.ts'
import { contactForms, personKeys, type PersonData } from '../people/person-keys.ts'
import { searchForm } from './search-form.ts'

/** What a candidate, or a row about one, says of the person. */
export interface CandidateData extends PersonData {
  name?: string | null | undefined
}

/** By what a candidate is found: own addresses and own pages; without any of these, by its record alone. */
export interface CandidateKeys {
  emailKeys: string[]
  linkKeys: string[]
}

export function candidateKeys(data: CandidateData): CandidateKeys {
  const { emails, profiles } = personKeys(data)
  return { emailKeys: emails, linkKeys: emails.length + profiles.length > 0 ? profiles : [recordKey(data)] }
}

/**
 * The same for all that say the same of a person: name, addresses, and links. By it a row finds the candidate that it made, even where
 * what it says identifies nobody.
 */
export function recordKey(data: CandidateData): string {
  const known = records.get(data)
  if (known !== undefined) return known
  const key = readRecord(data)
  records.set(data, key)
  return key
}

/** Rows and candidates are asked about several times while they are imported. None of them is changed in place. */
const records = new WeakMap<CandidateData, string>()

function readRecord(data: CandidateData): string {
  const said = [searchForm(data.name ?? ''), ...contactForms(data).toSorted()]
  return `record:${hash('sha256', JSON.stringify(said), 'base64url')}`
}

/** The keys by which somebody who was erased is known again; also in the forms of earlier versions, of which only hashes are kept. */
export function keysToRefuse(data: CandidateData): string[] {
  const { emailKeys, linkKeys } = candidateKeys(data)
  const former = formerKeys(data)
  return [...new Set([...emailKeys, ...linkKeys, recordKey(data), ...former.emails, ...former.links])]
}

/** All that is remembered, as hashes, of somebody who is erased: what identifies nobody, too, so that no text that names it is kept. */
export function keysToRemember(data: CandidateData & { recordKeys?: readonly string[] | null | undefined }): string[] {
  return [...new Set([...keysToRefuse(data), ...contactForms(data), ...(data.recordKeys ?? [])])]
}
