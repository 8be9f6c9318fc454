/**
 * How long a test file may take by the clock, hooks included, before the run counts as failed, so that a file that becomes slow is noticed.
 * Where all files together take longer than usual, because the machine is slow or does much else, each may take longer in proportion.
 */
const USUAL_TOTAL_MS = 1_700_000
const DEFAULT_BUDGET_MS = 120_000
/** Each file of `npm run test:long`. */
const LONG_BUDGET_MS = 900_000

/** Files that may take longer, by their path from the root of the repository. */
const LONGER_MS: Readonly<Record<string, number>> = {
  'test/browser/accessibility.test.ts': 180_000, // runs axe-core on every page
  'test/connection/token-storm.test.ts': 150_000, // starts five processes that call at once
  'test/conversations/kills.test.ts': 150_000, // starts seven processes, to be killed
  'test/deletion/deletions.test.ts': 150_000, // furnishes an organization, and starts two processes, to kill one
  'test/export/run/outcome.test.ts': 150_000, // waits for what is unclear, fault by fault
  'test/process/chaos.test.ts': 180_000, // starts six processes, kills some, and waits for what is open
  'test/process/erasures.test.ts': 240_000, // starts six processes, kills some, and waits for what is open
  'test/process/hostile-imports.test.ts': 240_000, // imports hundreds of thousands of lines, and starts a process that is killed
  'test/scripts/tour.test.ts': 180_000, // starts an instance of its own, and goes through its whole tour
  'test/web/every-endpoint-load.test.ts': 150_000, // thousands of requests at once
  'test/web/every-endpoint-input.test.ts': 240_000, // thousands of requests, more with each new operation
  'test/web/every-endpoint-query.test.ts': 150_000, // the same
}

/** `totalMs`: what all files of the run took. */
export function budgetMs(file: string, totalMs: number): number {
  const usual = LONGER_MS[file] ?? (file.startsWith('test/long/') ? LONG_BUDGET_MS : DEFAULT_BUDGET_MS)
  return usual * Math.max(1, totalMs / USUAL_TOTAL_MS)
}
