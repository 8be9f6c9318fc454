import { readHeader, type CsvHeader } from './csv-header.ts'
import { readLines } from './csv-lines.ts'
import { LONGEST_RECORD, readRecords } from './csv-records.ts'
import { readRow, type RowReading } from './csv-row.ts'
import { decodeText, type CsvText } from './csv-text.ts'

/**
 * One row of a file: the physical line it starts in (the file's first is 1), the one it ends in, its cells, and what it says.
 * Of a row that cannot be split into cells, its first line is the only one.
 */
export type CsvCandidate = { line: number; lastLine: number; cells: string[] } & RowReading

export interface CsvFile {
  text: CsvText
  header: CsvHeader
  rows: AsyncGenerator<CsvCandidate>
  /** Lets go of the pieces, for whoever does not read all rows. */
  close: () => Promise<void>
}

/**
 * Opens a CSV file that comes in pieces, and reads candidates from it in constant memory.
 * @throws ServiceError `invalid_request` without a usable header row
 */
export async function openCsv(chunks: AsyncIterable<Uint8Array>): Promise<CsvFile> {
  const text = decodeText(chunks)
  const lines = readLines(text.pieces, LONGEST_RECORD + 1)
  const close = async (): Promise<void> => void (await lines.return(undefined))
  try {
    const header = await readHeader(lines)
    return { text, header, rows: readRows(lines, header), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function* readRows(lines: ReturnType<typeof readLines>, header: CsvHeader): AsyncGenerator<CsvCandidate> {
  for await (const { line, lastLine, ...record } of readRecords(lines, header.delimiter)) {
    const reading =
      'fault' in record ? { cells: [record.text], fault: record.fault } : { cells: record.cells, ...readRow(header, record.cells) }
    yield { line, lastLine, ...reading }
  }
}
