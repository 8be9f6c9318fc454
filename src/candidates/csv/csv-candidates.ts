import { readHeader } from './csv-header.ts'
import { readLines } from './csv-lines.ts'
import { LONGEST_RECORD, readRecords } from './csv-records.ts'
import { readRow, type RowReading } from './csv-row.ts'

/** One row of a file: the physical line it starts in (the file's first is 1), the one it ends in, and what it says. */
export type CsvCandidate = { line: number; lastLine: number } & RowReading

/**
 * Reads candidates from a CSV file that comes in pieces, in constant memory.
 * @throws ServiceError `invalid_request` without a usable header row
 */
export async function* readCsvCandidates(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<CsvCandidate> {
  const lines = readLines(chunks, LONGEST_RECORD + 1)
  const header = await readHeader(lines)
  for await (const { line, lastLine, ...record } of readRecords(lines, header.delimiter)) {
    yield { line, lastLine, ...('fault' in record ? record : readRow(header, record.cells)) }
  }
}

/** @throws ServiceError `invalid_request` when these first bytes of a file hold no usable header row */
export async function assertHeader(head: Uint8Array): Promise<void> {
  const lines = readLines(once(head), LONGEST_RECORD + 1)
  await readHeader(lines)
  await lines.return(undefined)
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
