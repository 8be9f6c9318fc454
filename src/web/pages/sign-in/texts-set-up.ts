import { defineTexts } from '../../shell/languages.ts'

/** The page of the link that the first start prints. */
export const setUpTexts = defineTexts({
  en: {
    title: 'Set up Fulcrum',
    lead: 'You will be the first admin.',
    organizationName: 'Organization',
    organizationNameHelp: 'The name of your company.',
    organizationNameWrong: 'Write a name, in one line of at most 200 characters.',
    sourceName: 'Source name',
    sourceNameHelp:
      'The source that Lever will show for exported candidates: usually the name of your sourcing tool. You can change it later.',
    sourceNameWrong: 'Write a name, in one line of at most 200 characters.',
    name: 'Your name',
    nameHelp: 'The name others will see.',
    nameWrong: 'Write your name, in one line of at most 200 characters.',
    email: 'Your email',
    emailHelp: 'You sign in with it. If you use Lever, use the same address here.',
    emailWrong: 'This is not an email address.',
    password: 'Password',
    begin: 'Get started',
    spentTitle: 'This setup link no longer works',
    spent: 'Fulcrum has already been set up, or the link is more than a day old.',
    spentNext:
      'If Fulcrum is not set up yet, restart the service: it prints a new link. Otherwise sign in, or ask an admin for an invitation.',
    toSignIn: 'To the sign-in page',
  },
  es: {
    title: 'Poner Fulcrum en marcha',
    lead: 'Usted será el primer administrador.',
    organizationName: 'Organización',
    organizationNameHelp: 'El nombre de su empresa.',
    organizationNameWrong: 'Escriba un nombre, en una línea de 200 caracteres como máximo.',
    sourceName: 'Nombre del origen',
    sourceNameHelp:
      'El origen que mostrará Lever para los candidatos exportados: normalmente el nombre de su herramienta de búsqueda. Puede cambiarlo después.',
    sourceNameWrong: 'Escriba un nombre, en una línea de 200 caracteres como máximo.',
    name: 'Su nombre',
    nameHelp: 'El nombre que verán los demás.',
    nameWrong: 'Escriba su nombre, en una línea de 200 caracteres como máximo.',
    email: 'Su correo electrónico',
    emailHelp: 'Con él iniciará sesión. Si usa Lever, use aquí el mismo correo.',
    emailWrong: 'Esto no es una dirección de correo.',
    password: 'Contraseña',
    begin: 'Empezar',
    spentTitle: 'Este enlace de puesta en marcha ya no sirve',
    spent: 'Alguien ya ha puesto Fulcrum en marcha, o el enlace tiene más de un día.',
    spentNext:
      'Si Fulcrum aún no está en marcha, reinicie el servicio: imprime otro enlace. Si no, inicie sesión o pida una invitación a un administrador.',
    toSignIn: 'Ir a la página de inicio de sesión',
  },
})
