import { defineTexts } from '../../shell/languages.ts'

/** Shown for a form that arrived after its session ended, or with another session's token. */
export const sendAgainTexts = defineTexts({
  en: {
    ended: 'Your session has ended',
    endedLead: 'Nothing was saved, but this page keeps everything that you typed. Sign in again in a new tab, then come back here.',
    other: 'You signed in again after opening this form',
    otherLead: 'Nothing has been saved yet, but this page keeps everything that you typed. If you sent the form yourself, send it again.',
    signedInAs: (name: string, email: string) => `You are now signed in as ${name} (${email}).`,
    signIn: 'Sign in in a new tab',
    again: 'Send again',
  },
  es: {
    ended: 'Su sesión ha terminado',
    endedLead: 'No se ha guardado nada, pero esta página conserva todo lo que escribió. Inicie sesión en otra pestaña y vuelva aquí.',
    other: 'Inició sesión de nuevo después de abrir este formulario',
    otherLead:
      'Aún no se ha guardado nada, pero esta página conserva todo lo que escribió. Si envió usted el formulario, envíelo de nuevo.',
    signedInAs: (name: string, email: string) => `Ahora ha iniciado sesión como ${name} (${email}).`,
    signIn: 'Iniciar sesión en otra pestaña',
    again: 'Enviar de nuevo',
  },
})
