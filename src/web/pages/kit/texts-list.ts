import { defineTexts } from '../../shell/languages.ts'

/** What every list says. */
export const listTexts = defineTexts({
  en: { sortBy: 'Sort by' },
  es: { sortBy: 'Ordenar por' },
})
