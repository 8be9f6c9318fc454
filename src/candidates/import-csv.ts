import { setImmediate } from 'node:timers/promises'
import { openCsv, type CsvCandidate } from './csv/csv-candidates.ts'
import type { Entering } from './erased-people.ts'
import { importRows, type RowsOutcome } from './import-rows.ts'

/** At most so many rejected rows are listed; all are counted. */
export const MOST_REJECTED = 1000
const BATCH_ROWS = 500
/** Long rows make short batches: what a batch holds is in memory, and in one transaction. */
const BATCH_CHARACTERS = 1_000_000
/** After so many the process turns to others: that is some milliseconds. */
const ROWS_AT_A_STRETCH = 50

export interface ImportSummary {
  created: number
  updated: number
  rejected: { line: number; message: string }[]
  rejectedCount: number
}

/** Rows of a file in batches; `lastLine` is the physical line the batch ends with. */
export interface RowBatch {
  rows: CsvCandidate[]
  lastLine: number
}

/**
 * Imports a CSV file, in constant memory. Each batch of rows is durable by itself, so that what an error leaves
 * behind is complete up to some row, and importing the file again does the rest.
 * @throws ServiceError `invalid_request` without a usable header row
 */
export async function importCsv(organization: string, chunks: AsyncIterable<Uint8Array>, entering: Entering): Promise<ImportSummary> {
  const summary: ImportSummary = { created: 0, updated: 0, rejected: [], rejectedCount: 0 }
  for await (const { rows } of readBatches(chunks)) addOutcome(summary, await importRows(organization, rows, entering))
  return summary
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

function addOutcome(summary: ImportSummary, { created, updated, rejected }: RowsOutcome): void {
  summary.created += created
  summary.updated += updated
  const listed = rejected.slice(0, MOST_REJECTED - summary.rejected.length)
  summary.rejected.push(...listed.map(({ line, message }) => ({ line, message })))
  summary.rejectedCount += rejected.length
}
