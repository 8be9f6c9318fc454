import {
  COMPANY_PAGES,
  FIRST_OR_FULL,
  JOBS,
  LAST_OR_FULL,
  lookUpName,
  OF_COMPANY,
  plainName,
  TITLES,
  type CsvField,
} from './column-names.ts'
import { phoneTypeOf, type PhoneType } from './csv-phone.ts'

export interface CsvColumn {
  field: CsvField
  /** The type of a phone column, if its name indicates one. */
  phoneType: PhoneType | null
  /** Joins a phone column with the column that names its type: "Phone 2 - Type" and "Phone 2 - Value". */
  group: string | null
}

export interface CsvColumns {
  /** By position; null for an unknown column, which is ignored. */
  columns: (CsvColumn | null)[]
  /** True if a comma and a space may also separate the values in a cell, as in Greenhouse's exports. */
  hasCommaLists: boolean
}

const COMMA_LISTS = ['emailaddresses', 'phonenumbers', 'websiteaddresses', 'leverprofileid', 'leverpostingurl']

/** Returns the fields that the columns of a header row fill. */
export function readColumns(header: readonly string[]): CsvColumns {
  const names = header.map(plainName)
  return {
    columns: names.map((name) => columnOf(name, names)),
    hasCommaLists: COMMA_LISTS.some((name) => names.includes(name)),
  }
}

function columnOf(name: string, names: readonly string[]): CsvColumn | null {
  const has = (field: CsvField): boolean => names.some((other) => lookUpName(other)?.field === field)
  if (TITLES.includes(name) && names.some((other) => JOBS.includes(other))) return null
  if (FIRST_OR_FULL.includes(name)) return column(has('lastName') ? 'firstName' : 'name')
  if (LAST_OR_FULL.includes(name)) return column(has('firstName') ? 'lastName' : 'name')
  if (name === 'name' && names.includes('vorname') && !has('lastName')) return column('lastName')
  if (OF_COMPANY.includes(name) && names.some((other) => COMPANY_PAGES.includes(other))) return null
  if (name === 'profileurl' && has('firstName') && !names.includes('externalid')) return column('links') // LinkedIn's, not the sourcing tool's
  const known = lookUpName(name)
  return known && column(known.field, known.field === 'phones' ? columnPhoneType(name) : null, known.number)
}

function column(field: CsvField, phoneType: PhoneType | null = null, group: string | null = null): CsvColumn {
  return { field, phoneType, group }
}

/**
 * Column names such as "Main phone" and "Candidate phone" indicate no type, although the same word in parentheses
 * after a number does.
 */
function columnPhoneType(name: string): PhoneType | null {
  const type = phoneTypeOf(name)
  return type === 'other' && !name.startsWith('other') ? null : type
}
