import { z } from 'zod'
import { LIST_ORDERS } from '../../paging.ts'
import { Sort } from './list-order.ts'

/** What of the list is shown and in which order, as it stands in the address; what makes no sense there is left out. */
export const CandidatesFilter = z.object({
  q: z.string().trim().max(200).catch(''),
  project: z.string().trim().min(1).max(500).optional().catch(undefined),
  exported: z.enum(['true', 'false']).transform((text) => text === 'true').optional().catch(undefined),
  sort: Sort,
}) // prettier-ignore

/** The same for what acts on all that match: a filter that makes no sense is refused, since leaving it out would choose more. */
export const ExactCandidatesFilter = z.object({
  q: z.string().trim().max(200).default(''),
  project: z.string().trim().min(1).max(500).optional(),
  exported: z.enum(['true', 'false']).transform((text) => text === 'true').optional(),
  sort: z.enum(LIST_ORDERS).default('-added'),
}) // prettier-ignore
