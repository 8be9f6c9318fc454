/** What spreadsheets take for the beginning of a formula, wide forms too, and white space that they pass over before it. */
const FORMULA = String.raw`[=+\-@＝＋－＠\t\r]`
/** Where a cell may begin for a reader that takes another separator than ours. */
const CELL_BEGIN = String.raw`(^|[;\t\r\n])`
const BEFORE_FORMULA = new RegExp(`${CELL_BEGIN}(?=${FORMULA})`, 'g')
const DEFUSED = new RegExp(`${CELL_BEGIN}'(?=${FORMULA})`, 'g')

/**
 * A cell of a CSV that we give out, quoted where it must be. What a spreadsheet would run as a formula begins with an apostrophe
 * instead: a cell may hold what a stranger wrote.
 */
export function csvCell(value: string): string {
  const defused = value.replace(BEFORE_FORMULA, "$1'")
  return /[",;\t\r\n]|^\s|\s$/.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused
}

/** A line of a CSV that we give out, with its end. */
export function csvLine(values: readonly string[]): string {
  return `${values.map(csvCell).join(',')}\r\n`
}

/** What stood in a cell before `csvCell` defused it, for files of ours that come back. */
export function plainCell(cell: string): string {
  return cell.includes("'") ? cell.replace(DEFUSED, '$1') : cell
}
