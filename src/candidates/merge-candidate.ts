import { ServiceError, type FieldFault } from '../errors.ts'
import type { CandidateInput } from './candidate-input.ts'
import { addressKey } from '../people/email-key.ts'
import { linkForm } from '../people/profile-key.ts'
import { candidateKeys, recordKey } from './candidate-keys.ts'
import { searchForm } from './search-form.ts'

/** What a candidate document holds of the person; the rest of it is what happened to it. */
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
  /** Records of rows that were matched to this candidate and whose values have changed since. */
  recordKeys?: string[] | undefined
  searchText: string
}

/** The same, as a document may have it. */
export type KnownFields = { [K in keyof Omit<CandidateFields, 'phones'>]?: CandidateFields[K] | null | undefined } & {
  phones?: { type?: string | null | undefined; value: string }[]
}

/**
 * The candidate as it stands after `input`: given values replace, null and empty ones clear, absent ones leave.
 * Of equal entries in a list the first is kept.
 * @throws ServiceError `invalid_request` naming what is missing: a name, or an e-mail or link
 */
export function mergeCandidate(known: KnownFields | null, input: CandidateInput): CandidateFields {
  const text = (field: 'externalId' | 'headline' | 'location' | 'summary' | 'project' | 'stage' | 'profileUrl'): string | undefined =>
    (input[field] === undefined ? known?.[field] : input[field]) || undefined
  const emails = distinct(given(input.emails, known?.emails), addressKey)
  const links = distinct(given(input.links, known?.links), linkForm)
  const name = input.name ?? known?.name ?? ''
  const profileUrl = text('profileUrl')
  assertComplete(name, emails, links)
  return {
    externalId: text('externalId'),
    name,
    headline: text('headline'),
    location: text('location'),
    emails,
    phones: given(input.phones, known?.phones).map(({ type, value }) => (type ? { type, value } : { value })),
    links,
    tags: distinct(given(input.tags, known?.tags), (tag) => tag),
    summary: text('summary'),
    project: text('project'),
    stage: text('stage'),
    profileUrl,
    ...candidateKeys({ name, emails, links, profileUrl }),
    recordKeys: known?.recordKeys?.length ? [...known.recordKeys] : undefined,
    searchText: [name, ...emails].map(searchForm).join('\n'),
  }
}

/** How many different rows matched to one candidate are remembered, so that they are recognized later. */
const MOST_RECORDS = 50

/** The candidate after merging a row of a file. Its `recordKeys` identify every row merged into it. */
export function remembering(known: KnownFields | null, fields: CandidateFields, input: CandidateInput): CandidateFields {
  if (known === null) return fields
  const now = recordKey(fields)
  const said = [...(known.recordKeys ?? []), recordKey(known), ...(input.externalId ? [] : [recordKey(input)])]
  const others = [...new Set(said)].filter((record) => record !== now).slice(-MOST_RECORDS)
  return { ...fields, recordKeys: others.length > 0 ? others : undefined }
}

function assertComplete(name: string, emails: string[], links: string[]): void {
  const errors: FieldFault[] = []
  if (name === '') errors.push({ path: 'name', message: 'is required' })
  if (emails.length === 0 && links.length === 0) errors.push({ path: 'emails', message: 'at least one e-mail or link is required' })
  if (errors.length > 0) throw new ServiceError('invalid_request', 'The candidate is not complete.', { errors })
}

function given<T>(list: T[] | null | undefined, known: T[] | null | undefined): T[] {
  return (list === undefined ? known : list) ?? []
}

function distinct(values: string[], key: (value: string) => string): string[] {
  return [...new Map(values.toReversed().map((value) => [key(value), value])).values()].toReversed()
}
