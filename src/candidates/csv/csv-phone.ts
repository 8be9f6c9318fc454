import { parsePhoneNumberFromString, type CountryCode, getCountries, isSupportedCountry } from 'libphonenumber-js/max'
import { searchForm } from '../search-form.ts'

/** Of Lever's types of phones those that people are called by (recorded answers). */
export type PhoneType = 'mobile' | 'home' | 'work' | 'other'

export interface Phone {
  type?: PhoneType
  value: string
}

/** More than any number with its extension. libphonenumber looks for extensions in a time that grows faster than the text. */
const LONGEST_PHONE = 100

const TYPES: readonly (readonly [RegExp, PhoneType])[] = [
  [/fax|pager/, 'other'],
  [/mobil|móvil|movil|móvel|movel|cell|celular|iphone|handy|portable/, 'mobile'],
  [/home|personal|privat|casa|domicil|particular|residencial|pessoal|personnel/, 'home'],
  [
    /work|business|office|company|direct|trabajo|oficina|trabalho|comercial|gesch(?:ä|a)ftlich|bureau|professionnel|durchwahl|dienstlich|profesional|profissional/,
    'work',
  ],
]

/** Lever's type for what another product calls a phone, such as "* Work" or "Móvil"; null where it says nothing. */
export function phoneTypeOf(label: string): PhoneType | null {
  const word = label.toLowerCase().replace(/[^\p{L}]/gu, '') // prettier-ignore
  if (word === '') return null
  return TYPES.find(([pattern]) => pattern.test(word))?.[1] ?? 'other'
}

/**
 * A phone number in the form of E.164, the one that every phone system takes, with an extension behind it: "+12125550123 ext. 5".
 * The country is the number's own, else `country`; a number that is none there, and what is no number, stays as it is.
 * A type in parentheses behind it, as in "+1 212 555 0123 (mobile)", goes before `type`.
 */
export function readPhone(text: string, type: PhoneType | null, country: CountryCode | null): Phone {
  const [value, label] = splitLabel(text.trim())
  const known = phoneTypeOf(label) ?? type
  return { ...(known ? { type: known } : {}), value: internationalForm(value, country) ?? value }
}

/** A number and the word in parentheses behind it, which may be empty. */
function splitLabel(text: string): [value: string, label: string] {
  const suffix = /\((\p{L}[\p{L} ]*)\)$/u.exec(text)
  const value = text.slice(0, suffix?.index).trimEnd()
  return suffix?.[1] && /\d/.test(value) ? [value, suffix[1]] : [text, '']
}

/**
 * Null for what is no phone number. For one that names its country it is enough that its length fits: not every release knows the rarer
 * ranges.
 */
function internationalForm(value: string, country: CountryCode | null): string | null {
  if (value.length > LONGEST_PHONE || !/\d/.test(value)) return null
  const isInternational = /^\s*\+/.test(value)
  const withPlus = value.replace(/^\s*00(?=[1-9])/, '+')
  const parsed = parsePhoneNumberFromString(withPlus, { extract: false, ...(country ? { defaultCountry: country } : {}) })
  if (!parsed || !(isInternational ? parsed.isPossible() : parsed.isValid())) return null
  return parsed.ext ? `${parsed.number} ext. ${parsed.ext}` : parsed.number
}

/** Languages in which names of countries are known. */
const LANGUAGES = ['en', 'es', 'de', 'fr', 'it', 'pt']
const MORE_NAMES: readonly (readonly [string, CountryCode])[] = [
  ['usa', 'US'], ['us', 'US'], ['u.s.', 'US'], ['u.s.a.', 'US'], ['united states of america', 'US'], ['eeuu', 'US'], ['ee. uu.', 'US'],
  ['uk', 'GB'], ['u.k.', 'GB'], ['great britain', 'GB'], ['england', 'GB'], ['scotland', 'GB'], ['wales', 'GB'], ['northern ireland', 'GB'],
  ['uae', 'AE'], ['the netherlands', 'NL'], ['holland', 'NL'], ['czech republic', 'CZ'], ['turkey', 'TR'],
] // prettier-ignore
/** A state of the USA too. */
const AMBIGUOUS = ['georgia']

let known: Map<string, CountryCode> | undefined

/**
 * The country whose numbers a person's are read as: `country` is a name or a code of two letters, `location` text that ends with a
 * name ("Madrid, Spain"). Null where neither names one beyond doubt; codes count in `country` alone, since "CA" is California too.
 */
export function phoneCountryOf(country: string | undefined, location: string | undefined): CountryCode | null {
  const code = country?.trim().toUpperCase() ?? ''
  if (isSupportedCountry(code)) return code
  const names = (known ??= countryNames())
  const named = [country, location?.split(',').at(-1)].flatMap((text) => (text ? (names.get(searchForm(text)) ?? []) : []))
  return named[0] ?? null
}

function countryNames(): Map<string, CountryCode> {
  const names = new Map<string, CountryCode>()
  for (const language of LANGUAGES) {
    const nameOf = new Intl.DisplayNames([language], { type: 'region' })
    for (const country of getCountries()) names.set(searchForm(nameOf.of(country) ?? country), country)
  }
  for (const [name, country] of MORE_NAMES) names.set(name, country)
  for (const name of AMBIGUOUS) names.delete(name)
  return names
}
