import { LONGEST_RECORD } from '../csv/csv-records.ts'
import { FORMULA_WITHOUT_VALUE } from '../csv/spreadsheet-cell.ts'
import { numberText } from './number-text.ts'
import { textReader, type Workbook } from './workbook.ts'
import { xlsxFault } from './xlsx-fault.ts'
import { readXml } from './xml-events.ts'

/** Excel's own limits. */
const MOST_ROWS = 1_048_576
const MOST_COLUMNS = 16_384
/** A header has at most 1,000 columns, so all cells further right count as one extra cell. */
const LAST_COLUMN = 1001
/** In characters. A longer row is too long as CSV, where a line break of two characters becomes one. */
const MOST_KEPT_OF_ROW = 2 * LONGEST_RECORD

/**
 * A row that has cells; the sheet's first row is number 1. Empty or missing cells are ''. A row that is too long as
 * CSV may be cut, but only at a length that is still too long.
 */
export interface SheetRow {
  number: number
  cells: string[]
}

/**
 * Yields the rows of a sheet as they are read.
 * @throws ServiceError `invalid_request`
 */
export async function* readRows(sheet: AsyncIterable<Uint8Array>, workbook: Workbook): AsyncGenerator<SheetRow> {
  const ready: SheetRow[] = []
  for await (const _ of readXml(
    sheet,
    rowReader(workbook, (row) => ready.push(row)),
  ))
    yield* ready.splice(0)
}

interface SheetCell {
  type: string
  style: number
  isFormula: boolean
  hasValue: boolean
}

function rowReader(workbook: Workbook, onRow: (row: SheetRow) => void) {
  const text = textReader()
  let row: SheetRow | null = null
  let number = 0
  let column = 0
  let characters = 0
  let cell: SheetCell | null = null
  let value = ''
  let isValue = false

  return {
    open(element: string, attributes: Readonly<Record<string, string>>): void {
      if (element === 'row') {
        number = rowNumber(attributes['r'], number)
        row = { number, cells: [] }
        column = 0
        characters = 0
      } else if (element === 'c' && row) {
        column = columnOf(attributes['r']) ?? column + 1
        if (column > MOST_COLUMNS) throw xlsxFault('The spreadsheet is damaged: a cell is outside the sheet.')
        column = Math.min(column, LAST_COLUMN)
        cell = { type: attributes['t'] ?? 'n', style: Number(attributes['s'] ?? -1), isFormula: false, hasValue: false }
        value = ''
        text.begin()
      } else if (element === 'v') {
        isValue = true
        if (cell) cell.hasValue = true
      } else if (element === 'f' && cell) cell.isFormula = true
      else text.open(element)
    },
    text(piece: string): void {
      if (isValue && value.length < LONGEST_VALUE) value += piece
      else if (!isValue) text.text(piece)
    },
    close(element: string): void {
      if (element === 'v') isValue = false
      else if (element === 'c' && row && cell) {
        const shown = cell.type === 'inlineStr' ? text.end() : shownValue(cell, value.slice(0, LONGEST_VALUE), workbook)
        if (shown !== '' && characters <= MOST_KEPT_OF_ROW) {
          while (row.cells.length < column - 1) row.cells.push('')
          row.cells[column - 1] = shown
          characters += shown.length
        }
        cell = null
      } else if (element === 'row' && row) {
        if (row.cells.length > 0) onRow(row)
        row = null
      } else text.close(element)
    },
  }
}

/** In characters. A formula's last value may be text. */
const LONGEST_VALUE = 50_000

function shownValue(cell: SheetCell, value: string, { strings, formats, is1904 }: Workbook): string {
  const { type, style, isFormula, hasValue } = cell
  const isEmptyText = type === 'str' && hasValue
  if (isFormula && value === '' && !isEmptyText) return FORMULA_WITHOUT_VALUE
  if (type === 's') return strings[Number(value)] ?? ''
  if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE'
  if (type === 'e') return '' // such as #N/A
  if (type === 'n') return numberText(value, formats[style] ?? null, is1904)
  return value // the text of a formula, or a date as ISO 8601
}

function rowNumber(named: string | undefined, before: number): number {
  const number = named === undefined ? before + 1 : Number(named)
  if (Number.isInteger(number) && number > before && number <= MOST_ROWS) return number
  throw xlsxFault('The spreadsheet is damaged: its rows are not in order.')
}

/** Returns 28 for `AB7`; null if a cell has no reference. */
function columnOf(reference: string | undefined): number | null {
  const [letters] = /^[A-Z]{1,3}/.exec(reference ?? '') ?? []
  return letters === undefined ? null : Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0)
}
