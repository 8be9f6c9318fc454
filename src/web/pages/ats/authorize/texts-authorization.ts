import type { AuthorizationCause } from '../../../../connection/authorization-failure.ts'
import { defineTexts } from '../../../shell/languages.ts'

type Texts = Record<AuthorizationCause | `${AuthorizationCause}_next`, string> & {
  title: string
  authorize: string
  leverSays: string
  toSettings: string
  connectedTitle: string
  connected: (organization: string) => string
  toWebhooks: string
}

const en: Texts = {
  title: 'Lever was not connected',
  authorize: 'Authorize',
  leverSays: 'Lever says:',
  toSettings: 'Go to the ATS configuration',
  connectedTitle: 'Lever is connected',
  connected: (organization) => `Lever is connected to ${organization}.`,
  toWebhooks: 'Set up webhooks',
  link_unknown: 'This link is not valid.',
  link_unknown_next: 'It may be incomplete or mistyped. Start again with Authorize.',
  link_used: 'This link has already been opened, and it works only once.',
  link_used_next: 'Start again with Authorize.',
  link_expired: 'This link is more than ten minutes old and has expired.',
  link_expired_next: 'Start again with Authorize.',
  not_admin: 'Only an active admin of your organization can connect Lever.',
  not_admin_next: 'Ask an admin to press Authorize.',
  denied: 'Permission was denied on Lever’s page, so nothing was changed.',
  denied_next: 'To connect Lever, press Authorize and then Accept.',
  not_super_admin: 'Only a Lever Super Admin can grant access, and the Lever user who tried is not one.',
  not_super_admin_next: 'Press Authorize and sign in to Lever as a Super Admin, or ask one to do it.',
  not_logged_in_lately: 'Lever requires a recent sign-in.',
  not_logged_in_lately_next: 'Sign in to Lever in another tab, then press Authorize.',
  refused_by_lever: 'Lever refused the authorization.',
  refused_by_lever_next: 'Press Authorize to try again. If it happens again, tell the operator of this service what Lever says.',
  state_unknown: 'The answer from Lever does not match any authorization started here.',
  state_unknown_next: 'Start again with Authorize, and do not reuse old links.',
  state_used: 'This answer from Lever has already been used.',
  state_used_next: 'If Lever is still not connected, start again with Authorize.',
  state_expired: 'More than ten minutes passed before you returned from Lever.',
  state_expired_next: 'Start again with Authorize.',
  other_browser: 'This authorization started in another browser.',
  other_browser_next: 'Finish it there, or start again here with Authorize.',
  code_missing: 'Lever sent no authorization code.',
  code_missing_next: 'Start again with Authorize.',
  code_refused: 'Lever did not accept the authorization code that it had issued.',
  code_refused_next: 'A code works once and expires quickly. Start again with Authorize.',
  app_refused: 'Lever does not accept this service as an app.',
  app_refused_next: 'The operator of this service must check the client ID and secret of its Lever app.',
  lever_unavailable: 'Lever cannot be reached right now.',
  lever_unavailable_next: 'This is usually temporary. Press Authorize again in a minute.',
  other_account: 'This is not the Lever account that was connected before.',
  other_account_next: 'Sign in to the earlier account and press Authorize. To connect the other account instead, disconnect first.',
  account_unknown: 'Fulcrum cannot tell whether this is the Lever account that was connected before.',
  account_unknown_next: 'Press Authorize and accept all permissions. If that does not help, disconnect Lever, then connect it again.',
}

const es: Texts = {
  title: 'No se pudo conectar Lever',
  authorize: 'Autorizar',
  leverSays: 'Lever dice:',
  toSettings: 'Ir a la configuración del ATS',
  connectedTitle: 'Lever está conectado',
  connected: (organization) => `Lever está conectado con ${organization}.`,
  toWebhooks: 'Configurar webhooks',
  link_unknown: 'Este enlace no es válido.',
  link_unknown_next: 'Puede estar incompleto o mal escrito. Empiece de nuevo con Autorizar.',
  link_used: 'Este enlace ya se abrió, y funciona una sola vez.',
  link_used_next: 'Empiece de nuevo con Autorizar.',
  link_expired: 'Este enlace tiene más de diez minutos y ha caducado.',
  link_expired_next: 'Empiece de nuevo con Autorizar.',
  not_admin: 'Solo un administrador activo de su organización puede conectar Lever.',
  not_admin_next: 'Pida a un administrador que pulse Autorizar.',
  denied: 'Se denegó el permiso en la página de Lever, así que no ha cambiado nada.',
  denied_next: 'Para conectar Lever, pulse Autorizar y después Accept.',
  not_super_admin: 'Solo un Super Admin de Lever puede conceder acceso, y el usuario de Lever que lo intentó no lo es.',
  not_super_admin_next: 'Pulse Autorizar e inicie sesión en Lever como Super Admin, o pídaselo a uno.',
  not_logged_in_lately: 'Lever exige un inicio de sesión reciente.',
  not_logged_in_lately_next: 'Inicie sesión en Lever en otra pestaña y pulse Autorizar.',
  refused_by_lever: 'Lever rechazó la autorización.',
  refused_by_lever_next:
    'Pulse Autorizar para intentarlo de nuevo. Si se repite, comunique al operador de este servicio lo que dice Lever.',
  state_unknown: 'La respuesta de Lever no corresponde a ninguna autorización iniciada aquí.',
  state_unknown_next: 'Empiece de nuevo con Autorizar y no reutilice enlaces antiguos.',
  state_used: 'Esta respuesta de Lever ya se usó.',
  state_used_next: 'Si Lever sigue sin conectarse, empiece de nuevo con Autorizar.',
  state_expired: 'Pasaron más de diez minutos antes de que volviera de Lever.',
  state_expired_next: 'Empiece de nuevo con Autorizar.',
  other_browser: 'Esta autorización se inició en otro navegador.',
  other_browser_next: 'Termínela allí o empiece de nuevo aquí con Autorizar.',
  code_missing: 'Lever no envió ningún código de autorización.',
  code_missing_next: 'Empiece de nuevo con Autorizar.',
  code_refused: 'Lever no aceptó el código de autorización que había emitido.',
  code_refused_next: 'Un código funciona una vez y caduca pronto. Empiece de nuevo con Autorizar.',
  app_refused: 'Lever no acepta este servicio como aplicación.',
  app_refused_next: 'El operador de este servicio debe comprobar el identificador y el secreto de su aplicación en Lever.',
  lever_unavailable: 'No se puede contactar con Lever en este momento.',
  lever_unavailable_next: 'Suele ser temporal. Pulse Autorizar de nuevo en un minuto.',
  other_account: 'Esta cuenta de Lever no es la que estaba conectada antes.',
  other_account_next: 'Inicie sesión en la cuenta anterior y pulse Autorizar. Para conectar la otra cuenta, desconecte antes la anterior.',
  account_unknown: 'Fulcrum no puede saber si esta es la cuenta de Lever que estaba conectada antes.',
  account_unknown_next: 'Pulse Autorizar y acepte todos los permisos. Si no funciona, desconecte Lever y vuelva a conectarlo.',
}

/** Why an authorization failed, and what to do: `<cause>` and `<cause>_next`. */
export const authorizationTexts = defineTexts({ en, es })
