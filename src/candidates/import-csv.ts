import { setImmediate } from 'node:timers/promises'
import { openCsv, type CsvCandidate } from './csv/csv-candidates.ts'
import type { Entering } from './erased-people.ts'
import { importRows, type RejectedRow, type RowsOutcome } from './import-rows.ts'

const BATCH_ROWS = 500
/** Long rows make short batches: what a batch holds is in memory, and in one transaction. */
const BATCH_CHARACTERS = 1_000_000
/** After so many the process turns to others: that is some milliseconds. */
const ROWS_AT_A_STRETCH = 50

/** Rows of a file in batches; `lastLine` is the physical line the batch ends with. */
export interface RowBatch {
  rows: CsvCandidate[]
  lastLine: number
}

/**
 * Imports a short CSV file. Each batch of rows is durable by itself, so that what an error leaves behind is complete up to some row,
 * and importing the file again does the rest.
 * @throws ServiceError `invalid_request` without a usable header row
 */
export async function importCsv(
  organization: string,
  chunks: AsyncIterable<Uint8Array>,
  entering: Entering,
): Promise<RowsOutcome & { linesDone: number }> {
  const done = { created: 0, updated: 0, rejected: [] as RejectedRow[], linesDone: 0 }
  for await (const { rows, lastLine } of readBatches(chunks)) {
    const { created, updated, rejected } = await importRows(organization, rows, entering)
    done.created += created
    done.updated += updated
    done.rejected.push(...rejected)
    done.linesDone = lastLine
  }
  return done
}

/** @param after rows that end at or before this physical line are passed over */
export async function* readBatches(chunks: AsyncIterable<Uint8Array>, after = 0): AsyncGenerator<RowBatch> {
  let rows: CsvCandidate[] = []
  let characters = 0
  for await (const row of (await openCsv(chunks)).rows) {
    if (row.lastLine <= after) continue
    rows.push(row)
    if (rows.length % ROWS_AT_A_STRETCH === 0) await setImmediate()
    characters += row.cells.reduce((sum, cell) => sum + cell.length, 0)
    if (rows.length < BATCH_ROWS && characters < BATCH_CHARACTERS) continue
    yield { rows, lastLine: row.lastLine }
    rows = []
    characters = 0
  }
  const last = rows.at(-1)
  if (last) yield { rows, lastLine: last.lastLine }
}
