import { z } from 'zod'
import type { Lane, LeverClient, LeverQuery } from './client.ts'
import { envelope } from './lenient.ts'
import { isLeverStatus } from './lever-call-error.ts'
import { leverPath } from './lever-path.ts'
import { DeletedOpportunitySchema, LeverOpportunitySchema, type LeverOpportunity } from './opportunity-schema.ts'
import type { ConfidentialityFilter } from './postings.ts'

export type { LeverOpportunity }

export type OpportunityExpansion = 'applications' | 'stage' | 'owner' | 'contact'

export interface OpportunityFilters {
  /** Compared in Lever's canonical form with all addresses of the contact. */
  email?: string
  contactId?: string
  /** Ms since the epoch, inclusive, like all times here. */
  createdAtStart?: number
  createdAtEnd?: number
  updatedAtStart?: number
  /** Without it, both states. */
  archived?: boolean
  /** Posting of an active application. */
  postingId?: string
  /** Several values match any of them. */
  source?: string | readonly string[]
  stageId?: string
  confidentiality?: ConfidentialityFilter
  expand?: readonly OpportunityExpansion[]
  lane?: Lane
}

/** Yields opportunities by stage, then latest advance (recorded answer): one that moves during the walk may appear twice or not at all. */
export function listOpportunities(client: LeverClient, filters: OpportunityFilters): AsyncIterable<LeverOpportunity> {
  const query: LeverQuery = {
    email: filters.email,
    contact_id: filters.contactId,
    created_at_start: filters.createdAtStart,
    created_at_end: filters.createdAtEnd,
    updated_at_start: filters.updatedAtStart,
    archived: filters.archived,
    posting_id: filters.postingId,
    source: filters.source,
    stage_id: filters.stageId,
    confidentiality: filters.confidentiality,
    expand: filters.expand,
  }
  return client.list(leverPath`/opportunities`, { query, item: LeverOpportunitySchema, ...laneOf(filters) })
}

/**
 * Resolves to the opportunities of contacts with this address. Null if Lever considers the address invalid (400, assumed): Lever cannot
 * search for it, although a contact may have it.
 */
export async function findOpportunitiesByEmail(
  client: LeverClient,
  email: string,
  filters: Omit<OpportunityFilters, 'email'>,
): Promise<LeverOpportunity[] | null> {
  try {
    const found: LeverOpportunity[] = []
    for await (const opportunity of listOpportunities(client, { ...filters, email })) found.push(opportunity)
    return found
  } catch (error) {
    if (isLeverStatus(error, 400)) return null
    throw error
  }
}

export interface LeverDeletedOpportunity {
  id: string
  deletedAt: Date | null
  /** Id of the Lever user. */
  deletedBy: string | null
}

/** The limit of `/applications/deleted`; it is unknown whether this list has one. */
const LONGEST_RANGE_MS = 30 * 24 * 3_600_000

/**
 * Yields opportunities deleted in Lever since `deletedAtStart` (ms since the epoch), requested in ranges of 30 days.
 * @throws LeverCallError with status 403 if Lever does not grant this list: deletions are then unknown
 */
export async function* listDeletedOpportunities(
  client: LeverClient,
  filters: { deletedAtStart: number; lane?: Lane },
): AsyncGenerator<LeverDeletedOpportunity> {
  // the last range may end in the future: Lever's clock may be ahead
  for (let from = filters.deletedAtStart; from <= Date.now(); from += LONGEST_RANGE_MS) {
    const query = { deleted_at_start: from, deleted_at_end: from + LONGEST_RANGE_MS }
    const deleted = client.list(leverPath`/opportunities/deleted`, { query, item: DeletedOpportunitySchema, ...laneOf(filters) })
    for await (const one of deleted) yield { ...one, deletedBy: one.deletedBy?.id ?? null }
  }
}

/**
 * @throws LeverCallError with status 404 (or 403) if the opportunity is deleted, unknown, confidential without the grant, or of another
 * account: never a proof of deletion
 */
export async function getOpportunity(
  client: LeverClient,
  id: string,
  options: { expand?: readonly OpportunityExpansion[]; lane?: Lane } = {},
): Promise<LeverOpportunity> {
  const query = { expand: options.expand }
  const schema = envelope(LeverOpportunitySchema)
  return (await client.get(leverPath`/opportunities/${id}`, { query, schema, ...laneOf(options) })).data
}

/** Lever's field names, all optional (Lever's API documentation); without a posting, it is a general opportunity. */
export interface CreateOpportunityBody {
  name?: string
  headline?: string
  location?: string
  /** Default: New lead. */
  stage?: string
  phones?: { value: string; type?: string }[]
  emails?: string[]
  links?: string[]
  tags?: string[]
  sources?: string[]
  origin?: 'agency' | 'applied' | 'internal' | 'referred' | 'sourced' | 'university'
  /** User id; default: the perform-as user. */
  owner?: string
  followers?: string[]
  /** At most one. */
  postings?: string[]
  opportunityLocation?: string
  /** Id of the contact that the opportunity belongs to. */
  contact?: string
  /** Ms since the epoch, in the past. */
  createdAt?: number
}

/** A file in a multipart body. */
export interface LeverUpload {
  filename: string
  contentType: string
  bytes: Uint8Array<ArrayBuffer>
}

/** Name of the résumé in the multipart body (Lever's API documentation). */
export const RESUME_FIELD = 'resumeFile'

export interface CreateOpportunityOptions {
  /** Id of the Lever user who is credited; required by Lever. */
  performAs: string
  body: CreateOpportunityBody
  /** Makes the request multipart. */
  resume?: LeverUpload
  prepare?: () => Promise<void>
  beforeSend?: () => void
  lane?: Lane
}

const Created = envelope(LeverOpportunitySchema).transform(({ data, ...rest }) => ({
  opportunity: data,
  deduped: z.boolean().nullable().catch(null).parse(rest['deduped']),
}))

/**
 * Creates an opportunity. Each call creates another one, because Lever has no idempotency keys. `deduped` is true if the opportunity
 * belongs to a contact that Lever knew by email; null if Lever does not say.
 * @throws LeverCallError; `classifyWriteError` says what it means
 */
export async function createOpportunity(
  client: LeverClient,
  { performAs, body, resume, prepare, beforeSend, lane }: CreateOpportunityOptions,
): Promise<{ opportunity: LeverOpportunity; deduped: boolean | null }> {
  const query = { perform_as: performAs }
  const write = {
    query,
    ...(resume ? { form: formOf(body, resume) } : { json: body }),
    schema: Created,
    ...(prepare ? { prepare } : {}),
    ...(beforeSend ? { beforeSend } : {}),
    ...laneOf({ lane }),
  }
  return (await client.write('POST', leverPath`/opportunities`, write)).body
}

interface WordsOptions {
  performAs: string
  prepare?: () => Promise<void>
  beforeSend?: () => void
  lane?: Lane
}

/**
 * Adds sources to the existing ones. May be repeated.
 * @throws LeverCallError
 */
export async function addSources(client: LeverClient, id: string, sources: readonly string[], options: WordsOptions): Promise<void> {
  await client.write('POST', leverPath`/opportunities/${id}/addSources`, { json: { sources }, ...wordsWrite(options) })
}

/** Like {@link addSources}, for links, which belong to the contact. */
export async function addLinks(client: LeverClient, id: string, links: readonly string[], options: WordsOptions): Promise<void> {
  await client.write('POST', leverPath`/opportunities/${id}/addLinks`, { json: { links }, ...wordsWrite(options) })
}

/** The contact fields in these answers are blank (recorded answers), so the answers are not read. */
function wordsWrite({ performAs, prepare, beforeSend, lane }: WordsOptions) {
  const when = { ...(prepare ? { prepare } : {}), ...(beforeSend ? { beforeSend } : {}), ...laneOf({ lane }) }
  return { query: { perform_as: performAs }, schema: z.unknown(), ...when }
}

/**
 * Returns the body as form fields, in order. A name that ends in `[]` may occur several times; one with an index or a key occurs once.
 *
 * Lever documents field names for JSON only. Clients name lists in a form differently: `emails[]` is the most common form,
 * `phones[0][value]` the only one seen for objects whose value is plain text. Lever is assumed to accept both.
 */
export function createFormFields(body: CreateOpportunityBody): [name: string, value: string][] {
  return Object.entries(body).flatMap(([field, value]: [string, CreateOpportunityBody[keyof CreateOpportunityBody]]) => {
    if (value === undefined) return []
    if (!Array.isArray(value)) return [[field, String(value)] satisfies [string, string]]
    return value.flatMap((item, at) => listItemFields(field, item, at))
  })
}

function listItemFields(field: string, item: string | object, at: number): [name: string, value: string][] {
  if (typeof item === 'string') return [[`${field}[]`, item]]
  return Object.entries(item).map(([key, value]) => [`${field}[${at}][${key}]`, String(value)])
}

function formOf(body: CreateOpportunityBody, { filename, contentType, bytes }: LeverUpload): FormData {
  const form = new FormData()
  for (const [name, value] of createFormFields(body)) form.append(name, value)
  form.append(RESUME_FIELD, new Blob([bytes], { type: contentType }), filename)
  return form
}

function laneOf({ lane }: { lane?: Lane | undefined }): { lane?: Lane } {
  return lane ? { lane } : {}
}
