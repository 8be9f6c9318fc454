import { z } from 'zod'
import type { LeverClient } from './client.ts'
import { count } from './lenient.ts'
import { leverPath } from './lever-path.ts'

/** Sources have no ids and are not created: they come into being when used. */
export const LeverSourceSchema = z.object({ text: z.string().min(1), count })
export type LeverSource = z.output<typeof LeverSourceSchema>

/** By `text`. */
export function listSources(client: LeverClient): AsyncIterable<LeverSource> {
  return client.list(leverPath`/sources`, { item: LeverSourceSchema })
}
