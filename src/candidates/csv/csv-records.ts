import { CsvError, parse } from 'csv-parse/sync'
import type { CsvLine } from './csv-lines.ts'

/** One row of a file, from line to line: its cells, or why it cannot be read, with the text of its first line. */
export type CsvRecord = { line: number; lastLine: number } & ({ cells: string[] } | { fault: string; text: string })

/** In characters; a longer row is not read. */
export const LONGEST_RECORD = 100_000
/** After so many rows that found no end within that, cells have to end in the line they begin in: reading a hostile file stays linear. */
const MOST_ENDLESS = 100
const LONGEST_KEPT_LINE = 1000
const FAULTS = {
  tooLong: `The row is longer than ${LONGEST_RECORD} characters.`,
  badQuotes: 'A quotation mark is not closed, or stands alone inside a quoted cell: write it twice there.',
} as const

/** `open`: a quoted cell goes on in the next line. */
type Reading = { state: 'closed'; cells: string[]; lines: number } | { state: 'open' | 'broken' | 'tooLong' }

/**
 * The rows of a CSV text, quoted line breaks included; blank rows are passed over. csv-parse ends at a quotation mark that does not
 * match, or takes the rest of the file for one cell; therefore it gets one row at a time: a line, and more as long as the row is open.
 * Where that does not end well, the row's first line alone is given as a fault, and reading goes on at the next.
 */
export async function* readRecords(lines: AsyncIterable<CsvLine>, delimiter: string): AsyncGenerator<CsvRecord> {
  const ahead = linesAhead(lines[Symbol.asyncIterator]())
  let endless = 0
  try {
    for (let [first] = await ahead.peek(1, 0); first; [first] = await ahead.peek(1, 0)) {
      const reading = await readOpenEnded(ahead, delimiter, endless < MOST_ENDLESS ? LONGEST_RECORD : 0)
      if (reading.state === 'open') endless += 1
      const lastLine = ahead.drop(reading.state === 'closed' ? reading.lines : 1)
      if (reading.state !== 'closed') yield toFault(first, reading.state)
      else if (reading.cells.some((cell) => cell !== '')) yield { line: first.number, lastLine, cells: reading.cells }
    }
  } finally {
    await ahead.close()
  }
}

/** The cells of a line on its own; null where its quotation marks do not match. */
export function splitLine(text: string, delimiter: string): string[] | null {
  const reading = readFirst(text, delimiter)
  return reading.state === 'closed' ? reading.cells : null
}

function toFault({ number, text }: CsvLine, state: 'open' | 'broken' | 'tooLong'): CsvRecord {
  const fault = state === 'tooLong' ? FAULTS.tooLong : FAULTS.badQuotes
  return { line: number, lastLine: number, fault, text: text.slice(0, LONGEST_KEPT_LINE) }
}

interface LinesAhead {
  /** The next lines, at most `count`, and beyond the first only as many as make `longest` characters. */
  peek(count: number, longest: number): Promise<CsvLine[]>
  /** Passes over so many of those last seen. @returns the number of the last */
  drop(count: number): number
  close(): Promise<void>
}

function linesAhead(source: AsyncIterator<CsvLine>): LinesAhead {
  let held: CsvLine[] = []
  let at = 0
  return {
    async peek(count, longest) {
      const seen: CsvLine[] = []
      for (let length = 0; seen.length < count;) {
        const known = held[at + seen.length]
        const line = known ?? ((await source.next()).value as CsvLine | undefined)
        if (!line) break
        if (!known) held.push(line)
        length += line.text.length + 1
        if (seen.length > 0 && length > longest) break
        seen.push(line)
      }
      return seen
    },
    drop(count) {
      at += count
      const last = held[at - 1]?.number ?? 0
      if (at === held.length || at > 1000) {
        held = held.slice(at)
        at = 0
      }
      return last
    },
    close: async () => void (await source.return?.()),
  }
}

/**
 * Reads the row that begins with the next line; each time that it is found open, with twice as many lines. A line with an odd number
 * of quotation marks is likely open, and is begun with two: a reading that ends in an error costs about twice one that does not.
 */
async function readOpenEnded(ahead: LinesAhead, delimiter: string, longest: number): Promise<Reading> {
  const [first] = await ahead.peek(1, longest)
  const quotationMarks = (first?.text.split('"').length ?? 1) - 1
  let seen = 0
  for (let count = 1 + (quotationMarks % 2); ; count *= 2) {
    const lines = await ahead.peek(count, longest)
    if (lines.length === seen) return { state: 'open' }
    seen = lines.length
    const text = lines.map((line) => line.text).join('\n')
    if (text.length > LONGEST_RECORD) return { state: 'tooLong' }
    const reading = readFirst(text, delimiter)
    if (reading.state !== 'open') return reading
  }
}

/**
 * The first row of a text. With `trim`, `relax_quotes` takes a quotation mark inside an unquoted cell as it stands, and nothing more:
 * what follows the closing one of a quoted cell is a fault all the same.
 */
function readFirst(text: string, delimiter: string): Reading {
  const rows: Reading[] = []
  try {
    parse(text, {
      delimiter,
      record_delimiter: '\n',
      relax_column_count: true,
      relax_quotes: true,
      trim: true,
      to: 1,
      on_record: (cells: string[], { lines }) => {
        rows.push({ state: 'closed', cells, lines })
        return null
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return { state: error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'open' : 'broken' }
  }
  return rows[0] ?? { state: 'closed', cells: [], lines: 1 }
}
