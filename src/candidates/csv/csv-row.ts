import { z } from 'zod'
import { plainCell } from '../../csv-cell.ts'
import { isPlaceholder, isPlaceholderId } from '../../people/placeholder.ts'
import { CandidateInput, LONGEST_LINK, LONGEST_LIST, LONGEST_TEXT, withoutInvisible } from '../candidate-input.ts'
import type { CsvField } from './column-names.ts'
import type { CsvColumn } from './csv-columns.ts'
import type { CsvHeader } from './csv-header.ts'
import { phoneTypeOf, readPhone, type Phone, phoneCountryOf } from './csv-phone.ts'
import { FORMULA_WITHOUT_VALUE, isCutId, isCutNumber, textOf, wholeNumber } from './spreadsheet-cell.ts'

/** `warnings` name the values of the row that are left out. They contain no personal data. */
export type RowReading = { input: CandidateInput; warnings: string[] } | { fault: string }

/** `CandidateInput.safeParse` captures a stack trace for each invalid row, and takes several times as long. */
const safeParse = z.core._safeParse(z.core.$ZodError)

const UNREADABLE = 'The row has unreadable characters: save the file as "CSV UTF-8".'
/** Google marks its own groups in "Labels" this way: "* myContacts". */
const GROUP_OF_GOOGLE = /^\* /
/**
 * The longest cell of a column in characters; a longer one is refused before anything reads it. One line of text fits
 * in 300. Headline, location, and summary may be as long as in a candidate, and some columns hold several values in a
 * cell.
 */
const LONGEST_LINE = 300
const LONGER_CELLS: Partial<Record<CsvField, number>> = {
  headline: LONGEST_TEXT,
  location: LONGEST_TEXT,
  summary: LONGEST_TEXT,
  profileUrl: LONGEST_LINK,
  emails: 20_000,
  phones: 20_000,
  links: 20_000,
  socialMedia: 20_000,
  tags: 20_000,
}
const LONGEST_SHOWN_NAME = 60
const SINGLE_FIELDS = ['externalId', 'summary', 'project', 'stage', 'profileUrl'] as const

/**
 * Returns the row's values; empty cells are ignored. For an invalid row it returns the fault: a message that names
 * the column and the fix, or an empty text unless `isDescribed`.
 */
export function readRow(header: CsvHeader, cells: string[], isDescribed = true): RowReading {
  const tooLong = describeLongCell(header, cells)
  if (tooLong !== null) return { fault: tooLong }
  if (cells.some((cell) => cell.includes('\u{FFFD}'))) return { fault: UNREADABLE }
  const extra = cells.slice(header.columns.length).some((cell) => cell.trim() !== '')
  if (extra)
    return { fault: `The row has ${cells.length} cells, the header ${header.columns.length}: quote cells that contain the delimiter.` }

  const given = givenCells(header, cells)
  const noAddress = describeNoAddress(given)
  if (noAddress !== null) return { fault: noAddress }
  const warnings = leaveOut(given)
  const input = toInput(given, header.hasCommaLists)
  const parsed = safeParse(CandidateInput, input)
  if (parsed.success) return { input: parsed.data, warnings }
  return { fault: isDescribed ? parsed.error.issues.map((issue) => describeIssue(issue, given, input)).join(' ') : '' } // zod creates it on access
}

function describeLongCell({ columns, names }: CsvHeader, cells: readonly string[]): string | null {
  for (const [at, column] of columns.entries()) {
    const longest = column === null ? Infinity : (LONGER_CELLS[column.field] ?? LONGEST_LINE)
    const name = (names[at] ?? '').slice(0, LONGEST_SHOWN_NAME)
    if ((cells[at]?.length ?? 0) > longest) return `The cell in the column "${name}" is longer than ${longest} characters.`
  }
  return null
}

interface GivenCell {
  text: string
  column: CsvColumn
  /** The column's name in the file. */
  header: string
}

/** Fields from which invisible characters are removed. Names and texts keep them, since some scripts need them. */
const WITHOUT_INVISIBLE: readonly CsvField[] = ['emails', 'phones', 'links', 'socialMedia', 'profileUrl']

/** By field, since several columns may fill the same one. */
type GivenCells = Partial<Record<CsvField, GivenCell[]>>

function givenCells({ columns, names }: CsvHeader, cells: string[]): GivenCells {
  const given: GivenCells = {}
  columns.forEach((column, at) => {
    if (!column) return
    const plain = textOf(plainCell(cells[at] ?? '').trim())
    const text = WITHOUT_INVISIBLE.includes(column.field) ? withoutInvisible(plain) : plain
    if (text) (given[column.field] ??= []).push({ text, column, header: (names[at] ?? '').slice(0, LONGEST_SHOWN_NAME) })
  })
  return given
}

/** Returns the error for a cell that only says that there is no address, such as "N/A". */
function describeNoAddress({ emails }: GivenCells): string | null {
  const none = emails?.find(({ text }) => isPlaceholder(text))
  return none ? `The cell in the column "${none.header}" says that there is no email address: leave the cell empty.` : null
}

/** The maximum number of columns of one kind that a row's warnings name. */
const MOST_NAMED = 3

/**
 * Removes values that should not be imported.
 * @returns a message for each
 */
function leaveOut(cells: GivenCells): string[] {
  const warnings: string[] = []
  const drop = (field: CsvField, isWrong: (text: string) => boolean, why: string): void => {
    const wrong = (cells[field] ?? []).filter(({ text }) => isWrong(text))
    if (wrong.length === 0) return
    for (const { header } of wrong.slice(0, MOST_NAMED)) warnings.push(`The column "${header}" ${why}`)
    const others = cells[field]?.filter(({ text }) => !isWrong(text)) ?? []
    if (others.length > 0) cells[field] = others
    else delete cells[field]
  }
  for (const field of Object.keys(cells) as CsvField[]) drop(field, (text) => text === FORMULA_WITHOUT_VALUE, 'has a formula without a calculated value. The value is not imported: open the file in a spreadsheet program, save it, and import it again.')
  drop('phones', isCutNumber, 'has a phone number that a spreadsheet cut to its first digits. The number is not imported: format the column as text, and export the file again.')
  drop('externalId', isCutId, 'has an id that a spreadsheet cut to its first digits. The row is imported without an id: format the column as text, and export the file again.')
  drop('phones', isPlaceholder, 'has a word for "none" instead of a phone number. It is not imported.')
  drop('links', isPlaceholder, 'has a word for "none" instead of a link. It is not imported.')
  drop('externalId', isPlaceholderId, 'has a word for "none" instead of an id. The row is imported without an id.')
  return warnings
} // prettier-ignore

function toInput(cells: GivenCells, hasCommaLists: boolean): Record<string, unknown> {
  const between = hasCommaLists ? /;|,\s|\s:::\s/ : /;|\s:::\s/
  const betweenPhones = hasCommaLists ? /[;|\n]|,\s|\s:::\s|[,/]\s*(?=\+)/ : /[;|\n]|\s:::\s|[,/]\s*(?=\+)/
  const betweenTags = hasCommaLists ? /[;,]|\s:::\s/ : between
  const location = first(cells, 'location') ?? joined(new Set(partsOf(cells, ['city', 'region', 'country'])), ', ')
  const values: [keyof CandidateInput, unknown][] = [
    ['name', first(cells, 'name') ?? joined(partsOf(cells, ['firstName', 'middleName', 'lastName']), ' ')],
    ['headline', first(cells, 'headline') ?? joined(new Set(partsOf(cells, ['position', 'company'])), ' at ')],
    ['location', location],
    ['emails', emailsOf(cells)],
    ['phones', phonesOf(cells, betweenPhones, location)],
    ['links', linksOf(cells, between)],
    ['tags', listed(cells.tags, betweenTags, GROUP_OF_GOOGLE)?.map(({ text }) => text)],
  ]
  const input: Record<string, unknown> = {}
  for (const field of SINGLE_FIELDS) if (cells[field]) input[field] = first(cells, field)
  for (const [field, value] of values) if (value !== undefined) input[field] = value
  return input
}

function first(cells: GivenCells, field: CsvField): string | undefined {
  return cells[field]?.[0]?.text
}

/**
 * Accepts addresses as mail programs write them: `"López, Ana" <ana@a.example>`, `mailto:ana@a.example`,
 * "ana@a.example (Work)".
 */
function emailsOf({ emails }: GivenCells): string[] | undefined {
  const cells = emails?.map((cell) => (cell.text.includes('<') ? { ...cell, text: cell.text.replace(/"[^"]*"/g, ' ') } : cell))
  const found = listed(cells, /[;,|\n]|\s:::\s/)?.flatMap(({ text, column }) => {
    const isName = !text.includes('@') && emails?.some((cell) => cell.column === column && cell.text.includes('<'))
    return isName ? [] : addressesIn(text)
  })
  if (found?.length === 0) return emails?.map(({ text }) => text) // brackets without an address are a fault
  return found && [...new Set(found.slice(0, LONGEST_LIST + 1))]
}

function addressesIn(text: string): string[] {
  const bracketed = /<([^<>]*)>/.exec(text)?.[1]
  const words = (bracketed ?? text).split(/\s/).filter((word) => word !== '' && word !== '/' && !/^\(\p{L}+\)$/u.test(word))
  const parts = words.every((word) => word.includes('@')) ? words : [words.join(' ')]
  return parts.map((part) => {
    const address = withoutQuotes(part.replace(/\(\p{L}+\)$/u, '')).replace(/^mailto:([^?]*).*/i, '$1')
    return address.endsWith('.') ? address.slice(0, -1) : address
  })
}

/** Outlook shows an address without a name as `'ana@a.example'`. */
function withoutQuotes(text: string): string {
  const [mark = ''] = /^['"]/.exec(text) ?? []
  return mark !== '' && text.length > 2 && text.endsWith(mark) ? text.slice(1, -1) : text
}

const BETWEEN_LINKS = /[;|\n]|,(?:\s|$)|\s:::\s|[,\s](?=https?:\/\/|www\.)|,(?=(?:[a-z\d-]+\.)+[a-z]+\/)/i

/** "Social Media" columns may hold an account name such as "@ana"; only addresses are links. */
function linksOf({ links, socialMedia }: GivenCells, between: RegExp): string[] | undefined {
  const social = listed(socialMedia, between)?.filter(({ text }) => /^https?:\/\/.*\//i.test(withScheme(text)))
  const all = [...(listed(links, BETWEEN_LINKS) ?? []), ...(social ?? [])]
  return all.length > 0 ? all.map(({ text }) => withScheme(text)) : undefined
}

function partsOf(cells: GivenCells, fields: readonly CsvField[]): string[] {
  return fields.flatMap((field) => first(cells, field) ?? [])
}

function joined(parts: Iterable<string>, between: string): string | undefined {
  return [...parts].join(between) || undefined
}

/**
 * Returns the single values of cells that may hold several, without those that match `ignored`; undefined if none is
 * left. It stops one past a candidate's limit, which is enough to report that there are too many.
 */
function listed(cells: GivenCell[] | undefined, between: RegExp, ignored = /^$/): GivenCell[] | undefined {
  const kept: GivenCell[] = []
  for (const { text, column, header } of cells ?? []) {
    for (const value of text.split(between)) {
      const trimmed = value.trim()
      if (trimmed !== '' && !ignored.test(trimmed)) kept.push({ text: trimmed, column, header })
      if (kept.length > LONGEST_LIST) return kept
    }
  }
  return kept.length > 0 ? kept : undefined
}

/** Of two phones with the same number, the first is used. */
function phonesOf(cells: GivenCells, between: RegExp, location: string | undefined): Phone[] | undefined {
  const country = phoneCountryOf(cells.country?.[0]?.text, location)
  const phones = listed(cells.phones, between)?.map(({ text, column }) => {
    const label = cells.phoneType?.find((other) => other.column.group === column.group)?.text
    return readPhone(wholeNumber(text), phoneTypeOf(label ?? '') ?? column.phoneType, country)
  })
  if (phones && phones.length > LONGEST_LIST) return phones
  return phones?.filter(({ value }, at) => phones.findIndex((other) => other.value === value) === at)
}

/** Products list addresses such as "www.linkedin.com/in/ana", which become links once they have a scheme. */
function withScheme(text: string): string {
  return /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+(\/\S*)?$/u.test(text) ? `https://${text}` : text
}

/** Names the column of the file, if there is one, and never the value. */
function describeIssue({ path, message }: z.core.$ZodIssue, given: GivenCells, input: Record<string, unknown>): string {
  const [field, index] = path
  const filling = (FILLED_BY[String(field)] ?? [String(field) as CsvField]).flatMap((one) => given[one] ?? [])
  const [only] = filling
  const isList = typeof index === 'number'
  const found = filling.length === 1 ? only : isList ? filling.find((cell) => holds(cell, input[String(field)], index)) : undefined
  const entry = isList && index > 0 ? `, entry ${index + 1},` : ''
  if (!found) return `${String(field)}${entry} ${message}.`
  if (!isList) return `The column "${found.header}" ${message}.`
  return `The column "${found.header}" has a value that ${message}${index > 0 && filling.length === 1 ? ` (entry ${index + 1})` : ''}.`
}

/** Fields that columns of other names also fill. */
const FILLED_BY: Readonly<Record<string, readonly CsvField[]>> = {
  name: ['name', 'firstName', 'middleName', 'lastName'],
  headline: ['headline', 'position', 'company'],
  location: ['location', 'city', 'region', 'country'],
  links: ['links', 'socialMedia'],
}

function holds({ text }: GivenCell, list: unknown, index: number): boolean {
  const entry: unknown = Array.isArray(list) ? list[index] : undefined
  return typeof entry === 'string' && text.includes(entry.replace(/^https:\/\//, ''))
}
