import type { z } from 'zod'
import { CandidateInput } from '../candidate-input.ts'
import type { CsvField, CsvHeader } from './csv-header.ts'

export type RowReading = { input: CandidateInput } | { fault: string }

const NOT_UTF8 = 'The row has characters that are not UTF-8: save the file as "CSV UTF-8".'
const SINGLE_FIELDS = ['externalId', 'name', 'headline', 'location', 'summary', 'project', 'stage', 'profileUrl'] as const

/** What a row says of a candidate; empty cells say nothing. Else the fault, in words that name the column and what to do. */
export function readRow(header: CsvHeader, cells: string[]): RowReading {
  if (cells.some((cell) => cell.includes('\u{FFFD}'))) return { fault: NOT_UTF8 }
  const extra = cells.slice(header.fields.length).some((cell) => cell.trim() !== '')
  if (extra)
    return { fault: `The row has ${cells.length} cells, the header ${header.fields.length}: quote cells that contain the delimiter.` }

  const parsed = CandidateInput.safeParse(toInput(cellsByField(header, cells)))
  return parsed.success ? { input: parsed.data } : { fault: parsed.error.issues.map(describeIssue).join(' ') }
}

type Cells = Partial<Record<CsvField, string[]>>

/** Cells that are not empty, by what they fill; several columns may fill the same. */
function cellsByField({ fields }: CsvHeader, cells: string[]): Cells {
  const given: Cells = {}
  fields.forEach((field, at) => {
    const cell = cells[at]?.trim()
    if (field && cell) (given[field] ??= []).push(cell)
  })
  return given
}

function toInput(cells: Cells): Record<string, unknown> {
  const input: Partial<Record<keyof CandidateInput, unknown>> = {
    ...Object.fromEntries(SINGLE_FIELDS.map((field) => [field, cells[field]?.[0]])),
    name: cells.name?.[0] ?? joined([cells.firstName, cells.lastName], ' '),
    headline: cells.headline?.[0] ?? joined([cells.position, cells.company], ' at '),
    emails: listed(cells.emails),
    phones: listed(cells.phones)?.map((value) => ({ value })),
    links: listed(cells.links),
    tags: listed(cells.tags),
  }
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
}

function joined(parts: (string[] | undefined)[], between: string): string | undefined {
  return parts.flatMap((part) => part?.[0] ?? []).join(between) || undefined
}

function listed(cells: string[] | undefined): string[] | undefined {
  return cells?.flatMap((cell) => cell.split(';')).map((value) => value.trim()).filter((value) => value !== '') // prettier-ignore
}

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  const [field, index] = path
  const entry = typeof index === 'number' && index > 0 ? `, entry ${index + 1},` : ''
  return `${String(field)}${entry} ${message}.`
}
