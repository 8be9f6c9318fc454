import { LINE_BREAK_IN_CELL, LONGEST_RECORD } from '../csv/csv-records.ts'
import type { HeldBytes } from '../held-bytes.ts'
import { startTimeSlice } from '../time-slice.ts'
import { readRows, type SheetRow } from './sheet-rows.ts'
import { readWorkbook, type Workbook } from './workbook.ts'
import { xlsxFault, xlsxTooLarge } from './xlsx-fault.ts'
import { openZip, type ZipParts } from './zip-parts.ts'

const MB = 1024 * 1024
/** The file is held in memory while it is read, because its directory is at the end. */
export const LARGEST_XLSX_BYTES = 10 * MB
const SHEET_BYTES = 256 * MB
/** The same limit as for a CSV file. */
const CSV_BYTES = 50 * MB
const PIECE_CHARACTERS = 65_536

const ZIP = [0x50, 0x4b, 0x03, 0x04]
/** The first bytes of Excel files up to 2003, and of encrypted ones. */
const COMPOUND_FILE = [0xd0, 0xcf, 0x11, 0xe0]

/** A CSV file or spreadsheet with rows of candidates. */
export interface Table {
  /** As CSV. */
  pieces: AsyncIterable<Uint8Array>
  /** The sheet that is read, and the number of other sheets; null for a CSV file. */
  sheet: { name: string; others: number } | null
}

/**
 * Returns a CSV file unchanged, and the first visible sheet of an .xlsx file as CSV, with each row on the line of its
 * row number. The first bytes tell which kind it is. Formulas become their last value, or `#FORMULA!` without one.
 * Dates become ISO 8601, and numbers keep all their digits.
 * @throws ServiceError `invalid_request` for other spreadsheets and damaged ones, `payload_too_large`, also while the
 * pieces are read; what `chunks` throws
 */
export async function openTable(chunks: AsyncIterable<Uint8Array>, held: Pick<HeldBytes, 'add'>): Promise<Table> {
  const source = chunks[Symbol.asyncIterator]()
  const head: Uint8Array[] = []
  let next = await source.next()
  while (next.done !== true && sizeOf(head) + next.value.length < ZIP.length) {
    head.push(next.value)
    next = await source.next()
  }
  if (next.done !== true) head.push(next.value)
  const first = Buffer.concat(head).subarray(0, ZIP.length)
  if (begins(first, COMPOUND_FILE)) {
    await source.return?.(undefined)
    throw xlsxFault('This Excel file uses the format from before 2007, or has a password.')
  }
  if (!begins(first, ZIP)) return { pieces: joined(head, source), sheet: null }
  const zip = await openZip(await readWhole(joined(head, source), held))
  const workbook = await readWorkbook(zip)
  return { pieces: asCsv(zip, workbook), sheet: { name: workbook.sheet.name, others: workbook.others } }
}

function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}

function begins(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, at) => bytes[at] === byte)
}

async function* joined(head: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* head
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.(undefined)
  }
}

async function readWhole(pieces: AsyncIterable<Uint8Array>, held: Pick<HeldBytes, 'add'>): Promise<Buffer> {
  const all: Uint8Array[] = []
  let size = 0
  for await (const piece of pieces) {
    size += piece.length
    if (size > LARGEST_XLSX_BYTES) throw xlsxTooLarge(`An .xlsx file can have at most ${LARGEST_XLSX_BYTES / MB} MB.`)
    held.add(piece.length)
    all.push(piece)
  }
  return Buffer.concat(all)
}

async function* asCsv(zip: ZipParts, workbook: Workbook): AsyncGenerator<Uint8Array> {
  const slice = startTimeSlice()
  let text = '\u{FEFF}'
  let lines = 0
  let bytes = 0
  const flush = (): Buffer => {
    const piece = Buffer.from(text)
    text = ''
    bytes += piece.length
    if (bytes > CSV_BYTES) throw xlsxTooLarge(`The sheet is larger than ${CSV_BYTES / MB} MB as CSV.`)
    return piece
  }
  for await (const row of readRows(zip.read(workbook.sheet.part, SHEET_BYTES), workbook)) {
    text += '\n'.repeat(row.number - 1 - lines) + lineOf(row)
    lines = row.number
    if (text.length >= PIECE_CHARACTERS) yield flush()
    if (slice.isOver()) await slice.giveWay()
  }
  yield flush()
}

/** A row that is too long is cut at a length that `readRecords` still rejects. */
function lineOf({ cells }: SheetRow): string {
  return `${cells
    .map(quoted)
    .join(',')
    .slice(0, LONGEST_RECORD + 1)}\n`
}

function quoted(cell: string): string {
  if (cell === '') return ''
  const inOneLine = cell.replaceAll(/\r\n|\r|\n/g, LINE_BREAK_IN_CELL)
  return /[",;\t]/.test(inOneLine) ? `"${inOneLine.replaceAll('"', '""')}"` : inOneLine
}
