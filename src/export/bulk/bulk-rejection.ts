import { z } from 'zod'
import type { ExportBatchDocument } from './export-batch-model.ts'

/** Why one candidate of a bulk export is refused while the others are exported. */
const DETAILS = {
  candidate_not_found: 'There is no such candidate.',
  erased: 'The person was erased here. Add them again first.',
  already_exported: 'This candidate was already exported to this job, or is being exported now.',
} as const
export type BulkRejectionCode = keyof typeof DETAILS

export interface BulkRejection {
  candidateId: string
  code: BulkRejectionCode
}

export const RejectedRow = z.object({ candidateId: z.string(), code: z.string(), detail: z.string() })
export type RejectedRow = z.infer<typeof RejectedRow>

/** The maximum number of refused rows that are named; all are counted. */
export const MOST_REJECTED = 1000

export function rejectedRow({ candidateId, code }: { candidateId: string; code: string }): RejectedRow {
  return { candidateId, code, detail: code in DETAILS ? DETAILS[code as BulkRejectionCode] : code }
}

export const BulkAnswer = z
  .object({
    batchId: z.string(),
    accepted: z.int().min(0),
    rejected: z.array(RejectedRow).max(MOST_REJECTED).describe('The first thousand'),
    rejectedCount: z.int().min(0).describe('Number of rows that were refused'),
  })
  .meta({ id: 'BulkExport' })
export type BulkAnswer = z.infer<typeof BulkAnswer>

/** The fields of a batch that the answer to its request needs. */
export interface AskedBatch extends Pick<ExportBatchDocument, '_id' | 'total'> {
  rejected: readonly { candidateId: string; code: string }[]
}

/** Returns the answer to the request of a batch. */
export function bulkAnswer({ _id, total, rejected }: AskedBatch): BulkAnswer {
  return {
    batchId: String(_id),
    accepted: total,
    rejected: rejected.slice(0, MOST_REJECTED).map(rejectedRow),
    rejectedCount: rejected.length,
  }
}
