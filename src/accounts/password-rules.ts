export const SHORTEST_PASSWORD = 12
export const LONGEST_PASSWORD = 200

/** Why a password is refused: it is too short or too long, too common, or consists of names that an attacker knows. */
export type PasswordFault = 'length' | 'common' | 'names'

const PRODUCT_NAMES = ['Fulcrum', 'Lever']
/** A name with fewer additional letters than this is not a password. */
const SHORTEST_REST = 4
/** Rows of keys and alphabets, along which people type passwords. */
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
]
const RUNS = ROWS.flatMap((row) => [row.repeat(3), Array.from(row).toReversed().join('').repeat(3)])
const LOOKALIKES: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
}

/** Loaded when somebody first chooses a password, because the list takes 7 MB. */
let commonPasswords: ReadonlySet<string> | undefined

/**
 * Returns why a password is refused; null if it is allowed. `names` are those of the person (including the email
 * address), the organization, and its tools. Names and common passwords are found in any case, with accents, digits,
 * or punctuation added or replacing letters.
 */
export async function faultOfPassword(password: string, names: readonly string[]): Promise<PasswordFault | null> {
  if (password.length < SHORTEST_PASSWORD || password.length > LONGEST_PASSWORD) return 'length'
  commonPasswords ??= new Set((await import('@zxcvbn-ts/language-common')).dictionary['passwords-common'])
  const folded = fold(password)
  const forms = [folded, withoutLookalikes(folded)]
  if (forms.some((form) => isMadeOf(form, [...names, ...PRODUCT_NAMES]))) return 'names'
  return forms.some(isCommon) ? 'common' : null
}

function fold(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/**
 * Turns `p@ssw0rd` into `password`. Digits and punctuation at the end stay, because they are added there and replace
 * no letter.
 */
function withoutLookalikes(text: string): string {
  const letters = Array.from(text)
  const end = letters.findLastIndex((letter) => /\p{L}/u.test(letter)) + 1
  return letters.map((letter, index) => (index < end ? (LOOKALIKES[letter] ?? letter) : letter)).join('')
}

/** True for a password of the list, or one word of it surrounded by digits, years, keys in a row, and punctuation. */
function isCommon(text: string): boolean {
  if (isKnown(text)) return true
  const parts = text.match(/\p{L}+|\p{N}+/gu) ?? []
  const words = new Set(parts.filter((part) => /\p{L}/u.test(part)))
  return words.size <= 1 && parts.every((part) => isKnown(part) || part.length < SHORTEST_REST || /^(?:19|20)\d\d$/.test(part))
}

function isKnown(text: string): boolean {
  const unit = repeatedUnit(text)
  return unit.length < SHORTEST_REST || commonPasswords?.has(unit) || RUNS.some((run) => run.includes(unit))
}

/**
 * Returns the unit that a text repeats, where the last repetition may be partial: `ab` for `abab` and `ababa`.
 * Returns the text itself if it repeats nothing.
 */
function repeatedUnit(text: string): string {
  for (let length = 1; length <= text.length / 2; length += 1) if (text.startsWith(text.slice(length))) return text.slice(0, length)
  return text
}

/** True if little else is left after names are removed from its letters. */
function isMadeOf(text: string, names: readonly string[]): boolean {
  const letters = lettersOf(text)
  const words = [...new Set(names.flatMap(wordsOf))].toSorted((a, b) => b.length - a.length)
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), letters)
  return rest !== letters && (rest.length < SHORTEST_REST || isKnown(rest))
}

/** Returns the words of a name, and all of them joined. */
function wordsOf(name: string): string[] {
  const words = fold(name).match(/\p{L}+/gu) ?? []
  return [...words, words.join('')].filter((word) => word.length > 2 || /^[^a-z]{2}$/.test(word))
}

function lettersOf(text: string): string {
  return (text.match(/\p{L}+/gu) ?? []).join('')
}
