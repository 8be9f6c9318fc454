import { literally } from '../paging.ts'

/** In UTF-16 units. A page's cursor contains a sort key, and must stay short. */
const LONGEST_SORT_KEY = 28

/** Returns text in its search form: lower case, without accents, white space and control characters as single spaces. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
}

/** Returns the form that orders records. Equal ones are then ordered by id. */
export function sortKeyOf(text: string): string {
  return foldText(text).slice(0, LONGEST_SORT_KEY)
}

/** Returns the text that a search looks through: these texts, folded. */
export function searchKeyOf(texts: readonly (string | null | undefined)[]): string {
  return foldText(texts.filter(Boolean).join(' '))
}

/** True if every word of `q` occurs in a folded text, as in `matchesWords`. */
export function hasWords(searchKey: string, q: string): boolean {
  return foldText(q).split(' ').every((word) => searchKey.includes(word)) // prettier-ignore
}

/** Returns a filter for records with every word of `q` in a folded field. Without words it matches all records. */
export function matchesWords(field: string, q: string): object {
  const words = foldText(q).split(' ').filter(Boolean)
  if (words.length === 0) return {}
  return { $and: words.map((word) => ({ [field]: { $regex: literally(word) } })) }
}
