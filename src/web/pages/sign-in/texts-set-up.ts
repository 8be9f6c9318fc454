import { defineTexts } from '../../shell/languages.ts'

/** The page behind the setup link that the first start prints. */
export const setUpTexts = defineTexts({
  en: {
    title: 'Set up Fulcrum',
    lead: 'You will be the first admin.',
    organizationName: 'Organization',
    organizationNameHelp: 'The name of your company.',
    organizationNameWrong: 'Enter a name of at most 200 characters, on one line.',
    sourceName: 'Source name',
    sourceNameHelp:
      'The source that Lever will show for exported candidates: usually the name of your sourcing tool. You can change it later.',
    sourceNameWrong: 'Enter a name of at most 200 characters, on one line.',
    name: 'Your name',
    nameHelp: 'The name that others see.',
    nameWrong: 'Enter your name in at most 200 characters, on one line.',
    email: 'Your email',
    emailHelp: 'You sign in with it. If you use Lever, enter the same address that you use there.',
    emailWrong: 'This is not a valid email address.',
    password: 'Password',
    begin: 'Get started',
    spentTitle: 'This setup link no longer works',
    spent: 'Fulcrum has already been set up, or the link is more than a day old.',
    spentNext:
      'If Fulcrum is not set up yet, restart the service to print a new link. Otherwise, sign in or ask an admin for an invitation.',
    toSignIn: 'Go to the sign-in page',
  },
  es: {
    title: 'Configurar Fulcrum',
    lead: 'Usted será el primer administrador.',
    organizationName: 'Organización',
    organizationNameHelp: 'El nombre de su empresa.',
    organizationNameWrong: 'Escriba un nombre de 200 caracteres como máximo, en una sola línea.',
    sourceName: 'Nombre del origen',
    sourceNameHelp:
      'El origen que mostrará Lever para los candidatos exportados: normalmente el nombre de su herramienta de búsqueda. Puede cambiarlo después.',
    sourceNameWrong: 'Escriba un nombre de 200 caracteres como máximo, en una sola línea.',
    name: 'Su nombre',
    nameHelp: 'El nombre que verán los demás.',
    nameWrong: 'Escriba su nombre en 200 caracteres como máximo, en una sola línea.',
    email: 'Su correo electrónico',
    emailHelp: 'Lo usará para iniciar sesión. Si usa Lever, escriba el mismo correo que allí.',
    emailWrong: 'No es una dirección de correo válida.',
    password: 'Contraseña',
    begin: 'Empezar',
    spentTitle: 'Este enlace de configuración ya no funciona',
    spent: 'Fulcrum ya está configurado, o el enlace tiene más de un día.',
    spentNext:
      'Si Fulcrum aún no está configurado, reinicie el servicio para que imprima otro enlace. Si no, inicie sesión o pida una invitación a un administrador.',
    toSignIn: 'Ir a la página de inicio de sesión',
  },
})
