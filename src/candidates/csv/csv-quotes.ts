/**
 * The state of a line's cells at its end: all closed, a quoted cell still open, or text after the closing quotation
 * mark of a cell.
 */
export interface LineQuotes {
  state: 'closed' | 'open' | 'broken'
  /** True if the open or broken cell started in this line. */
  isOpenedHere: boolean
}

/**
 * Follows the quotation marks of a line in one pass. As in csv-parse with `trim` and `relax_quotes`, a quotation mark
 * counts only at the beginning of a cell, ignoring white space.
 * @param isOpen whether the line continues a quoted cell
 */
export function followQuotes(text: string, delimiter: string, isOpen: boolean): LineQuotes {
  let at = 0
  let isQuoted = isOpen
  let isOpenedHere = false
  const end = (state: LineQuotes['state']): LineQuotes => ({ state, isOpenedHere })
  for (;;) {
    if (!isQuoted) {
      at = skipSpace(text, at, delimiter)
      if (text[at] !== '"') {
        const next = text.indexOf(delimiter, at)
        if (next === -1) return end('closed')
        at = next + 1
        continue
      }
      at += 1
      isQuoted = true
      isOpenedHere = true
    }
    const mark = text.indexOf('"', at)
    if (mark === -1) return end('open')
    if (text[mark + 1] === '"') {
      at = mark + 2
      continue
    }
    at = skipSpace(text, mark + 1, delimiter)
    if (at >= text.length) return end('closed')
    if (text[at] !== delimiter) return end('broken')
    at += 1
    isQuoted = false
  }
}

function skipSpace(text: string, from: number, delimiter: string): number {
  let at = from
  while (text[at] !== delimiter && (text[at] ?? 'x').trim() === '') at += 1
  return at
}
