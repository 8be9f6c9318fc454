import { ServiceError, type FieldFault } from '../errors.ts'
import type { CandidateInput } from './candidate-input.ts'
import { addressKey } from '../people/email-key.ts'
import { linkForm } from '../people/profile-key.ts'
import { personKeys } from '../people/person-keys.ts'
import { candidateKeys, recordKey, type CandidateData } from './candidate-keys.ts'
import { searchFields } from './search-keys.ts'

/** A candidate's personal data. The rest of the document records what happened to it. */
export interface CandidateFields {
  externalId?: string | undefined
  name: string
  headline?: string | undefined
  location?: string | undefined
  emails: string[]
  phones: { type?: string | undefined; value: string }[]
  links: string[]
  tags: string[]
  summary?: string | undefined
  project?: string | undefined
  stage?: string | undefined
  profileUrl?: string | undefined
  emailKeys: string[]
  linkKeys: string[]
  /** Records of earlier states of the candidate, and of rows that matched it. */
  recordKeys?: string[] | undefined
  /**
   * Emails and profiles that the candidate had in the past. They do not find the candidate; after an erasure, they
   * are refused only together with the name.
   */
  pastKeys?: string[] | undefined
  searchText: string
  searchKeys: string[]
  wordBeginnings: string[]
  searchMark: string
}

/** The same fields as stored. */
export type KnownFields = { [K in keyof Omit<CandidateFields, 'phones'>]?: CandidateFields[K] | null | undefined } & {
  phones?: { type?: string | null | undefined; value: string }[]
}

/**
 * Returns the candidate after merging `input`: values replace, null and empty values clear, absent ones change
 * nothing. The first of equal list entries is kept.
 * @throws ServiceError `invalid_request` naming what is missing: a name, or an email or link
 */
export function mergeCandidate(known: KnownFields | null, input: CandidateInput): CandidateFields {
  const text = (field: 'externalId' | 'headline' | 'location' | 'summary' | 'project' | 'stage' | 'profileUrl'): string | undefined =>
    (input[field] === undefined ? known?.[field] : input[field]) || undefined
  const emails = distinct(given(input.emails, known?.emails), addressKey)
  const links = distinct(given(input.links, known?.links), linkForm)
  const name = input.name ?? known?.name ?? ''
  const profileUrl = text('profileUrl')
  assertComplete(name, emails, links)
  const headline = text('headline')
  const phones = given(input.phones, known?.phones).map(({ type, value }) => (type ? { type, value } : { value }))
  const tags = distinct(given(input.tags, known?.tags), (tag) => tag)
  const fields = {
    externalId: text('externalId'),
    name,
    headline,
    location: text('location'),
    emails,
    phones,
    links,
    tags,
    summary: text('summary'),
    project: text('project'),
    stage: text('stage'),
    profileUrl,
    ...candidateKeys({ name, emails, links, profileUrl }),
    ...searchFields({ name, headline, emails, phones, links, tags, profileUrl }),
  }
  return { ...fields, ...pastOf(known, fields) }
}

/** How many earlier states and matched rows are remembered for each candidate, so that they are recognized later. */
const MOST_RECORDS = 50
const MOST_PAST_KEYS = 100

/** An older file may still contain values that a write replaces or removes. */
function pastOf(known: KnownFields | null, now: CandidateData): Pick<CandidateFields, 'recordKeys' | 'pastKeys'> {
  if (known === null) return {}
  return {
    recordKeys: others([...(known.recordKeys ?? []), recordKey(known)], [recordKey(now)], MOST_RECORDS),
    pastKeys: others([...(known.pastKeys ?? []), ...keysOf(known)], keysOf(now), MOST_PAST_KEYS),
  }
}

/** Returns the candidate after merging a row of a file, and remembers the row's record. */
export function remembering(known: KnownFields | null, fields: CandidateFields, input: CandidateInput): CandidateFields {
  if (known === null || input.externalId) return fields
  return { ...fields, recordKeys: others([...(fields.recordKeys ?? []), recordKey(input)], [recordKey(fields)], MOST_RECORDS) }
}

function keysOf(data: CandidateData): string[] {
  const { emails, profiles } = personKeys(data)
  return [...emails, ...profiles]
}

/** Returns the latest of these values, without the current ones; undefined if there are none. */
function others(values: readonly string[], current: readonly string[], most: number): string[] | undefined {
  const left = [...new Set(values)].filter((value) => !current.includes(value)).slice(-most)
  return left.length > 0 ? left : undefined
}

function assertComplete(name: string, emails: string[], links: string[]): void {
  const errors: FieldFault[] = []
  if (name === '') errors.push({ path: 'name', message: 'is required' })
  if (emails.length === 0 && links.length === 0) errors.push({ path: 'emails', message: 'at least one email or link is required' })
  if (errors.length > 0) throw new ServiceError('invalid_request', 'The candidate is incomplete.', { errors })
}

function given<T>(list: T[] | null | undefined, known: T[] | null | undefined): T[] {
  return (list === undefined ? known : list) ?? []
}

function distinct(values: string[], key: (value: string) => string): string[] {
  return [...new Map(values.toReversed().map((value) => [key(value), value])).values()].toReversed()
}
