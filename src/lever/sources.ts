import { z } from 'zod'
import type { Lane, LeverClient } from './client.ts'
import { count } from './lenient.ts'
import { isNotShown } from './lever-call-error.ts'
import { leverPath } from './lever-path.ts'

/** Sources have no ids and are not created explicitly: they exist once used. */
export const LeverSourceSchema = z.object({ text: z.string().min(1), count })
export type LeverSource = z.output<typeof LeverSourceSchema>

/** Yields sources, identified by `text`. */
export function listSources(client: LeverClient, { lane }: { lane?: Lane } = {}): AsyncIterable<LeverSource> {
  return client.list(leverPath`/sources`, { item: LeverSourceSchema, ...(lane ? { lane } : {}) })
}

/** True if Lever may store one source under the spelling of the other (assumed). */
export function isSameSource(a: string, b: string): boolean {
  return foldSource(a) === foldSource(b)
}

function foldSource(source: string): string {
  return source.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase()
}

/** Resolves to our spelling of the source and every other spelling that Lever lists; only ours if Lever does not show its sources. */
export async function spellingsOf(client: LeverClient, source: string, options: { lane?: Lane } = {}): Promise<string[]> {
  const spellings = new Set([source])
  try {
    for await (const { text } of listSources(client, options)) if (isSameSource(text, source)) spellings.add(text)
  } catch (error) {
    if (!isNotShown(error)) throw error
  }
  return [...spellings]
}
