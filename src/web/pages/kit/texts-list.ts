import { defineTexts } from '../../shell/languages.ts'

/** Words that every list uses. */
export const listTexts = defineTexts({
  en: { sortBy: 'Sort by' },
  es: { sortBy: 'Ordenar por' },
})
