/** Characters that spreadsheets accept as the start of a formula, including wide forms and white space that they skip. */
const FORMULA = String.raw`[=+\-@＝＋－＠\t\r]`
/** Positions where a cell may begin for a reader that uses a separator other than a comma. */
const CELL_BEGIN = String.raw`(^|[;\t\r\n])`
const BEFORE_FORMULA = new RegExp(`${CELL_BEGIN}(?=${FORMULA})`, 'g')
const DEFUSED = new RegExp(`${CELL_BEGIN}'(?=${FORMULA})`, 'g')

/**
 * Returns a cell of an exported CSV, quoted if necessary. A cell may hold text from a stranger, so one that a
 * spreadsheet would run as a formula starts with an apostrophe instead.
 */
export function csvCell(value: string): string {
  const defused = value.replace(BEFORE_FORMULA, "$1'")
  return /[",;\t\r\n]|^\s|\s$/.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused
}

/** Returns a line of an exported CSV, including its line break. */
export function csvLine(values: readonly string[]): string {
  return `${values.map(csvCell).join(',')}\r\n`
}

/** Returns the original text of a cell that `csvCell` escaped, for exported files that are imported again. */
export function plainCell(cell: string): string {
  return cell.includes("'") ? cell.replace(DEFUSED, '$1') : cell
}
