import { z } from 'zod'
import type { LeverClient } from './client.ts'
import { leverId, text } from './lenient.ts'
import { leverPath } from './lever-path.ts'

/** The fixed stages have slugs as ids: `lead-new`, `lead-reached-out`, `lead-responded`, `applicant-new`, `offer`. */
export const LeverStageSchema = z.object({ id: leverId, text })
export type LeverStage = z.output<typeof LeverStageSchema>

/** Yields stages in pipeline order. */
export function listStages(client: LeverClient): AsyncIterable<LeverStage> {
  return client.list(leverPath`/stages`, { item: LeverStageSchema })
}
