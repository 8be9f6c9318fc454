const DAY_MS = 86_400_000
/** The days from the first day of each spreadsheet calendar to 1970. */
const EPOCH_DAYS = 25_569
const EPOCH_DAYS_1904 = EPOCH_DAYS - 1462
/** Excel keeps 15 digits; the rest is binary rounding noise. */
const DIGITS = 15
const MOST_FRACTION_DIGITS = 20

/** How a format shows numbers: as dates, with leading zeros up to a length, or (null) as they are. */
export type NumberFormat = { kind: 'date' } | { kind: 'padded'; length: number } | null

/** The longest that spreadsheet programs write. */
const LONGEST_CODE = 255

const DATES_BUILT_IN = [[14, 22], [27, 36], [45, 47], [50, 58]] as const // prettier-ignore

/** @param code the format's own text; undefined for a built-in format */
export function formatOf(id: number, code: string | undefined): NumberFormat {
  if (code === undefined) return DATES_BUILT_IN.some(([from, to]) => id >= from && id <= to) ? { kind: 'date' } : null
  const short = code.slice(0, LONGEST_CODE)
  if (/^0+$/.test(short)) return short.length > 1 ? { kind: 'padded', length: short.length } : null
  // quoted words, colors, conditions and languages are not part of the date
  // pattern exempt, at most 255 characters: the code is cut at LONGEST_CODE
  const bare = short.replaceAll(/"[^"]*"/g, '').replaceAll(/\[[^\]]*\]/g, '').replaceAll(/\\./g, '') // prettier-ignore
  return /[ymdhs]/i.test(bare) && !/general/i.test(bare) ? { kind: 'date' } : null
}

/** Returns the number of a cell as text. A phone number keeps all its digits, and nothing is in scientific notation. */
export function numberText(stored: string, format: NumberFormat, is1904: boolean): string {
  const number = Number(stored)
  if (stored.trim() === '' || !Number.isFinite(number)) return stored
  if (format?.kind === 'date') return dateText(number, is1904) ?? plainNumber(stored, number)
  const text = plainNumber(stored, number)
  return format?.kind === 'padded' && /^\d+$/.test(text) ? text.padStart(format.length, '0') : text
}

function plainNumber(stored: string, number: number): string {
  if (/^-?\d+$/.test(stored)) return stored
  if (Number.isInteger(number)) return BigInt(number).toString()
  const short = String(Number(number.toPrecision(DIGITS)))
  return short.includes('e') ? number.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: MOST_FRACTION_DIGITS }) : short
}

/** Returns `2026-03-01`, `2026-03-01 14:30`, or `14:30`; null if it is not a calendar day. */
function dateText(days: number, is1904: boolean): string | null {
  const ms = Math.round((days - (is1904 ? EPOCH_DAYS_1904 : EPOCH_DAYS)) * DAY_MS)
  const date = new Date(ms)
  if (days < 0 || Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) return null
  const [day = '', time = ''] = date.toISOString().split('T')
  const minutes = time.slice(0, 5)
  if (days < 1) return minutes
  return minutes === '00:00' ? day : `${day} ${minutes}`
}
