import { z } from 'zod'
import { Sort } from '../kit/list-order.ts'

/** The filter and order of candidates, from a query or a form. Invalid values are refused, since ignoring them would select more. */
export const CandidatesFilter = z.object({
  q: z.string().trim().max(200).default(''),
  project: z.string().trim().min(1).max(500).optional(),
  exported: z.enum(['', 'true', 'false']).transform((text) => (text === '' ? undefined : text === 'true')).optional(),
  sort: Sort,
}) // prettier-ignore
