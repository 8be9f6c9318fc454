import type { CsvLine } from './csv-lines.ts'

/** One row of a file: its cells, or why it cannot be read. `line` is where it starts, `lastLine` where it ends. */
export type CsvRecord = { line: number; lastLine: number } & ({ cells: string[] } | { fault: string })

/** In characters; a longer row is not read. */
export const LONGEST_RECORD = 100_000
const FAULTS = {
  tooLong: `The row is longer than ${LONGEST_RECORD} characters.`,
  badQuotes: 'A quotation mark is not closed, or stands alone inside a quoted cell: write it twice there.',
} as const

/** A row as far as it is read. `open` is the text of a quoted cell that goes on in the next line. */
interface PartialRecord {
  state: 'open' | 'closed' | keyof typeof FAULTS
  cells: string[]
  open: string | null
  lines: number
  length: number
}

/**
 * The rows of a CSV text, quoted line breaks included; blank rows are passed over. Where quotation marks do not match, the row's
 * first line alone is given as a fault and reading goes on at the next: one unclosed quotation mark does not swallow the rows
 * after it. For that no CSV package is used here: csv-parse and its like end, or take the rest of the file for one cell.
 */
export async function* readRecords(lines: AsyncIterable<CsvLine>, delimiter: string): AsyncGenerator<CsvRecord> {
  const reader = recordReader(delimiter)
  for await (const line of lines) yield* reader.take(line)
  yield* reader.end()
}

/** The cells of a line on its own; null where its quotation marks do not match. */
export function splitLine(text: string, delimiter: string): string[] | null {
  const record = startRecord()
  takeLine(record, text, delimiter)
  return record.state === 'closed' ? record.cells : null
}

function recordReader(delimiter: string) {
  let waiting: CsvLine[] = []
  let record = startRecord()

  function* readWaiting(atEnd: boolean): Generator<CsvRecord> {
    let start = 0
    for (;;) {
      for (let next = waiting[start + record.lines]; next && record.state === 'open'; next = waiting[start + record.lines]) {
        takeLine(record, next.text, delimiter)
      }
      const first = waiting[start]
      if (!first || (record.state === 'open' && !atEnd)) break
      const last = waiting[start + record.lines - 1] ?? first
      yield* toRecord(record, first, last)
      start += record.state === 'closed' ? record.lines : 1
      record = startRecord()
    }
    if (start > 0) waiting = waiting.slice(start)
  }

  return {
    take(line: CsvLine) {
      waiting.push(line)
      return readWaiting(false)
    },
    end: () => readWaiting(true),
  }
}

function* toRecord({ state, cells }: PartialRecord, first: CsvLine, last: CsvLine): Generator<CsvRecord> {
  if (state !== 'closed') yield { line: first.number, lastLine: first.number, fault: FAULTS[state === 'tooLong' ? 'tooLong' : 'badQuotes'] }
  else if (cells.some((cell) => cell.trim() !== '')) yield { line: first.number, lastLine: last.number, cells }
}

function startRecord(): PartialRecord {
  return { state: 'open', cells: [], open: null, lines: 0, length: 0 }
}

const LINE_END = Number.POSITIVE_INFINITY
const BAD_QUOTES = -1

function takeLine(record: PartialRecord, text: string, delimiter: string): void {
  record.lines += 1
  record.length += text.length + 1
  let at = record.open === null ? 0 : takeQuoted(record, `${record.open}\n`, text, 0, delimiter)
  while (at !== BAD_QUOTES && at !== LINE_END) at = takeCell(record, text, at, delimiter)
  if (record.length > LONGEST_RECORD) record.state = 'tooLong'
  else if (at === BAD_QUOTES) record.state = 'badQuotes'
  else record.state = record.open === null ? 'closed' : 'open'
}

/** @returns where the next cell begins */
function takeCell(record: PartialRecord, text: string, at: number, delimiter: string): number {
  const start = skipSpaces(text, at)
  if (text[start] === '"') return takeQuoted(record, '', text, start + 1, delimiter)
  const end = text.indexOf(delimiter, at)
  record.cells.push(text.slice(at, end === -1 ? undefined : end))
  return end === -1 ? LINE_END : end + 1
}

function takeQuoted(record: PartialRecord, before: string, text: string, from: number, delimiter: string): number {
  let cell = before
  let at = from
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote === -1) {
      record.open = cell + text.slice(at)
      return LINE_END
    }
    cell += text.slice(at, quote)
    at = quote + 2
    if (text[quote + 1] === '"') cell += '"'
    else return closeCell(record, cell, text, quote + 1, delimiter)
  }
}

function closeCell(record: PartialRecord, cell: string, text: string, at: number, delimiter: string): number {
  const after = skipSpaces(text, at)
  if (after < text.length && text[after] !== delimiter) return BAD_QUOTES
  record.open = null
  record.cells.push(cell)
  return after < text.length ? after + 1 : LINE_END
}

function skipSpaces(text: string, at: number): number {
  let after = at
  while (text[after] === ' ') after += 1
  return after
}
