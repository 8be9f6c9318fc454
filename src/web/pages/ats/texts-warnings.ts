import { defineTexts } from '../../shell/languages.ts'

/** Warnings about a connection. They block nothing. */
export const warningTexts = defineTexts({
  en: {
    title: 'Please check',
    webhooks: (events: string) => `No signature token yet for ${events}. Fulcrum notices these changes only when it next reads from Lever.`,
    webhookGroupOff: (event: string) => `${event} is switched off in Lever, so Lever does not send it.`,
    scope: (purpose: string) => `Missing permission: ${lowerFirst(purpose)}.`,
    permission: (permission: string) => `The API key lacks a permission: ${permission}. Use a new key that has it.`,
    fallbackUserDeactivated: 'The fallback Lever user is deactivated or no longer exists.',
    stageMissing: 'The default stage no longer exists in Lever.',
  },
  es: {
    title: 'Por revisar',
    webhooks: (events: string) =>
      `Aún no hay token de firma para ${events}. Fulcrum solo detecta estos cambios cuando vuelve a leer los datos de Lever.`,
    webhookGroupOff: (event: string) => `${event} está desactivado en Lever, así que Lever no lo envía.`,
    scope: (purpose: string) => `Falta un permiso: ${lowerFirst(purpose)}.`,
    permission: (permission: string) => `A la clave de API le falta un permiso: ${permission}. Use una clave nueva que lo tenga.`,
    fallbackUserDeactivated: 'El usuario de Lever alternativo está desactivado o ya no existe.',
    stageMissing: 'La etapa predeterminada ya no existe en Lever.',
  },
})

function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`
}
