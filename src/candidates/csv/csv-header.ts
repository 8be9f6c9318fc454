import { ServiceError } from '../../errors.ts'
import type { CsvLine } from './csv-lines.ts'
import { splitLine } from './csv-records.ts'

/** What a column fills. The last ones stand only in LinkedIn's export of connections. */
export type CsvField =
  | 'externalId' | 'name' | 'headline' | 'location' | 'emails' | 'phones' | 'links' | 'tags' | 'summary' | 'project' | 'stage' | 'profileUrl'
  | 'firstName' | 'lastName' | 'company' | 'position' // prettier-ignore

export interface CsvHeader {
  delimiter: string
  /** By position; null where the column is not known and ignored. */
  fields: (CsvField | null)[]
}

const DELIMITERS = [',', ';', '\t'] as const
/** A preamble longer than this is none (LinkedIn's has three lines). */
const LONGEST_PREAMBLE = 20

const OWN_COLUMNS = new Map<string, CsvField>([
  ['externalid', 'externalId'],
  ['name', 'name'],
  ['headline', 'headline'],
  ['location', 'location'],
  ['email', 'emails'],
  ['emails', 'emails'],
  ['phone', 'phones'],
  ['phones', 'phones'],
  ['link', 'links'],
  ['links', 'links'],
  ['tag', 'tags'],
  ['tags', 'tags'],
  ['summary', 'summary'],
  ['project', 'project'],
  ['stage', 'stage'],
  ['profileurl', 'profileUrl'],
])
/** Columns of LinkedIn's "Connections.csv", as its data export writes them. */
const LINKEDIN_COLUMNS = new Map<string, CsvField>([
  ['firstname', 'firstName'],
  ['lastname', 'lastName'],
  ['url', 'links'],
  ['emailaddress', 'emails'],
  ['company', 'company'],
  ['position', 'position'],
])
const IDENTIFYING: CsvField[] = ['externalId', 'name', 'emails', 'links', 'firstName']

/**
 * Reads up to the header row and leaves `lines` behind it. Blank lines before it and LinkedIn's "Notes:" are passed over; the delimiter
 * is the one of comma, semicolon and tab by which most columns are known.
 * @throws ServiceError `invalid_request` where no row names a column that tells people apart
 */
export async function readHeader(lines: AsyncIterator<CsvLine>): Promise<CsvHeader> {
  let inPreamble = false
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    const { number, text } = next.value
    if (text.trim() === '') continue
    const header = parseHeader(text)
    inPreamble ||= /^"?notes:/i.test(text.trim())
    if (inPreamble ? header?.fields.includes('firstName') : header) return header as CsvHeader
    if (!inPreamble || number >= LONGEST_PREAMBLE) break
  }
  throw new ServiceError('invalid_request', 'The file has no header row with the columns of candidates.', {
    hint: `Name the columns in the first line: ${[...new Set(OWN_COLUMNS.values())].join(', ')}; name and emails or links are the least. Save the file as "CSV UTF-8".`,
    errors: [{ path: 'file', message: 'the header row names no column that is known' }],
  })
}

function parseHeader(text: string): CsvHeader | null {
  const readings = DELIMITERS.map((delimiter): CsvHeader => ({ delimiter, fields: toFields(splitLine(text, delimiter) ?? []) }))
  const [best] = readings.toSorted((a, b) => knownIn(b) - knownIn(a))
  return best?.fields.some((field) => field !== null && IDENTIFYING.includes(field)) ? best : null
}

function toFields(cells: string[]): (CsvField | null)[] {
  const names = cells.map((cell) => cell.toLowerCase().replace(/[\s_.-]/g, ''))
  const fromLinkedIn = names.includes('firstname') && names.includes('lastname')
  return names.map((name) => OWN_COLUMNS.get(name) ?? (fromLinkedIn ? LINKEDIN_COLUMNS.get(name) : undefined) ?? null)
}

function knownIn({ fields }: CsvHeader): number {
  return fields.filter((field) => field !== null).length
}
