import { CsvError, parse } from 'csv-parse/sync'
import { startTimeSlice } from '../time-slice.ts'
import type { CsvLine } from './csv-lines.ts'
import { followQuotes } from './csv-quotes.ts'

/** One row of a file, from line to line: its cells, or why it cannot be read, with the text of its first line. */
export type CsvRecord = { line: number; lastLine: number } & ({ cells: string[] } | { fault: string; text: string })

/** Replaces a line break within a cell if each row must have one line; no line of a file ends with it. */
export const LINE_BREAK_IN_CELL = '\u2028'

/** In characters; a longer row is not read. */
export const LONGEST_RECORD = 100_000
/** A row that goes on for longer than this has a quotation mark too many. */
const MOST_LINES = 1000
/** After so many rows that found no end, cells have to end in the line they begin in: reading a hostile file stays linear. */
const MOST_ENDLESS = 20
const LONGEST_KEPT_LINE = 1000
const TOO_LONG = `The row is longer than ${LONGEST_RECORD} characters.`

type Reading = { cells: string[]; lines: number } | { fault: string; isEndless?: boolean }

/**
 * The rows of a CSV text, quoted line breaks included; blank rows are passed over. csv-parse stops at a quotation mark that does not
 * match, or takes the rest of the file for one cell; therefore it gets one row at a time, once `followQuotes` has found its end.
 * Where a row has no proper end, its first line alone is given as a fault, and reading goes on at the next.
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

/** The cells of a line on its own; null where its quotation marks do not match. */
export function splitLine(text: string, delimiter: string): string[] | null {
  if (!text.includes('"')) return splitPlainly(text, delimiter)
  return followQuotes(text, delimiter, false).state === 'closed' ? parseRow(text, delimiter) : null
}

interface LinesAhead {
  /** The line so many behind the next one; null behind the last. */
  at(offset: number): Promise<CsvLine | null>
  /** Passes over so many of those last seen. @returns the number of the last */
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

/** The row that begins with the line `first`, over at most `mostLines` lines. */
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

/** What csv-parse makes of a line without quotation marks, without its cost for each row. */
function splitPlainly(text: string, delimiter: string): string[] {
  return text.split(delimiter).map((cell) => cell.trim())
}

/**
 * The only row of a text; null where its quotation marks do not match. With `trim`, `relax_quotes` takes a quotation mark inside an
 * unquoted cell as it is, and nothing more: what follows the closing one of a quoted cell is a fault all the same.
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
