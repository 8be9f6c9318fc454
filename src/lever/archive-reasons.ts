import { z } from 'zod'
import type { LeverClient } from './client.ts'
import { leverId, text } from './lenient.ts'
import { leverPath } from './lever-path.ts'

/** `status` is `active` or `inactive`, `type` `hired` or `non-hired` (Lever's API documentation); others may be added. */
export const LeverArchiveReasonSchema = z.object({ id: leverId, text, status: text, type: text })
export type LeverArchiveReason = z.output<typeof LeverArchiveReasonSchema>

export function listArchiveReasons(client: LeverClient): AsyncIterable<LeverArchiveReason> {
  return client.list(leverPath`/archive_reasons`, { item: LeverArchiveReasonSchema })
}
