import { literally } from '../paging.ts'
import { linksOf } from '../people/person-keys.ts'
import { searchForm } from './search-form.ts'

/** Raise it with every change to the form of the keys. All stored keys are then recomputed. */
export const SEARCH_VERSION = 1

/** The fields that a search looks through. */
export interface SearchedData {
  name: string
  headline?: string | null | undefined
  emails: readonly string[]
  phones: readonly { value: string }[]
  links: readonly string[]
  tags: readonly string[]
  profileUrl?: string | null | undefined
}

/** In characters. The beginnings of a word up to this length are keys of their own; within one, the index is ordered by id. */
const SHORT = 3
/** In characters. What follows in a word or a term is not compared. */
const LONGEST = 60
const MOST_WORDS = 200
/** Including repeated words. */
const MOST_READ = 1000
/** Distinguishes a beginning from a whole word. */
const MARK = '='
/** Stands before a phone number in the text. A number is not found by its first digits alone. */
const NUMBER_MARK = '#'

export interface SearchFields {
  /** What an index finds the candidate by: words of more than three characters, and the first one, two and three characters of all. */
  searchKeys: string[]
  /** The same words, each after a line break, to check the other terms of a search. */
  searchText: string
  /** The first three characters of all words, for an index in the order of names. */
  wordBeginnings: string[]
  /** A letter for each beginning of three characters, in order. It rules out most other candidates within the index of `searchKeys`. */
  searchMark: string
}

/**
 * Returns what searches use. A word begins at each letter or digit that follows another character, and extends to the next space, so that
 * both `navy.example` and `example` find `grace@navy.example`. Only the first 200 different words count: those of the name, emails,
 * phones, links, tags, and the headline, in this order.
 */
export function searchFields(data: SearchedData): SearchFields {
  const [words, numbers] = [new Set<string>(), new Set<string>()]
  let read = 0
  for (const { word, isNumber } of wordsOf(data)) {
    if (words.size + numbers.size === MOST_WORDS || (read += 1) > MOST_READ) break
    ;(isNumber ? numbers : words).add(word)
  }
  const beginnings = new Set<string>()
  for (const word of words) for (let length = 1; length <= SHORT; length += 1) beginnings.add(MARK + cut(word, length))
  const wordBeginnings = [...new Set([...words].map((word) => cut(word, SHORT)))]
  const whole = withoutBeginnings([...words])
  return {
    searchKeys: [...beginnings, ...withoutBeginnings([...whole, ...numbers].filter(isLong))],
    wordBeginnings,
    searchMark: markOf(wordBeginnings),
    searchText: [...whole, ...[...numbers].map((number) => NUMBER_MARK + number)].map((word) => `\n${word}`).join(''),
  }
}

/** Returns the words of a search, without those that begin another one. A candidate matches if each is the beginning of one of its words. */
export function searchTerms(q: string): string[] {
  const digits = dialed(q)
  if (digits !== null) return [digits]
  return withoutBeginnings(fold(q).split(' ').filter(Boolean).map(termOf)) // prettier-ignore
}

/** Returns the key that a candidate has if one of its words begins with the term. `isWhole` is false if a key only begins with it. */
export function keyOfTerm(term: string): { key: string; isWhole: boolean } {
  return isLong(term) ? { key: cut(term, LONGEST), isWhole: false } : { key: MARK + term, isWhole: true }
}

/** Returns the key that every candidate with such a word has, and others too; null for a term that may be a number. */
export function keyOfBeginning(term: string): string | null {
  return isNumeric(term) ? null : MARK + cut(term, SHORT)
}

/** Returns an entry of `wordBeginnings` that every candidate with such a word has, and others too; null for a shorter term, or a number. */
export function beginningOfTerm(term: string): string | null {
  return cut(term, SHORT - 1) === term || isNumeric(term) ? null : cut(term, SHORT)
}

/** Whether it may be the beginning of a phone number, which has no beginnings among the keys. */
function isNumeric(term: string): boolean {
  return isLong(term) && /^\d+$/.test(term)
}

/** More would make the index large; a candidate with more has none. */
const MOST_MARKED = 40
const FIRST_MARK = 0x04_00
const MARKS = 1024

function markOf(beginnings: readonly string[]): string {
  const letters = [...new Set(beginnings.flatMap((beginning) => markOfTerm(beginning) ?? []))]
  return letters.length > MOST_MARKED ? '' : letters.toSorted().join('')
}

/** Returns the letter of a term, which every candidate with such a word and a mark has; null for a short term, or one that may be a number. */
export function markOfTerm(term: string): string | null {
  const beginning = cut(term, SHORT)
  if (cut(beginning, SHORT - 1) === beginning || /^\d/.test(beginning)) return null
  let hash = 0
  for (const character of beginning) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003
  return String.fromCharCode(FIRST_MARK + (hash % MARKS))
}

/** Returns a `$regex` for `searchMark`; null without letters. */
export function withMarks(letters: readonly string[]): string | null {
  return letters.length === 0 ? null : `^$|${[...new Set(letters)].toSorted().join('.*')}`
}

/** Returns a `$regex` for `searchText`. */
export function textOfTerm(term: string): string {
  return String.raw`\n${isLong(term) ? `${NUMBER_MARK}?` : ''}${literally(cut(term, LONGEST))}`
}

function* wordsOf(data: SearchedData): Generator<{ word: string; isNumber: boolean }> {
  for (const word of wordsIn(data.name)) yield { word, isNumber: false }
  for (const email of data.emails) for (const word of addressWordsIn(email)) yield { word, isNumber: false }
  for (const { value } of data.phones) for (const word of numbersIn(value)) yield { word, isNumber: true }
  for (const link of linksOf(data)) for (const word of addressWordsIn(withoutScheme(link))) yield { word, isNumber: false }
  for (const text of [...data.tags, data.headline ?? '']) for (const word of wordsIn(text)) yield { word, isNumber: false }
  for (const text of [data.name, ...data.emails, ...data.tags, data.headline ?? '', ...linksOf(data)])
    for (const word of joinedNumbersIn(text)) yield { word, isNumber: true }
}

/** Later words of an address do not count if nearly every address has them. */
function* addressWordsIn(address: string): Generator<string> {
  let isFirst = true
  for (const word of wordsIn(address)) {
    if (isFirst || !NOISE.test(word)) yield word
    isFirst = false
  }
}

const NOISE = /^(?:com|www|in)(?![\p{L}\p{N}])/u

function* wordsIn(text: string): Generator<string> {
  for (const chunk of fold(text).split(' ')) {
    let hasWord = false
    for (let at = 0; at < chunk.length; at += 1) {
      if (!isStart(chunk, at)) continue
      hasWord = true
      yield cut(chunk.slice(at, at + 2 * LONGEST), LONGEST)
    }
    if (!hasWord && chunk !== '') yield cut(chunk, LONGEST)
  }
}

const WORD_CHARACTER = /[\p{L}\p{N}]/u
/** Written without spaces between words, so that a word may begin at any character. Hangul is decomposed here, and begins at its first part. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\u1100-\u115F]/u

function isStart(chunk: string, at: number): boolean {
  if (isSecondHalf(chunk, at) || !isWordCharacter(chunk, at)) return false
  return at === 0 || !isWordCharacter(chunk, isSecondHalf(chunk, at - 1) ? at - 2 : at - 1) || isUnspaced(chunk, at)
}

function isWordCharacter(chunk: string, at: number): boolean {
  const code = chunk.charCodeAt(at)
  if (code < 0x80) return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) // nearly all, in lower case
  return WORD_CHARACTER.test(String.fromCodePoint(chunk.codePointAt(at) ?? 0))
}

function isUnspaced(chunk: string, at: number): boolean {
  return chunk.charCodeAt(at) >= 0x80 && UNSPACED.test(String.fromCodePoint(chunk.codePointAt(at) ?? 0))
}

/** Whether it is the second half of a character outside of Unicode's first plane. */
function isSecondHalf(chunk: string, at: number): boolean {
  return (chunk.charCodeAt(at) & 0xfc_00) === 0xdc_00
}

/** In digits. A number is found with or without its country code of one to three digits. */
const LONGEST_COUNTRY_CODE = 3
const SHORTEST_NUMBER = 5

function numbersIn(phone: string): string[] {
  const digits = digitsOf(/\d[^a-z#;,]*/i.exec(phone)?.[0] ?? '') // without an extension
  return Array.from({ length: LONGEST_COUNTRY_CODE + 1 }, (_, start) => digits.slice(start)).filter((number) => number.length > SHORT)
}

/** Returns the digits of a search for a phone number without the zeros that are dialed before it; null for another search. */
function dialed(q: string): string | null {
  if (!/^[\d\s+().\-/]+$/.test(q)) return null
  const digits = digitsOf(q)
  return digits.length >= SHORTEST_NUMBER ? digits : null
}

function digitsOf(phone: string): string {
  return phone.replaceAll(/\D/g, '').replace(/^0+/, '')
}

/** Yields numbers such as `2023-2024` without their separators, because a search for one looks like a phone number. */
function* joinedNumbersIn(text: string): Generator<string> {
  for (const [run] of text.matchAll(NUMBERS))
    for (const number of [run, ...run.split(/\s+/)]) {
      const digits = digitsOf(number)
      if (digits !== number && digits.length >= SHORTEST_NUMBER) yield cut(digits, LONGEST)
    }
}

const NUMBERS = /\d[\d\s+().\-/]*\d/g

/** Removes each term that begins another one. */
function withoutBeginnings(words: readonly string[]): string[] {
  const sorted = [...new Set(words)].toSorted()
  return sorted.filter((word, at) => !sorted[at + 1]?.startsWith(word))
}

/** Returns a word of a search from where it begins in `searchKeys`, without the comma of a list, a closing bracket, or a slash at the end of a link. */
function termOf(word: string): string {
  const term = withoutScheme(word).replace(/^www\.(?=.)/, '')
  const at = term.search(WORD_CHARACTER)
  return at === -1 ? term : term.slice(at).replace(/[,;/)\]>"]$/, '')
}

function withoutScheme(link: string): string {
  return link.replace(/^https?:\/\/(?:www\.)?/i, '')
}

function isLong(word: string): boolean {
  return cut(word, SHORT) !== word
}

function cut(text: string, length: number): string {
  let end = 0
  for (let characters = 0; end < text.length && characters < length; characters += 1) end += isSecondHalf(text, end + 1) ? 2 : 1
  return text.slice(0, end)
}

/** Letters that Unicode does not decompose, as they are typed on a keyboard without them. */
const PLAIN = new Map(
  Object.entries({ ı: 'i', ø: 'o', ł: 'l', đ: 'd', ð: 'd', ħ: 'h', ŧ: 't', ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th', ς: 'σ' }),
)

function fold(text: string): string {
  return searchForm(text).replaceAll(/[ıøłđðħŧßæœþς]/g, (letter) => PLAIN.get(letter) ?? letter)
}
