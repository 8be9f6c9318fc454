/** Handles what spreadsheets do to texts and numbers when they save a sheet. */

/** A formula that has no calculated value in the file. */
export const FORMULA_WITHOUT_VALUE = '#FORMULA!'

const SCIENTIFIC = /^(\d)(?:[.,](\d{1,20}))?E\+?(\d{1,3})$/i

/** Returns the text of a cell that a spreadsheet protects as text with `="…"`. */
export function textOf(cell: string): string {
  const isText = cell.length >= 3 && cell.startsWith('="') && cell.endsWith('"')
  return isText ? cell.slice(2, -1).replaceAll('""', '"').trim() : cell
}

/**
 * Returns `34600555002` for `34600555002.0` and for `3.4600555002E10`, which has all digits; any other text
 * unchanged.
 */
export function wholeNumber(text: string): string {
  const [, first = '', rest = '', exponent = ''] = SCIENTIFIC.exec(text) ?? []
  if (first !== '' && rest.length === Number(exponent)) return first + rest
  return text.replace(/^(\+?\d{7,15})[.,]0{1,6}$/, '$1')
}

/** True for a long number whose last digits are lost: `3.46009E+11`. */
export function isCutNumber(text: string): boolean {
  return SCIENTIFIC.test(text) && wholeNumber(text) === text
}

/**
 * Like `isCutNumber`, for an id. An id such as `4E12`, without a plus sign, may be complete. Several people may have
 * the same cut id.
 */
export function isCutId(text: string): boolean {
  return text.includes('+') && isCutNumber(text)
}
