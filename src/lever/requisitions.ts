import { z } from 'zod'
import type { Lane, LeverClient } from './client.ts'
import { count, filledText, flag, leverId, reference, text, texts, time } from './lenient.ts'
import { leverPath } from './lever-path.ts'
import type { ConfidentialityFilter } from './postings.ts'

export const LeverRequisitionSchema = z
  .object({
    id: leverId,
    name: text,
    requisitionCode: text,
    /** `draft`, `open`, `closed`, `onHold`; `pending` and `rejected` were seen too. */
    status: text,
    /** Ids of its postings. */
    postings: texts,
    headcountTotal: z.union([z.literal('unlimited'), count]),
    headcountHired: count,
    headcountInfinite: flag,
    location: filledText,
    team: filledText,
    department: filledText,
    owner: reference,
    hiringManager: reference,
    confidentiality: text,
    createdAt: time,
    updatedAt: time,
    closedAt: time,
  })
  .transform((read) => ({ ...read, owner: read.owner?.id ?? null, hiringManager: read.hiringManager?.id ?? null })) // prettier-ignore
export type LeverRequisition = z.output<typeof LeverRequisitionSchema>

/** Yields requisitions in no particular order. Accounts without the plan for requisitions answer 403. */
export function listRequisitions(
  client: LeverClient,
  filters: { status?: string; requisitionCode?: string; confidentiality?: ConfidentialityFilter; lane?: Lane } = {},
): AsyncIterable<LeverRequisition> {
  const { status, requisitionCode, confidentiality, lane } = filters
  const query = { status, requisition_code: requisitionCode, confidentiality }
  return client.list(leverPath`/requisitions`, { query, item: LeverRequisitionSchema, ...(lane ? { lane } : {}) })
}
