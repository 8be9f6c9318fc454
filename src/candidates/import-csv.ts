import { openCsv, type CsvCandidate, type ResumeAt } from './csv/csv-candidates.ts'
import type { Entering } from './erased-people.ts'
import { MOST_REJECTED } from './import-rejections.ts'
import { MOST_WARNINGS } from './import-warnings.ts'
import { importRows, type RowsOutcome } from './import-rows.ts'
import { planImport, type ImportPlan } from './who-is-who/import-plan.ts'

const BATCH_ROWS = 500
/** Bounds batches of rows that are only counted, which take neither memory nor database time. */
const BATCH_LINES = 20_000
/**
 * Long rows make short batches, because a batch is held in memory, belongs to one transaction, and is written to the
 * database without a pause.
 */
const BATCH_CHARACTERS = 250_000

/** A batch of rows. `lastLine` is the physical line where the batch ends. */
export interface RowBatch {
  rows: CsvCandidate[]
  /** The number of further unreadable rows in the batch. Beyond the limit on kept rejections, rows are only counted. */
  onlyCounted: number
  lastLine: number
}

/**
 * Imports a short CSV file. Each batch is durable before the next, so after an error everything up to some row is
 * complete, and importing the file again does the rest. `read` is called twice.
 * @throws ServiceError `invalid_request` without a usable header row
 */
export async function importCsv(
  organization: string,
  read: () => AsyncIterable<Uint8Array>,
  entering: Entering,
): Promise<RowsOutcome & { linesDone: number }> {
  const done: RowsOutcome & { linesDone: number } = {
    created: 0,
    updated: 0,
    rejected: [],
    rejectedCount: 0,
    warnings: [],
    warningCount: 0,
    linesDone: 0,
  }
  const plan = await planImport(organization, await rowsOf(read()))
  for await (const { lastLine, ...batch } of readBatches(read(), { plan })) {
    const outcome = await importRows(organization, batch, entering, {
      plan,
      keepAtMost: { rejected: MOST_REJECTED - done.rejected.length, warnings: MOST_WARNINGS - done.warnings.length },
    })
    done.created += outcome.created
    done.updated += outcome.updated
    done.rejected.push(...outcome.rejected)
    done.rejectedCount += outcome.rejectedCount
    done.warnings.push(...outcome.warnings)
    done.warningCount += outcome.warningCount
    done.linesDone = lastLine
  }
  return done
}

/** Returns all rows of a file. Faults carry no message yet. */
export async function rowsOf(chunks: AsyncIterable<Uint8Array>): Promise<AsyncIterable<CsvCandidate>> {
  return (await openCsv(chunks, { describeAtMost: 0 })).rows
}

/**
 * @param singly yields the first rows one at a time, up to this number
 * @param plan avoids reading again the cells of rows that were unreadable when the plan was made
 */
export async function* readBatches(
  chunks: AsyncIterable<Uint8Array>,
  { resumeAt, singly = 0, plan = null }: { resumeAt?: ResumeAt; singly?: number; plan?: ImportPlan | null } = {},
): AsyncGenerator<RowBatch> {
  let batch: RowBatch = { rows: [], onlyCounted: 0, lastLine: 0 }
  let characters = 0
  let seen = 0
  let faults = 0
  const isUnreadable = (line: number): boolean => plan?.decide(line) === null
  for await (const row of (await openCsv(chunks, { resumeAt, describeAtMost: MOST_REJECTED, isUnreadable })).rows) {
    seen += 1
    batch.lastLine = row.lastLine
    if ('fault' in row && (faults += 1) > MOST_REJECTED) {
      batch.onlyCounted += 1
    } else {
      batch.rows.push(row)
      characters += row.cells.reduce((sum, cell) => sum + cell.length, 0)
    }
    const isFull = batch.rows.length === BATCH_ROWS || batch.onlyCounted === BATCH_LINES || characters >= BATCH_CHARACTERS
    if (seen > singly && !isFull) continue
    yield batch
    batch = { rows: [], onlyCounted: 0, lastLine: 0 }
    characters = 0
  }
  if (batch.lastLine > 0) yield batch
}
