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
  toSettings: 'To the ATS configuration',
  connectedTitle: 'Lever is connected',
  connected: (organization) => `Lever is connected to ${organization}.`,
  toWebhooks: 'Set up webhooks',
  link_unknown: 'This address is not known here.',
  link_unknown_next: 'It may be cut off or mistyped. Start again with Authorize.',
  link_used: 'This address was opened before, and it works only once.',
  link_used_next: 'Start again with Authorize.',
  link_expired: 'This address was made more than ten minutes ago and has expired.',
  link_expired_next: 'Start again with Authorize.',
  not_admin: 'Only an active admin of your organization here may connect Lever.',
  not_admin_next: 'Ask an admin to press Authorize.',
  denied: 'The permission was denied on Lever’s page, so nothing was changed.',
  denied_next: 'Press Authorize and then Accept to connect.',
  not_super_admin: 'Only a Super Admin of Lever can grant access, and the Lever user who tried is not one.',
  not_super_admin_next: 'Press Authorize and sign in to Lever as a Super Admin, or ask one to do it.',
  not_logged_in_lately: 'Lever wants to see a recent sign-in first.',
  not_logged_in_lately_next: 'Sign in to Lever in another tab, then press Authorize.',
  refused_by_lever: 'Lever refused the authorization.',
  refused_by_lever_next: 'Press Authorize to try again. If it happens again, tell whoever runs this service what Lever says.',
  state_unknown: 'The browser came back from Lever with an answer that does not belong to any authorization started here.',
  state_unknown_next: 'Start again with Authorize, and do not reuse old addresses.',
  state_used: 'This answer from Lever was already used.',
  state_used_next: 'If Lever is not connected by now, start again with Authorize.',
  state_expired: 'It took more than ten minutes to come back from Lever.',
  state_expired_next: 'Start again with Authorize.',
  other_browser: 'This authorization started in another browser.',
  other_browser_next: 'Finish it there, or start again here with Authorize.',
  code_missing: 'Lever sent no authorization code.',
  code_missing_next: 'Start again with Authorize.',
  code_refused: 'Lever did not accept the authorization code that it had sent.',
  code_refused_next: 'Codes are valid for a short time and work once. Start again with Authorize.',
  app_refused: 'Lever does not accept this service as an app.',
  app_refused_next: 'Whoever runs this service must check the client id and secret of its app at Lever.',
  lever_unavailable: 'Lever could not be reached just now.',
  lever_unavailable_next: 'This is usually temporary. Press Authorize again in a minute.',
  other_account: 'This is another Lever account, not the one that was connected before.',
  other_account_next: 'Sign in to the earlier account and press Authorize; or disconnect first, then connect the other account.',
  account_unknown: 'It is not clear whether this is the Lever account that was connected before.',
  account_unknown_next: 'Press Authorize and accept all permissions; or disconnect first, then connect.',
}

const es: Texts = {
  title: 'Lever no se ha conectado',
  authorize: 'Autorizar',
  leverSays: 'Lever dice:',
  toSettings: 'Ir a la configuración del ATS',
  connectedTitle: 'Lever está conectado',
  connected: (organization) => `Lever está conectado con ${organization}.`,
  toWebhooks: 'Configurar webhooks',
  link_unknown: 'Aquí no se conoce esta dirección.',
  link_unknown_next: 'Puede estar cortada o mal escrita. Empiece de nuevo con Autorizar.',
  link_used: 'Esta dirección ya se abrió, y sirve una sola vez.',
  link_used_next: 'Empiece de nuevo con Autorizar.',
  link_expired: 'Esta dirección se creó hace más de diez minutos y ha caducado.',
  link_expired_next: 'Empiece de nuevo con Autorizar.',
  not_admin: 'Solo un administrador activo de su organización puede conectar Lever.',
  not_admin_next: 'Pida a un administrador que pulse Autorizar.',
  denied: 'Se denegó el permiso en la página de Lever, así que nada ha cambiado.',
  denied_next: 'Pulse Autorizar y después Accept para conectar.',
  not_super_admin: 'Solo un Super Admin de Lever puede dar acceso, y el usuario de Lever que lo intentó no lo es.',
  not_super_admin_next: 'Pulse Autorizar y entre en Lever como Super Admin, o pídaselo a uno.',
  not_logged_in_lately: 'Lever pide antes un inicio de sesión reciente.',
  not_logged_in_lately_next: 'Entre en Lever en otra pestaña y pulse Autorizar.',
  refused_by_lever: 'Lever rechazó la autorización.',
  refused_by_lever_next:
    'Pulse Autorizar para intentarlo de nuevo. Si se repite, comunique lo que dice Lever a quien gestiona este servicio.',
  state_unknown: 'El navegador volvió de Lever con una respuesta que no corresponde a ninguna autorización iniciada aquí.',
  state_unknown_next: 'Empiece de nuevo con Autorizar y no reutilice direcciones antiguas.',
  state_used: 'Esta respuesta de Lever ya se usó.',
  state_used_next: 'Si Lever aún no está conectado, empiece de nuevo con Autorizar.',
  state_expired: 'Se tardó más de diez minutos en volver de Lever.',
  state_expired_next: 'Empiece de nuevo con Autorizar.',
  other_browser: 'Esta autorización se inició en otro navegador.',
  other_browser_next: 'Termínela allí o empiece de nuevo aquí con Autorizar.',
  code_missing: 'Lever no envió ningún código de autorización.',
  code_missing_next: 'Empiece de nuevo con Autorizar.',
  code_refused: 'Lever no aceptó el código de autorización que había enviado.',
  code_refused_next: 'Los códigos duran poco y sirven una vez. Empiece de nuevo con Autorizar.',
  app_refused: 'Lever no acepta este servicio como aplicación.',
  app_refused_next: 'Quien gestiona este servicio debe comprobar el identificador y el secreto de su aplicación en Lever.',
  lever_unavailable: 'No se ha podido contactar con Lever en este momento.',
  lever_unavailable_next: 'Suele ser temporal. Pulse Autorizar de nuevo en un minuto.',
  other_account: 'Esta cuenta de Lever no es la que estaba conectada antes.',
  other_account_next: 'Entre en la cuenta anterior y pulse Autorizar; o desconecte primero y conecte después la otra cuenta.',
  account_unknown: 'No se ha podido saber si esta es la cuenta de Lever conectada antes.',
  account_unknown_next: 'Pulse Autorizar y acepte todos los permisos; o desconecte primero y conecte después.',
}

/** Why an authorization came to nothing, and what to do: `<cause>` and `<cause>_next`. */
export const authorizationTexts = defineTexts({ en, es })
