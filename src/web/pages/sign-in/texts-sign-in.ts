import { defineTexts } from '../../shell/languages.ts'

export const signInTexts = defineTexts({
  en: {
    title: 'Sign in',
    lead: 'Fulcrum exports your candidates to Lever.',
    email: 'Email',
    password: 'Password',
    forgotten:
      'Forgot your password, or don’t have one yet? Ask an admin of your organization for a sign-in link. It lets you choose a new password.',
    wrong: 'This email and password do not match. Try again, or ask an admin of your organization for a sign-in link.',
    signInWith: (provider: string) => `Sign in with ${provider}`,
    how: 'You can also use a link: open Fulcrum from your sourcing tool, or ask an admin of your organization for an invitation. A link works once.',
    samples: 'Sample people',
    samplesLead: 'This is a local trial. Choose a person to sign in as.',
    signInAs: (name: string) => `Sign in as ${name}`,
    admin: 'Admin',
    sourcer: 'Sourcer',
    linkTitle: 'This link no longer works',
    linkUsed: 'It has already been used, or it has expired. No one was signed in.',
    linkNext: 'Open Fulcrum from your sourcing tool again, or ask an admin of your organization for a new link.',
    toSignIn: 'Go to the sign-in page',
  },
  es: {
    title: 'Iniciar sesión',
    lead: 'Fulcrum exporta sus candidatos a Lever.',
    email: 'Correo electrónico',
    password: 'Contraseña',
    forgotten:
      '¿Olvidó su contraseña o aún no tiene una? Pida un enlace de acceso a un administrador de su organización. Con él podrá elegir una nueva.',
    wrong: 'El correo y la contraseña no coinciden. Inténtelo de nuevo o pida un enlace de acceso a un administrador de su organización.',
    signInWith: (provider: string) => `Entrar con ${provider}`,
    how: 'También puede entrar con un enlace: abra Fulcrum desde su herramienta de búsqueda o pida una invitación a un administrador de su organización. Cada enlace funciona una vez.',
    samples: 'Personas de ejemplo',
    samplesLead: 'Esto es una prueba local. Elija con qué persona iniciar sesión.',
    signInAs: (name: string) => `Entrar como ${name}`,
    admin: 'Administrador',
    sourcer: 'Reclutador',
    linkTitle: 'Este enlace ya no funciona',
    linkUsed: 'Ya se usó o ha caducado. No se ha iniciado ninguna sesión.',
    linkNext: 'Vuelva a abrir Fulcrum desde su herramienta de búsqueda o pida otro enlace a un administrador de su organización.',
    toSignIn: 'Ir a la página de inicio de sesión',
  },
})
