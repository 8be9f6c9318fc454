import { z } from 'zod'
import type { Lane, LeverClient } from './client.ts'
import { isLeverStatus, LeverCallError } from './lever-call-error.ts'
import { leverPath } from './lever-path.ts'
import { LeverOpportunitySchema, type LeverOpportunity } from './opportunity-schema.ts'

export interface OpportunityPageFilters {
  /** Ms since the epoch, inclusive. */
  createdAtStart?: number | undefined
  createdAtEnd?: number | undefined
  updatedAtStart?: number | undefined
  /** Confidential ones too; refused without the grant (Lever's API documentation). */
  confidential: boolean
  lane?: Lane
}

export interface OpportunityPage {
  opportunities: LeverOpportunity[]
  /** What the next page is asked for with; null on the last one. */
  next: string | null
}

const PAGE_SIZE = 100
const CALL = 'GET /opportunities'

const Page = z.object({ data: z.array(z.unknown()), hasNext: z.boolean().catch(false), next: z.string().nullable().catch(null) })

/**
 * One page of up to 100 opportunities with stage and postings, for who keeps the place between pages. Both archive states.
 * Records without an id are left out.
 * @throws LeverCallError; `isStaleOffset` tells one that begins anew
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
    limit: PAGE_SIZE,
    ...(offset === null ? {} : { offset }),
  }
  const page = await client.get(leverPath`/opportunities`, { query, schema: Page, ...(filters.lane ? { lane: filters.lane } : {}) })
  const next = page.hasNext ? page.next : null
  if (page.hasNext && (!next || next === offset)) throw withoutNext()
  const opportunities = page.data.flatMap((one) => LeverOpportunitySchema.safeParse(one).data ?? [])
  return { opportunities, next }
}

/** Lever no longer takes the token of a page ("Invalid offset token", as a published client knows it): its list begins anew. */
export function isStaleOffset(error: unknown): boolean {
  return isLeverStatus(error, 400)
}

function withoutNext(): LeverCallError {
  return new LeverCallError({
    kind: 'unreadable',
    call: CALL,
    httpStatus: 200,
    cause: new Error('a further page was announced without a new token'),
  })
}
