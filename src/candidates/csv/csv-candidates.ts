import { readHeader, type CsvHeader } from './csv-header.ts'
import { readLines } from './csv-lines.ts'
import { LONGEST_RECORD, readRecords } from './csv-records.ts'
import { readRow, type RowReading } from './csv-row.ts'
import { decodeText, type CsvText } from './csv-text.ts'

/**
 * One row of a file: the physical lines where it starts and ends (the file's first line is 1), its cells, and its
 * values. For a row that cannot be split into cells, `line` and `lastLine` are both its first line.
 */
export type CsvCandidate = { line: number; lastLine: number; cells: string[] } & RowReading

export interface CsvFile {
  text: CsvText
  header: CsvHeader
  rows: AsyncGenerator<CsvCandidate>
  /** Releases the file for a caller that does not read all rows. */
  close: () => Promise<void>
}

/** Where an interrupted import resumes. */
export interface ResumeAt {
  /** Rows that end at or before this physical line are skipped. */
  after: number
  /**
   * The fault to report for the first row after that line, whose cells are neither read nor returned; null to read
   * that row too.
   */
  refuseNext: string | null
}

export interface ReadingOptions {
  resumeAt?: ResumeAt | undefined
  /**
   * The maximum number of cell faults that get a message. Later messages are empty, which takes a fraction of the
   * time and memory.
   */
  describeAtMost?: number
  /**
   * True if the row that begins in this line is known to have a fault. Beyond `describeAtMost`, its cells are not
   * read again.
   */
  isUnreadable?: (line: number) => boolean
}

/**
 * Opens a CSV file that arrives in pieces, and reads candidates from it in constant memory. Yields to the rest of the
 * process.
 * @throws ServiceError `invalid_request` without a usable header row
 */
export async function openCsv(chunks: AsyncIterable<Uint8Array>, options: ReadingOptions = {}): Promise<CsvFile> {
  const text = decodeText(chunks)
  const lines = readLines(text.pieces, LONGEST_RECORD + 1)
  const close = async (): Promise<void> => void (await lines.return(undefined))
  try {
    const header = await readHeader(lines)
    return { text, header, rows: readRows(lines, header, options), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function* readRows(
  lines: ReturnType<typeof readLines>,
  header: CsvHeader,
  { resumeAt = { after: 0, refuseNext: null }, describeAtMost = Infinity, isUnreadable = () => false }: ReadingOptions,
): AsyncGenerator<CsvCandidate> {
  const { after, refuseNext } = resumeAt
  let refusal = refuseNext
  let faults = 0
  for await (const { line, lastLine, ...record } of readRecords(lines, header.delimiter)) {
    if (lastLine <= after) continue
    if ('fault' in record) yield { line, lastLine, cells: [record.text], fault: record.fault }
    else if (refusal !== null) yield { line, lastLine, cells: [], fault: refusal }
    else if (faults >= describeAtMost && isUnreadable(line)) yield { line, lastLine, cells: [], fault: '' }
    else {
      const reading = readRow(header, record.cells, faults < describeAtMost)
      if ('fault' in reading) faults += 1
      yield { line, lastLine, cells: record.cells, ...reading }
    }
    refusal = null
  }
}
