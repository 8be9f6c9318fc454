import { z } from 'zod'
import { Sort } from './list-order.ts'

/** Which candidates, and in which order, as an address or a form says it. What makes no sense is refused: leaving it out would choose more. */
export const CandidatesFilter = z.object({
  q: z.string().trim().max(200).default(''),
  project: z.string().trim().min(1).max(500).optional(),
  exported: z.enum(['', 'true', 'false']).transform((text) => (text === '' ? undefined : text === 'true')).optional(),
  sort: Sort,
}) // prettier-ignore
