import { defineTexts } from '../../shell/languages.ts'

/** What an error page says, by what happened; its cause in words is the error's own. */
export const errorTexts = defineTexts({
  en: {
    notFound: 'This page does not exist',
    notFoundNext: 'The address may be mistyped, or the page no longer exists.',
    forbidden: 'This page is not for you',
    forbiddenNext: 'Settings and activity are for admins. Ask an admin of your organization.',
    otherSite: 'This form came from another site',
    otherSiteNext: 'Nothing was done. Open the page here, for example the start page or the sign-in page, and send the form again.',
    failed: 'Something went wrong on our side',
    failedNext: 'Try again in a moment. If it happens again, tell whoever runs this service the number below.',
    unavailable: 'Not available right now',
    unavailableNext: 'This is usually temporary. Try again in a moment.',
    tooMany: 'Too many attempts',
    tooManyNext: 'Wait a minute, then try again.',
    refused: 'That did not work',
    refusedNext: 'Go back and try again.',
    home: 'To the start page',
  },
  es: {
    notFound: 'Esta página no existe',
    notFoundNext: 'Puede que la dirección esté mal escrita o que lo que había aquí ya no esté.',
    forbidden: 'Esta página no es para usted',
    forbiddenNext: 'Los ajustes y la actividad son para administradores. Pregunte a uno de su organización.',
    otherSite: 'Este formulario viene de otro sitio',
    otherSiteNext:
      'No se ha hecho nada. Abra la página aquí, por ejemplo la de inicio o la de inicio de sesión, y envíe el formulario de nuevo.',
    failed: 'Algo ha fallado por nuestra parte',
    failedNext: 'Inténtelo de nuevo en un momento. Si se repite, dé el número de abajo a quien gestiona este servicio.',
    unavailable: 'No disponible en este momento',
    unavailableNext: 'Suele ser temporal. Inténtelo de nuevo en un momento.',
    tooMany: 'Demasiados intentos',
    tooManyNext: 'Espere un minuto e inténtelo de nuevo.',
    refused: 'No ha funcionado',
    refusedNext: 'Vuelva atrás e inténtelo de nuevo.',
    home: 'Ir a la página de inicio',
  },
})
