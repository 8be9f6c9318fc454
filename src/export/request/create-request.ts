import type { Types } from 'mongoose'
import { createFormFields, RESUME_FIELD, type CreateOpportunityBody } from '../../lever/opportunities.ts'

/** Lever's built-in stage "New lead"; its id is a slug and never changes (Lever's API documentation). */
export const NEW_LEAD = 'lead-new'

/** A candidate's résumé, without its bytes. */
export interface CarriedResume {
  /** The id of the stored file, whose content never changes. */
  file: Types.ObjectId
  filename: string
  size: number
  contentType: string
  /** Hexadecimal. */
  sha256: string
}

/** The fields of a candidate that are sent to Lever. */
export interface CarriedCandidate {
  name: string
  headline?: string | null | undefined
  location?: string | null | undefined
  emails: string[]
  phones: { type?: string | null | undefined; value: string }[]
  links: string[]
  tags: string[]
  profileUrl?: string | null | undefined
  resume?: CarriedResume | null | undefined
}

export interface CreateRequest {
  method: 'POST'
  path: string
  query: { perform_as: string }
  body: CreateOpportunityBody
  /** Sent in the same call, as multipart. */
  resume: CarriedResume | null
}

/** The request as a preview shows it. */
export interface ShownRequest extends Omit<CreateRequest, 'body' | 'resume'> {
  /** JSON; with a résumé, the fields of the multipart body by name, with the file's name, size and sha256 in place of the file. */
  body: CreateOpportunityBody | Record<string, ShownField>
}
type ShownField = string | string[] | Pick<CarriedResume, 'filename' | 'size' | 'sha256'>

/**
 * Builds the one request that creates the opportunity. The preview shows exactly what is sent. `apiUrl` is Lever's base address, `…/v1`; a
 * null `stageId` means New lead. The candidate's résumé is sent too, unless `resume` says otherwise.
 */
export function buildCreateRequest(wish: {
  apiUrl: string
  candidate: CarriedCandidate
  performAs: string
  postingId: string | null
  stageId: string | null
  sourceName: string
  resume?: CarriedResume | null
}): CreateRequest {
  const { candidate, resume = candidate.resume ?? null } = wish
  const body: CreateOpportunityBody = {
    name: candidate.name,
    ...(candidate.headline ? { headline: candidate.headline } : {}),
    ...(candidate.location ? { location: candidate.location } : {}),
    stage: wish.stageId ?? NEW_LEAD,
    ...(candidate.phones.length > 0 ? { phones: candidate.phones.map(({ type, value }) => (type ? { value, type } : { value })) } : {}),
    ...(candidate.emails.length > 0 ? { emails: [...candidate.emails] } : {}),
    ...(linksOf(candidate).length > 0 ? { links: linksOf(candidate) } : {}),
    ...(candidate.tags.length > 0 ? { tags: [...candidate.tags] } : {}),
    sources: [wish.sourceName],
    origin: 'sourced',
    owner: wish.performAs,
    ...(wish.postingId ? { postings: [wish.postingId] } : {}),
  }
  return { method: 'POST', path: new URL(`${wish.apiUrl}/opportunities`).pathname, query: { perform_as: wish.performAs }, body, resume }
}

/** Returns what a preview shows of a request: everything except the bytes of the file. */
export function showRequest({ resume, ...request }: CreateRequest): ShownRequest {
  if (!resume) return request
  const fields: Record<string, ShownField> = {}
  for (const [name, value] of createFormFields(request.body)) {
    fields[name] = name.endsWith('[]') ? [...((fields[name] as string[] | undefined) ?? []), value] : value
  }
  const { filename, size, sha256 } = resume
  return { ...request, body: { ...fields, [RESUME_FIELD]: { filename, size, sha256 } } }
}

/** Returns the candidate's links, including the profile page in the sourcing tool. */
export function linksOf(candidate: Pick<CarriedCandidate, 'links' | 'profileUrl'>): string[] {
  return [...new Set([...candidate.links, ...(candidate.profileUrl ? [candidate.profileUrl] : [])])]
}
