import { getCountries, isSupportedCountry, type CountryCode } from 'libphonenumber-js/max'
import { searchForm } from '../search-form.ts'

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
