import { defineTexts } from '../../shell/languages.ts'

/** The page that says whose link this is before the link is used. */
export const continueTexts = defineTexts({
  en: {
    signIn: {
      title: (organization: string, person: string) => `Sign in to ${organization} as ${person}`,
      lead: (_organization: string, person: string) => `This link signs you in as ${person}. Continue only if that is you.`,
      button: 'Continue',
    },
    connect: {
      title: (organization: string, person: string) => `Connect Lever to ${organization} as ${person}`,
      lead: (organization: string, person: string) =>
        `You will be signed in as ${person}, and Lever will ask you to let ${organization} use your Lever account. Continue only if you expected this.`,
      button: 'Continue to Lever',
    },
    signedInAs: (person: string, organization: string) =>
      `You are signed in as ${person} (${organization}). If you continue, you will be signed out of that account in this browser.`,
    stay: (person: string) => `Stay signed in as ${person}`,
  },
  es: {
    signIn: {
      title: (organization: string, person: string) => `Entrar en ${organization} como ${person}`,
      lead: (_organization: string, person: string) => `Este enlace inicia sesión como ${person}. Continúe solo si es usted.`,
      button: 'Continuar',
    },
    connect: {
      title: (organization: string, person: string) => `Conectar Lever con ${organization} como ${person}`,
      lead: (organization: string, person: string) =>
        `Se iniciará sesión como ${person} y Lever le pedirá permiso para que ${organization} use su cuenta de Lever. Continúe solo si lo esperaba.`,
      button: 'Continuar a Lever',
    },
    signedInAs: (person: string, organization: string) =>
      `Ha iniciado sesión como ${person} (${organization}). Si continúa, se cerrará esa sesión en este navegador.`,
    stay: (person: string) => `Seguir como ${person}`,
  },
})
