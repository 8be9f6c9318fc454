import { defineTexts } from '../../shell/languages.ts'

/** Warnings about a connection, which block nothing. */
export const warningTexts = defineTexts({
  en: {
    title: 'Please check',
    webhooks: (events: string) => `No signature token yet for ${events}: these changes are noticed only later, when Lever is read again.`,
    webhookGroupOff: (event: string) => `${event} is switched off in Lever, so nothing is sent for it.`,
    scope: (purpose: string) => `Missing permission: ${lowerFirst(purpose)}.`,
    permission: (permission: string) => `The API key lacks a permission: ${permission}. Use a new key that has it.`,
    fallbackUserDeactivated: 'The fallback “perform as” user is deactivated or gone in Lever.',
    stageMissing: 'The default stage no longer exists in Lever.',
  },
  es: {
    title: 'Por revisar',
    webhooks: (events: string) =>
      `Aún no hay token de firma para ${events}: estos cambios se detectan más tarde, cuando se vuelve a leer Lever.`,
    webhookGroupOff: (event: string) => `${event} está desactivado en Lever, así que no se envía nada.`,
    scope: (purpose: string) => `Falta un permiso: ${lowerFirst(purpose)}.`,
    permission: (permission: string) => `A la clave de API le falta un permiso: ${permission}. Use una clave nueva que lo tenga.`,
    fallbackUserDeactivated: 'El usuario de Lever alternativo («perform as») está desactivado en Lever o ya no existe.',
    stageMissing: 'La etapa predeterminada ya no existe en Lever.',
  },
})

function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`
}
