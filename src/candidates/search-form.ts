/** Text in the form in which it is searched: lower case, without accents, white space and controls as single spaces. */
export function searchForm(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[\s\p{Cc}]+/gu, ' ').trim() // prettier-ignore
}
