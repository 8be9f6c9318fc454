/** The languages of the pages, by the browser's preference or the switch on every page. */
export const LANGUAGES = ['en', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

type Phrase = string | ((...values: never[]) => string) | { [name: string]: Phrase }

/**
 * The texts of one area of the pages, in each language, under the same names; where a text holds values it is a function, and texts of which one is
 * chosen by a value stand together under its names.
 * @returns the texts by language: `const t = texts(language)`
 */
export function defineTexts<T extends Record<string, Phrase>>(dictionary: { en: T; es: NoInfer<T> }): (language: Language) => T {
  return (language) => dictionary[language]
}

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.includes(value as Language)
}
