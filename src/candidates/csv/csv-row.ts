import type { z } from 'zod'
import { plainCell } from '../../csv-cell.ts'
import { CandidateInput } from '../candidate-input.ts'
import type { CsvColumn, CsvField } from './csv-columns.ts'
import type { CsvHeader } from './csv-header.ts'
import { phoneTypeOf, readPhone, type Phone } from './csv-phone.ts'
import { phoneCountryOf } from './phone-country.ts'

export type RowReading = { input: CandidateInput } | { fault: string }

const UNREADABLE = 'The row has characters that cannot be read: save the file as "CSV UTF-8".'
/** Its own groups are marked in "Labels": "* myContacts". */
const GROUP_OF_GOOGLE = /^\* /
const SINGLE_FIELDS = ['externalId', 'summary', 'project', 'stage', 'profileUrl'] as const

/** What a row says of a candidate; empty cells say nothing. Else the fault, in words that name the column and what to do. */
export function readRow(header: CsvHeader, cells: string[]): RowReading {
  if (cells.some((cell) => cell.includes('\u{FFFD}'))) return { fault: UNREADABLE }
  const extra = cells.slice(header.columns.length).some((cell) => cell.trim() !== '')
  if (extra)
    return { fault: `The row has ${cells.length} cells, the header ${header.columns.length}: quote cells that contain the delimiter.` }

  const parsed = CandidateInput.safeParse(toInput(givenCells(header, cells), header.hasCommaLists))
  return parsed.success ? { input: parsed.data } : { fault: parsed.error.issues.map(describeIssue).join(' ') }
}

interface GivenCell {
  text: string
  column: CsvColumn
}

/** By what they fill, which several columns may do alike. */
type GivenCells = Partial<Record<CsvField, GivenCell[]>>

function givenCells({ columns }: CsvHeader, cells: string[]): GivenCells {
  const given: GivenCells = {}
  columns.forEach((column, at) => {
    const text = plainCell(cells[at] ?? '').trim()
    if (column && text) (given[column.field] ??= []).push({ text, column })
  })
  return given
}

function toInput(cells: GivenCells, hasCommaLists: boolean): Record<string, unknown> {
  const between = hasCommaLists ? /;|,\s|\s:::\s/ : /;|\s:::\s/
  const first = (field: CsvField): string | undefined => cells[field]?.[0]?.text
  const location = first('location') ?? joined([first('city'), first('region'), first('country')], ', ')
  const input: Partial<Record<keyof CandidateInput, unknown>> = {
    ...Object.fromEntries(SINGLE_FIELDS.map((field) => [field, first(field)])),
    name: first('name') ?? joined([first('firstName'), first('middleName'), first('lastName')], ' '),
    headline: first('headline') ?? joined([first('position'), first('company')], ' at '),
    location,
    emails: listed(cells.emails, /[;,]|\s:::\s/)?.map(({ text }) => text.replace(/\s*\(\p{L}+\)$/u, '')),
    phones: phonesOf(cells, between, location),
    links: linksOf(cells, between),
    tags: listed(cells.tags, between, GROUP_OF_GOOGLE)?.map(({ text }) => text),
  }
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
}

/** What "Social Media" columns hold may be the name of an account, "@ana": only addresses are links. */
function linksOf({ links, socialMedia }: GivenCells, between: RegExp): string[] | undefined {
  const social = listed(socialMedia, between)?.filter(({ text }) => /^https?:\/\/.*\//i.test(withScheme(text)))
  const all = [...(listed(links, between) ?? []), ...(social ?? [])]
  return all.length > 0 ? all.map(({ text }) => withScheme(text)) : undefined
}

function joined(parts: (string | undefined)[], between: string): string | undefined {
  return [...new Set(parts)].filter((part) => part !== undefined).join(between) || undefined
}

/** The single values of cells that may hold several, but those that `ignored` fits; undefined where there is none. */
function listed(cells: GivenCell[] | undefined, between: RegExp, ignored = /^$/): GivenCell[] | undefined {
  const values = (cells ?? []).flatMap(({ text, column }) => text.split(between).map((value) => ({ text: value.trim(), column })))
  const kept = values.filter(({ text }) => text !== '' && !ignored.test(text))
  return kept.length > 0 ? kept : undefined
}

/** Of two with the same number the first is taken. */
function phonesOf(cells: GivenCells, between: RegExp, location: string | undefined): Phone[] | undefined {
  const country = phoneCountryOf(cells.country?.[0]?.text, location)
  const phones = listed(cells.phones, between)?.map(({ text, column }) => {
    const label = cells.phoneType?.find((other) => other.column.group === column.group)?.text
    return readPhone(text, phoneTypeOf(label ?? '') ?? column.phoneType, country)
  })
  return phones?.filter(({ value }, at) => phones.findIndex((other) => other.value === value) === at)
}

/** Addresses as products list them, "www.linkedin.com/in/ana", are links without their scheme. */
function withScheme(text: string): string {
  return /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+(\/\S*)?$/u.test(text) ? `https://${text}` : text
}

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  const [field, index] = path
  const entry = typeof index === 'number' && index > 0 ? `, entry ${index + 1},` : ''
  return `${String(field)}${entry} ${message}.`
}
