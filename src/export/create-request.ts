import type { CreateOpportunityBody } from '../lever/opportunities.ts'

/** Lever's built-in stage "New lead"; its id is a slug and never changes (Lever's API documentation). */
export const NEW_LEAD = 'lead-new'

/** What of a candidate is carried over. */
export interface CarriedCandidate {
  name: string
  headline?: string | null | undefined
  location?: string | null | undefined
  emails: string[]
  phones: { type?: string | null | undefined; value: string }[]
  links: string[]
  tags: string[]
  profileUrl?: string | null | undefined
}

export interface CreateRequest {
  method: 'POST'
  path: string
  query: { perform_as: string }
  body: CreateOpportunityBody
}

/**
 * The one request that makes the opportunity: what the preview shows is what is sent, key by key.
 * `apiUrl` is Lever's base address, `…/v1`; `stageId` null stands for New lead.
 */
export function buildCreateRequest(wish: {
  apiUrl: string
  candidate: CarriedCandidate
  performAs: string
  postingId: string | null
  stageId: string | null
  sourceName: string
}): CreateRequest {
  const { candidate } = wish
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
  return { method: 'POST', path: new URL(`${wish.apiUrl}/opportunities`).pathname, query: { perform_as: wish.performAs }, body }
}

/** The candidate's links, the sourcing tool's profile page among them. */
export function linksOf(candidate: Pick<CarriedCandidate, 'links' | 'profileUrl'>): string[] {
  return [...new Set([...candidate.links, ...(candidate.profileUrl ? [candidate.profileUrl] : [])])]
}
