import { parsePhoneNumberFromString, type CountryCode, getCountries, isSupportedCountry } from 'libphonenumber-js/max'
import { searchForm } from '../search-form.ts'

/** Lever's types of phone numbers on which a person can be called (from recorded answers). */
export type PhoneType = 'mobile' | 'home' | 'work' | 'other'

export interface Phone {
  type?: PhoneType
  value: string
}

/**
 * Longer than any number with its extension. The time libphonenumber takes to find extensions grows faster than the
 * text.
 */
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

/** Returns Lever's type for another product's phone label, such as "* Work" or "Móvil", or null for an unknown label. */
export function phoneTypeOf(label: string): PhoneType | null {
  const word = label.toLowerCase().replace(/[^\p{L}]/gu, '') // prettier-ignore
  if (word === '') return null
  return TYPES.find(([pattern]) => pattern.test(word))?.[1] ?? 'other'
}

/**
 * Returns a phone number in E.164 form, which every phone system accepts, followed by its extension: "+12125550123
 * ext. 5". The country comes from the number itself, otherwise from `country`. Text that is not a valid number there
 * stays unchanged. A type in parentheses after the number, as in "+1 212 555 0123 (mobile)", takes precedence over
 * `type`.
 */
export function readPhone(text: string, type: PhoneType | null, country: CountryCode | null): Phone {
  const [value, label] = splitLabel(text.trim())
  const known = phoneTypeOf(label) ?? type
  return { ...(known ? { type: known } : {}), value: internationalForm(value, country) ?? value }
}

/** Splits a number from the label in parentheses after it, which may be empty. */
function splitLabel(text: string): [value: string, label: string] {
  const suffix = /\((\p{L}[\p{L} ]*)\)$/u.exec(text)
  const value = text.slice(0, suffix?.index).trimEnd()
  return suffix?.[1] && /\d/.test(value) ? [value, suffix[1]] : [text, '']
}

/**
 * Returns null if the text is not a phone number. A number that names its country only needs a valid length, because
 * older releases of the library do not know the rarer ranges.
 */
function internationalForm(value: string, country: CountryCode | null): string | null {
  if (value.length > LONGEST_PHONE || !/\d/.test(value)) return null
  const isInternational = /^\s*\+/.test(value)
  const withPlus = value.replace(/^\s*00(?=[1-9])/, '+')
  const parsed = parsePhoneNumberFromString(withPlus, { extract: false, ...(country ? { defaultCountry: country } : {}) })
  if (!parsed || !(isInternational ? parsed.isPossible() : parsed.isValid())) return null
  return parsed.ext ? `${parsed.number} ext. ${parsed.ext}` : parsed.number
}

/** Languages in which country names are recognized. */
const LANGUAGES = ['en', 'es', 'de', 'fr', 'it', 'pt']
const MORE_NAMES: readonly (readonly [string, CountryCode])[] = [
  ['usa', 'US'], ['us', 'US'], ['u.s.', 'US'], ['u.s.a.', 'US'], ['united states of america', 'US'], ['eeuu', 'US'], ['ee. uu.', 'US'],
  ['uk', 'GB'], ['u.k.', 'GB'], ['great britain', 'GB'], ['england', 'GB'], ['scotland', 'GB'], ['wales', 'GB'], ['northern ireland', 'GB'],
  ['uae', 'AE'], ['the netherlands', 'NL'], ['holland', 'NL'], ['czech republic', 'CZ'], ['turkey', 'TR'],
] // prettier-ignore
/** Also a state of the USA. */
const AMBIGUOUS = ['georgia']

let known: Map<string, CountryCode> | undefined

/**
 * Returns the country for reading a person's phone numbers. `country` is a name or a two-letter code; `location` is
 * text that ends with a country name ("Madrid, Spain"). Returns null if neither clearly names a country. Codes count
 * only in `country`, because "CA" is also California.
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
