import { defineTexts } from '../../shell/languages.ts'

/** After a form that came too late, or with another session's token. */
export const sendAgainTexts = defineTexts({
  en: {
    ended: 'Your session has ended',
    endedLead:
      'Nothing was saved, and nothing that you typed is lost: this page keeps it. Sign in again in a new tab, then come back here.',
    other: 'You have signed in again since then',
    otherLead: 'Nothing was saved yet, and nothing that you typed is lost: this page keeps it. If you sent it yourself, send it again.',
    signedInAs: (name: string, email: string) => `You are now signed in as ${name} (${email}).`,
    signIn: 'Sign in in a new tab',
    again: 'Send again',
  },
  es: {
    ended: 'Su sesión ha terminado',
    endedLead:
      'No se ha guardado nada y no se pierde nada de lo que escribió: esta página lo conserva. Inicie sesión en otra pestaña y vuelva aquí.',
    other: 'Ha vuelto a iniciar sesión desde entonces',
    otherLead:
      'Aún no se ha guardado nada y no se pierde nada de lo que escribió: esta página lo conserva. Si lo envió usted, envíelo de nuevo.',
    signedInAs: (name: string, email: string) => `Ahora tiene la sesión iniciada como ${name} (${email}).`,
    signIn: 'Iniciar sesión en otra pestaña',
    again: 'Enviar de nuevo',
  },
})
