import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max'

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
