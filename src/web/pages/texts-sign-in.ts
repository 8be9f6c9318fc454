import { defineTexts } from './texts.ts'

export const signInTexts = defineTexts({
  en: {
    title: 'Sign in',
    lead: 'Fulcrum carries your candidates into Lever.',
    how: 'You sign in by a link: open Fulcrum from your sourcing tool, or ask an admin of your organization for an invitation. A link works once.',
    samples: 'Sample people',
    samplesLead: 'This is a local trial. Pick who you want to be.',
    signInAs: (name: string) => `Sign in as ${name}`,
    admin: 'Admin',
    sourcer: 'Sourcer',
    linkTitle: 'This link does not work any more',
    linkUsed: 'It was used already, or its time is over. Nobody has been signed in.',
    linkNext: 'Open Fulcrum from your sourcing tool again, or ask an admin of your organization for a new link.',
    toSignIn: 'To the sign-in page',
  },
  es: {
    title: 'Iniciar sesión',
    lead: 'Fulcrum lleva sus candidatos a Lever.',
    how: 'Se entra con un enlace: abra Fulcrum desde su herramienta de búsqueda o pida una invitación a un administrador de su organización. Cada enlace sirve una vez.',
    samples: 'Personas de muestra',
    samplesLead: 'Esto es una prueba local. Elija quién quiere ser.',
    signInAs: (name: string) => `Entrar como ${name}`,
    admin: 'Administrador',
    sourcer: 'Reclutador',
    linkTitle: 'Este enlace ya no sirve',
    linkUsed: 'Ya se usó o ha caducado. No se ha iniciado ninguna sesión.',
    linkNext: 'Vuelva a abrir Fulcrum desde su herramienta de búsqueda o pida otro enlace a un administrador de su organización.',
    toSignIn: 'A la página de inicio de sesión',
  },
})
