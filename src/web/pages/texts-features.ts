import { defineTexts, type Language } from './texts.ts'

/** What a connection may be for: `…Help` says what each does. */
export const featureTexts = defineTexts({
  en: {
    title: 'What Fulcrum is used for',
    lead: 'Fulcrum asks Lever only for what these need. Turning one off deletes nothing.',
    export: 'Exporting candidates',
    exportHelp: 'Candidates go to Lever, and their stages, archiving and hires come back. All that most teams need.',
    conversations: 'Conversations',
    conversationsHelp: 'Messages of a texting tool become notes on the opportunity in Lever.',
    wrong: 'Choose at least one.',
    waits: 'Not granted',
    granted: 'Granted',
    everything: 'Every connection',
  },
  es: {
    title: 'Para qué se usa Fulcrum',
    lead: 'Fulcrum solo pide a Lever lo que esto necesita. Al desactivar algo no se borra nada.',
    export: 'Exportar candidatos',
    exportHelp: 'Los candidatos van a Lever, y vuelven sus etapas, archivos y contrataciones. Lo que necesita la mayoría.',
    conversations: 'Conversaciones',
    conversationsHelp: 'Los mensajes de una herramienta de mensajería pasan a ser notas de la oportunidad en Lever.',
    wrong: 'Elija al menos una opción.',
    waits: 'No concedido',
    granted: 'Concedido',
    everything: 'Toda conexión',
  },
})

/** The names of features, for a list of what something serves; every connection where none is named. */
export function featureNames(language: Language, features: readonly string[]): string {
  const t: Record<string, string> = featureTexts(language)
  const names = features.flatMap((feature) => (Object.hasOwn(t, feature) ? (t[feature] ?? []) : []))
  return names.length === 0 ? (t['everything'] ?? '') : names.join(', ')
}
