import { defineTexts } from '../../shell/languages.ts'

/** Titles and next steps of error pages. The cause is the error's own message. */
export const errorTexts = defineTexts({
  en: {
    notFound: 'This page does not exist',
    notFoundNext: 'The address may be mistyped, or the page no longer exists.',
    forbidden: 'You do not have access to this page',
    forbiddenNext: 'Settings and activity are for admins. If you need access, ask an admin of your organization.',
    otherSite: 'This form was sent from another site',
    otherSiteNext:
      'Nothing was changed. Open the page in Fulcrum, for example the start page or the sign-in page, and submit the form again.',
    failed: 'Something went wrong on our side',
    failedNext: 'Try again in a moment. If it happens again, give the number below to the operator of this service.',
    unavailable: 'Not available right now',
    unavailableNext: 'This is usually temporary. Try again in a moment.',
    tooMany: 'Too many attempts',
    tooManyNext: 'Wait a minute, then try again.',
    refused: 'That did not work',
    refusedNext: 'Go back and try again.',
    home: 'Go to the start page',
  },
  es: {
    notFound: 'Esta página no existe',
    notFoundNext: 'Puede que la dirección esté mal escrita o que la página ya no exista.',
    forbidden: 'No tiene acceso a esta página',
    forbiddenNext: 'Los ajustes y la actividad son para administradores. Si necesita acceso, pídalo a un administrador de su organización.',
    otherSite: 'Este formulario se envió desde otro sitio',
    otherSiteNext:
      'No se ha cambiado nada. Abra la página en Fulcrum, por ejemplo la página de inicio o la de acceso, y envíe el formulario de nuevo.',
    failed: 'Algo ha fallado por nuestra parte',
    failedNext: 'Inténtelo de nuevo en un momento. Si se repite, indique el número de abajo al operador de este servicio.',
    unavailable: 'No disponible en este momento',
    unavailableNext: 'Suele ser temporal. Inténtelo de nuevo en un momento.',
    tooMany: 'Demasiados intentos',
    tooManyNext: 'Espere un minuto e inténtelo de nuevo.',
    refused: 'No ha funcionado',
    refusedNext: 'Vuelva atrás e inténtelo de nuevo.',
    home: 'Ir a la página de inicio',
  },
})
