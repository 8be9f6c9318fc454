import { z } from 'zod'
import { Sort } from './list-order.ts'

/** What of the list is shown and in which order, as it stands in the address; what makes no sense there is left out. */
export const CandidatesFilter = z.object({
  q: z.string().trim().max(200).catch(''),
  project: z.string().trim().min(1).max(500).optional().catch(undefined),
  exported: z.enum(['true', 'false']).transform((text) => text === 'true').optional().catch(undefined),
  sort: Sort,
}) // prettier-ignore
