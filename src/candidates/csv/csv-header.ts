import { ServiceError } from '../../errors.ts'
import { lookUpName, plainName } from './column-names.ts'
import type { CsvField } from './column-names.ts'
import { readColumns, type CsvColumns } from './csv-columns.ts'
import type { CsvLine } from './csv-lines.ts'
import { followQuotes } from './csv-quotes.ts'
import { splitLine } from './csv-records.ts'

export interface CsvHeader extends CsvColumns {
  delimiter: CsvDelimiter
  /** The column names as in the file. */
  names: string[]
}

export const CSV_DELIMITERS = [',', ';', '\t'] as const
export type CsvDelimiter = (typeof CSV_DELIMITERS)[number]

const LONGEST_SHOWN_COLUMN = 200

/** Returns the named columns that fill no field, each name cut at 200 characters. */
export function ignoredColumns({ names, columns }: CsvHeader): string[] {
  return names.filter((name, at) => name !== '' && columns[at] === null).map((name) => name.slice(0, LONGEST_SHOWN_COLUMN))
}

/** In lines. LinkedIn's preamble has three; a longer block of text is not a preamble. */
const LONGEST_PREAMBLE = 20
/** Counts blank lines too. */
const LAST_HEADER_LINE = 100
const LONGEST_HEADER = 50_000
const MOST_COLUMNS = 1000
/** The error text for an empty file. */
export const EMPTY_FILE = 'is empty'
const IDENTIFYING: CsvField[] = ['externalId', 'name', 'emails', 'links', 'firstName']

/**
 * Reads up to the header row and leaves `lines` after it. Skips blank lines before it, a line that tells Excel the
 * separator ("sep=;"), and LinkedIn's "Notes:". The delimiter is the comma, semicolon, or tab that yields the most
 * known columns.
 * @throws ServiceError `invalid_request` if the file is empty, or no row has a column that identifies people
 */
export async function readHeader(lines: AsyncIterator<CsvLine>): Promise<CsvHeader> {
  let inPreamble = false
  let isEmpty = true
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    const { number, text } = next.value
    isEmpty &&= text.trim() === '' && number <= LAST_HEADER_LINE
    if (number > LAST_HEADER_LINE) break
    if (text.trim() === '' || /^"?sep=[^"]?"?[,;\t]*$/i.test(text.trim())) continue // trim also removes a tab
    const header = parseHeader(inPreamble ? text : await withOpenCells(text, lines))
    inPreamble ||= /^"?notes:/i.test(text.trim())
    if (header && (!inPreamble || fills(header, 'firstName'))) return header
    if (!inPreamble || number >= LONGEST_PREAMBLE) break
  }
  if (isEmpty) throw new ServiceError('invalid_request', 'The file is empty.', { errors: [{ path: 'file', message: EMPTY_FILE }] })
  throw new ServiceError('invalid_request', 'The file has no header row with candidate columns.', {
    hint: 'Put the column names in the first row (at most 1,000 columns). Required: name, and emails or links. Optional: externalId, headline, location, phones, tags, summary, project, stage, profileUrl. Save the file as "CSV UTF-8".',
    errors: [{ path: 'file', message: 'the header row names no known column' }],
  })
}

/** Returns the header row with the following lines that a quoted cell in it spans, up to a limit. */
async function withOpenCells(first: string, lines: AsyncIterator<CsvLine>): Promise<string> {
  let text = first
  let delimiter = likelyDelimiter(text)
  for (let more = 0; more < LAST_HEADER_LINE && text.length <= LONGEST_HEADER; more += 1) {
    if (delimiter !== null && !isOpen(text, delimiter)) break
    const next = await lines.next()
    if (next.done === true) break
    text += `\n${next.value.text}`
    delimiter ??= likelyDelimiter(text)
  }
  return text
}

/**
 * Returns the delimiter that yields the most known columns so far; null while the first cell is open, because it says
 * nothing about the delimiter.
 */
function likelyDelimiter(text: string): CsvDelimiter | null {
  if (CSV_DELIMITERS.every((delimiter) => isOpen(text, delimiter))) return null
  const readings = CSV_DELIMITERS.map((delimiter) => {
    const open = isOpen(text, delimiter)
    const names = splitLine(open ? `${text}"` : text, delimiter) ?? []
    return { delimiter, open, known: names.filter((name) => lookUpName(plainName(name)) !== null).length }
  })
  const [best] = readings.toSorted((a, b) => b.known - a.known || Number(b.open) - Number(a.open))
  return best?.delimiter ?? null
}

function isOpen(text: string, delimiter: CsvDelimiter): boolean {
  return followQuotes(text, delimiter, false).state === 'open'
}

function parseHeader(text: string): CsvHeader | null {
  if (text.length > LONGEST_HEADER) return null
  const readings = CSV_DELIMITERS.flatMap((delimiter): CsvHeader[] => {
    const names = (splitLine(text, delimiter) ?? []).map((name) => name.replace(/\s+/g, ' '))
    return names.length > MOST_COLUMNS ? [] : [{ delimiter, names, ...readColumns(names) }]
  })
  const [best] = readings.toSorted((a, b) => knownIn(b) - knownIn(a))
  return best && fills(best, ...IDENTIFYING) ? best : null
}

function fills({ columns }: CsvHeader, ...fields: CsvField[]): boolean {
  return columns.some((column) => column !== null && fields.includes(column.field))
}

function knownIn({ columns }: CsvHeader): number {
  return columns.filter((column) => column !== null).length
}
