import type { StepContext } from '../../src/schema/schema-step.ts'

/** Runs one step of the schema outside of a migration; `skipped` has the ids of documents that it skips. */
export function stepContext(signal = new AbortController().signal): StepContext & { skipped: string[] } {
  const skipped: string[] = []
  return { signal, skip: (_collection, id) => void skipped.push(String(id)), skipped }
}
