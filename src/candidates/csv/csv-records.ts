import { CsvError, parse } from 'csv-parse/sync'
import { startTimeSlice } from '../time-slice.ts'
import type { CsvLine } from './csv-lines.ts'
import { followQuotes } from './csv-quotes.ts'

/**
 * One row of a file with its first and last line: its cells, or the reason it cannot be read and the text of its
 * first line.
 */
export type CsvRecord = { line: number; lastLine: number } & ({ cells: string[] } | { fault: string; text: string })

/** Replaces a line break within a cell when each row must have one line. No line of a file ends with it. */
export const LINE_BREAK_IN_CELL = '\u2028'

/** In characters. A longer row is not read. */
export const LONGEST_RECORD = 100_000
/** A row that spans more lines has an extra quotation mark. */
const MOST_LINES = 1000
/**
 * After this many rows without an end, cells must end in the line where they begin, so that reading a hostile file
 * stays linear.
 */
const MOST_ENDLESS = 20
const LONGEST_KEPT_LINE = 1000
const TOO_LONG = `The row is longer than ${LONGEST_RECORD} characters.`

type Reading = { cells: string[]; lines: number } | { fault: string; isEndless?: boolean }

/**
 * Yields the rows of a CSV text, including quoted line breaks, and skips blank rows. csv-parse stops at an unmatched
 * quotation mark, or takes the rest of the file for one cell. It therefore receives one row at a time, after
 * `followQuotes` has found the row's end. If a row has no proper end, only its first line is yielded as a fault, and
 * reading continues with the next line.
 */
export async function* readRecords(lines: AsyncIterable<CsvLine>, delimiter: string): AsyncGenerator<CsvRecord> {
  const ahead = linesAhead(lines[Symbol.asyncIterator]())
  const slice = startTimeSlice()
  let endless = 0
  try {
    for (let first = await ahead.at(0); first; first = await ahead.at(0)) {
      if (slice.isOver()) await slice.giveWay()
      const reading = await readRow(ahead, first, delimiter, endless < MOST_ENDLESS ? MOST_LINES : 1)
      const lastLine = ahead.drop('cells' in reading ? reading.lines : 1)
      if ('fault' in reading) {
        if (reading.isEndless) endless += 1
        yield { line: first.number, lastLine, fault: reading.fault, text: first.text.slice(0, LONGEST_KEPT_LINE) }
      } else if (reading.cells.some((cell) => cell !== '')) yield { line: first.number, lastLine, cells: reading.cells.map(withLineBreaks) }
    }
  } finally {
    await ahead.close()
  }
}

/** Returns the cells of a single line; null if its quotation marks do not match. */
export function splitLine(text: string, delimiter: string): string[] | null {
  if (!text.includes('"')) return splitPlainly(text, delimiter)
  return followQuotes(text, delimiter, false).state === 'closed' ? parseRow(text, delimiter) : null
}

interface LinesAhead {
  /** Returns the line at this offset from the next one; null after the last line. */
  at(offset: number): Promise<CsvLine | null>
  /**
   * Skips this many of the lines read ahead.
   * @returns the number of the last one
   */
  drop(count: number): number
  close(): Promise<void>
}

function linesAhead(source: AsyncIterator<CsvLine>): LinesAhead {
  let held: CsvLine[] = []
  let start = 0
  return {
    async at(offset) {
      while (held.length <= start + offset) {
        const next = await source.next()
        if (next.done === true) return null
        held.push(next.value)
      }
      return held[start + offset] ?? null
    },
    drop(count) {
      start += count
      const last = held[start - 1]?.number ?? 0
      if (start === held.length || start > MOST_LINES) {
        held = held.slice(start)
        start = 0
      }
      return last
    },
    close: async () => void (await source.return?.()),
  }
}

/** Reads the row that begins with the line `first` and spans at most `mostLines` lines. */
async function readRow(ahead: LinesAhead, first: CsvLine, delimiter: string, mostLines: number): Promise<Reading> {
  if (first.text.length > LONGEST_RECORD) return { fault: TOO_LONG }
  if (!first.text.includes('"')) return { cells: splitPlainly(first.text, delimiter), lines: 1 }

  const texts: string[] = []
  let length = -1
  let openedIn = first.number
  for (let line: CsvLine | null = first; line; line = await ahead.at(texts.length)) {
    length += line.text.length + 1
    if (length > LONGEST_RECORD) break
    const { state, isOpenedHere } = followQuotes(line.text, delimiter, texts.length > 0)
    if (isOpenedHere) openedIn = line.number
    texts.push(line.text)
    if (state === 'broken') return { fault: badQuotes(openedIn) }
    if (state === 'closed') {
      const cells = parseRow(texts.join('\n'), delimiter)
      return cells ? { cells, lines: texts.length } : { fault: badQuotes(openedIn) }
    }
    if (texts.length === mostLines) break
  }
  return { fault: badQuotes(openedIn), isEndless: true }
}

function badQuotes(line: number): string {
  return `A quotation mark in line ${line} opens a cell that is not closed properly: end the cell with a quotation mark, and double those inside it.`
}

function withLineBreaks(cell: string): string {
  return cell.includes(LINE_BREAK_IN_CELL) ? cell.replaceAll(LINE_BREAK_IN_CELL, '\n') : cell
}

/** Returns what csv-parse would return for a line without quotation marks, without its cost per row. */
function splitPlainly(text: string, delimiter: string): string[] {
  return text.split(delimiter).map((cell) => cell.trim())
}

/**
 * Returns the only row of a text; null if its quotation marks do not match. With `trim`, `relax_quotes` only keeps a
 * quotation mark inside an unquoted cell unchanged. Text after the closing mark of a quoted cell is still a fault.
 */
function parseRow(text: string, delimiter: string): string[] | null {
  try {
    const [cells] = parse(text, {
      delimiter,
      record_delimiter: '\n',
      relax_column_count: true,
      relax_quotes: true,
      trim: true,
    })
    return cells ?? []
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return null
  }
}
