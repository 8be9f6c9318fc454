import { literally } from '../paging.ts'

/** In UTF-16 units, so that a page's cursor, which carries one, stays short. */
const LONGEST_SORT_KEY = 28

/** Text in the form in which it is searched: lower case, without accents, white space and controls as single spaces. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
}

/** The form in which records are ordered; equal ones then go by id. */
export function sortKeyOf(text: string): string {
  return foldText(text).slice(0, LONGEST_SORT_KEY)
}

/** What a search looks through: these texts, folded. */
export function searchKeyOf(texts: readonly (string | null | undefined)[]): string {
  return foldText(texts.filter(Boolean).join(' '))
}

/** Whether every word of `q` is somewhere in a folded text, as `matchesWords` asks. */
export function hasWords(searchKey: string, q: string): boolean {
  return foldText(q).split(' ').every((word) => searchKey.includes(word)) // prettier-ignore
}

/** A filter that finds every word of `q` somewhere in a folded field; all records when `q` has no words. */
export function matchesWords(field: string, q: string): object {
  const words = foldText(q).split(' ').filter(Boolean)
  if (words.length === 0) return {}
  return { $and: words.map((word) => ({ [field]: { $regex: literally(word) } })) }
}
