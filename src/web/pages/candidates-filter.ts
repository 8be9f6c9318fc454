import { z } from 'zod'
import { LIST_ORDERS } from '../../paging.ts'

/** Which candidates, and in which order, as an address or a form says it. What makes no sense is refused: leaving it out would choose more. */
export const CandidatesFilter = z.object({
  q: z.string().trim().max(200).default(''),
  project: z.string().trim().min(1).max(500).optional(),
  exported: z.enum(['', 'true', 'false']).transform((text) => (text === '' ? undefined : text === 'true')).optional(),
  sort: z.enum(LIST_ORDERS).default('-added'),
}) // prettier-ignore
