import { defineTexts, type Language } from '../../shell/languages.ts'

/** The features of a connection. `…Help` says what each one does. */
export const featureTexts = defineTexts({
  en: {
    title: 'What Fulcrum is used for',
    lead: 'Fulcrum asks Lever only for the permissions that these features need. Turning one off deletes nothing.',
    export: 'Exporting candidates',
    exportHelp: 'Sends candidates to Lever and keeps track of their stages, archiving and hires. Most teams need nothing else.',
    conversations: 'Conversations',
    conversationsHelp: 'Adds messages from a texting tool to the opportunity in Lever as notes.',
    wrong: 'Choose at least one feature.',
    waits: 'Not granted',
    granted: 'Granted',
    everything: 'Every connection',
  },
  es: {
    title: 'Para qué se usa Fulcrum',
    lead: 'Fulcrum solo pide a Lever los permisos que necesitan estas funciones. Desactivar una no borra nada.',
    export: 'Exportar candidatos',
    exportHelp: 'Envía candidatos a Lever y sigue sus etapas, su archivado y su contratación. La mayoría de los equipos no necesita más.',
    conversations: 'Conversaciones',
    conversationsHelp: 'Añade los mensajes de una herramienta de mensajería como notas a la oportunidad en Lever.',
    wrong: 'Elija al menos una función.',
    waits: 'No concedido',
    granted: 'Concedido',
    everything: 'Todas las conexiones',
  },
})

/** The features' names as a comma-separated list; "Every connection" if `features` is empty. */
export function featureNames(language: Language, features: readonly string[]): string {
  const t: Record<string, string> = featureTexts(language)
  const names = features.flatMap((feature) => (Object.hasOwn(t, feature) ? (t[feature] ?? []) : []))
  return names.length === 0 ? (t['everything'] ?? '') : names.join(', ')
}
