/** The languages of the pages. The browser's preference or the switch on every page selects one. */
export const LANGUAGES = ['en', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

type Phrase = string | ((...values: never[]) => string) | { [name: string]: Phrase }

/**
 * Defines the texts of one area of the pages in each language, under the same names. A text with values is a function; texts that are
 * selected by a value are grouped under its names.
 * @returns the texts by language: `const t = texts(language)`
 */
export function defineTexts<T extends Record<string, Phrase>>(dictionary: { en: T; es: NoInfer<T> }): (language: Language) => T {
  return (language) => dictionary[language]
}

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.includes(value as Language)
}
