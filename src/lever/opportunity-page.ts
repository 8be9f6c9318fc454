import type { Lane, LeverClient } from './client.ts'
import { LeverCallError } from './lever-call-error.ts'
import { leverPath } from './lever-path.ts'
import { LeverOpportunitySchema, type LeverOpportunity } from './opportunity-schema.ts'

export interface OpportunityPageFilters {
  /** Ms since the epoch, inclusive. */
  createdAtStart?: number | undefined
  createdAtEnd?: number | undefined
  updatedAtStart?: number | undefined
  /** Includes confidential ones; refused without the grant (Lever's API documentation). */
  confidential: boolean
  lane?: Lane
}

export interface OpportunityPage {
  opportunities: LeverOpportunity[]
  /** Token for the next page; null on the last one. */
  next: string | null
}

const CALL = 'GET /opportunities'

/**
 * Resolves to one page of up to 100 opportunities with stage and postings, for callers that keep the position between pages. Includes both
 * archive states. Records without an id are left out.
 * @throws LeverCallError; `isStaleOffset` recognizes the one after which the list must restart
 */
export async function readOpportunityPage(
  client: LeverClient,
  filters: OpportunityPageFilters,
  offset: string | null,
): Promise<OpportunityPage> {
  const query = {
    created_at_start: filters.createdAtStart,
    created_at_end: filters.createdAtEnd,
    updated_at_start: filters.updatedAtStart,
    ...(filters.confidential ? { confidentiality: 'all' } : {}),
    expand: ['applications', 'stage'],
  }
  const { lane } = filters
  const { items, next } = await client.page(leverPath`/opportunities`, { query, offset: offset ?? undefined, ...(lane ? { lane } : {}) })
  if (next !== null && next === offset) throw withoutNext()
  const opportunities = items.flatMap((one) => LeverOpportunitySchema.safeParse(one).data ?? [])
  return { opportunities, next }
}

/** The status for a token that Lever no longer accepts is assumed. */
const STALE: ReadonlySet<number | null> = new Set([400, 404, 410, 422])

/** True if Lever no longer accepts a page's token ("Invalid offset token", as a published client knows it): the list must restart. */
export function isStaleOffset(error: unknown): boolean {
  return error instanceof LeverCallError && STALE.has(error.httpStatus)
}

function withoutNext(): LeverCallError {
  return new LeverCallError({
    kind: 'unreadable',
    call: CALL,
    httpStatus: 200,
    cause: new Error('another page was announced without a new token'),
  })
}
