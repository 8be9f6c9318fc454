import { phoneTypeOf, type PhoneType } from './csv-phone.ts'

/** What a column fills. The last ones are parts of a field of candidates, as other products keep them apart. */
export const CSV_FIELDS = [
  'externalId', 'name', 'headline', 'location', 'emails', 'phones', 'links', 'tags', 'summary', 'project', 'stage', 'profileUrl',
  'firstName', 'middleName', 'lastName', 'position', 'company', 'city', 'region', 'country', 'phoneType', 'socialMedia',
] as const // prettier-ignore
export type CsvField = (typeof CSV_FIELDS)[number]

export interface CsvColumn {
  field: CsvField
  /** Of phones, where the column's name tells it. */
  phoneType: PhoneType | null
  /** Joins phones with the column that names their type: "Phone 2 - Type" and "Phone 2 - Value". */
  group: string | null
}

export interface CsvColumns {
  /** By position; null where the column is not known and ignored. */
  columns: (CsvColumn | null)[]
  /** Several values in a cell may be separated by a comma and a space too, as in Greenhouse's exports. */
  hasCommaLists: boolean
}

/** The names of our own fields, in any case; of lists also the singular. */
const OWN = new Map<string, CsvField>([
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

/**
 * Names as other products write them, without white space and punctuation: LinkedIn's connections, LinkedIn Recruiter, Google contacts
 * (to 2024: "Given Name", "Organization 1 - Title"; since: "First Name", "Organization Title"), Outlook, Greenhouse.
 * The names of Recruiter and Greenhouse are assumed, those of the others are on record in public code that reads them.
 */
const FOREIGN: readonly (readonly [RegExp, CsvField])[] = [
  [/^(first|given|fore)name$/, 'firstName'],
  [/^(middle|additional)name$/, 'middleName'],
  [/^((last|family)name|surname)$/, 'lastName'],
  [/^(full|candidate)name$/, 'name'],
  [/^(primary|personal|home|private|work|business|other|candidate)?email(address)?\d*(address|value)?(es|s)?$/, 'emails'],
  [/^phone(?<group>\d+)(type|label)$/, 'phoneType'],
  [/^(primary|main|home|personal|private|work|business|office|company|direct|other|candidate|mobile|cell)?(phone|telephone|mobile|cell)(?<group>\d*)((number|value)s?\d*|s\d*)?$/, 'phones'], // prettier-ignore
  [/^(current)?location$/, 'location'],
  [/^(current)?(company|employer)(name)?$|^organization1?name$/, 'company'],
  [/^(current|job)?(title|position)$|^organization1?title$/, 'position'],
  [/^(url|links?|(personal)?web(page|site))$|^website(address)?(es|s)$|^website\d+value$/, 'links'],
  [/^(public)?(linkedin|github)?(public)?(profile)?url$|^linkedin(profile)?$/, 'links'],
  [/^socialmedia(address)?(es)?$/, 'socialMedia'],
  [/^(candidatetags?|labels|groupmembership)$/, 'tags'],
  [/^(address1|home)?city$/, 'city'],
  [/^(address1region|(home)?(state|region|province))$/, 'region'],
  [/^(address1|home)?country(region|code)?$/, 'country'],
  [/^activeproject$/, 'project'],
] // prettier-ignore

const LONGEST_NAME = 300
const COMMA_LISTS = ['emailaddresses', 'phonenumbers', 'websiteaddresses']

/** What the columns of a header row fill. */
export function readColumns(header: readonly string[]): CsvColumns {
  const names = header.map(plainName)
  const isForeign = names.includes('firstname') && !names.includes('externalid')
  return {
    columns: names.map((name) => {
      if (name === 'title' && names.includes('jobtitle')) return null // Outlook's for "Dr"
      if (name === 'profileurl' && isForeign) return column('links') // LinkedIn's page of the person, not the sourcing tool's
      return columnOf(name)
    }),
    hasCommaLists: COMMA_LISTS.some((name) => names.includes(name)),
  }
}

function columnOf(name: string): CsvColumn | null {
  const own = OWN.get(name)
  if (own) return column(own)
  for (const [pattern, field] of FOREIGN) {
    const match = pattern.exec(name)
    if (match) return column(field, field === 'phones' ? columnPhoneType(name) : null, match.groups?.['group'] || null)
  }
  return null
}

function column(field: CsvField, phoneType: PhoneType | null = null, group: string | null = null): CsvColumn {
  return { field, phoneType, group }
}

/** "Main phone" and "Candidate phone" tell no kind, unlike such a label beside a number. */
function columnPhoneType(name: string): PhoneType | null {
  const type = phoneTypeOf(name)
  return type === 'other' && !name.startsWith('other') ? null : type
}

/** Empty for a name that is too long to be one. */
function plainName(header: string): string {
  if (header.length > LONGEST_NAME) return ''
  return header.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '') // prettier-ignore
}
