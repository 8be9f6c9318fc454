/** Returns the search form of a text: lower case, no accents, white space and control characters as single spaces. */
export function searchForm(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[\s\p{Cc}]+/gu, ' ').trim() // prettier-ignore
}
