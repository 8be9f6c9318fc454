/**
 * Words that people, spreadsheets, and programs write for a missing value, in English, Spanish, German, French, and Portuguese. Lower
 * case, without white space.
 */
const PLACEHOLDERS: ReadonlySet<string> = new Set(
  [
    'n/a na n.a. n.a #n/a #na n/d n.d. nd k.a. s/d s/n',
    'null nil none nan undefined unknown notavailable notapplicable missing empty blank (blank) tbd tba',
    'ninguno ninguna desconocido keine keiner unbekannt aucun aucune inconnu nenhum desconhecido',
    '#ref! #value! #name? #null! #div/0! #num!',
  ].flatMap((words) => words.split(' ')),
) // prettier-ignore

/** True if a text only says that there is no value: "N/A", "null", "-", "?", "#REF!". */
export function isPlaceholder(text: string): boolean {
  const plain = text.toLowerCase().replace(/[\s\p{Cf}]+/gu, '')
  return PLACEHOLDERS.has(plain) || (plain !== '' && /^[\p{P}\p{S}]+$/u.test(plain))
}

/** The same for an id: tools write `0` if they have none. */
export function isPlaceholderId(text: string): boolean {
  return isPlaceholder(text) || /^\s*0+(\.0+)?\s*$/.test(text)
}
