import { messageWithHint, type ErrorCode, type ServiceError } from '../../../errors.ts'
import type { Language } from '../../shell/languages.ts'

/**
 * Returns what happened and what to do next, in the reader's language. English uses the error's own message and hint, which are more
 * specific.
 */
export function problemWords(
  language: Language,
  error: Pick<ServiceError, 'code' | 'message' | 'hint'> & Partial<Pick<ServiceError, 'extra'>>,
): string {
  if (language === 'en') return messageWithHint(error)
  const { missing } = error.extra ?? {}
  return error.code === 'scope_missing' && Array.isArray(missing) ? `${SPANISH.scope_missing} ${missing.join(', ')}` : SPANISH[error.code]
}

const SPANISH: Record<ErrorCode, string> = {
  malformed_json: 'El cuerpo no es JSON válido.',
  bad_request: 'La solicitud no es válida. Vuelva a enviarla.',
  payload_malformed: 'El contenido de la entrega no es válido.',
  authorization_failed: 'La autorización de Lever no se ha completado. Empiece de nuevo con Autorizar.',
  unauthenticated: 'Inicie sesión primero.',
  signature_mismatch: 'La firma no corresponde a ningún token de firma conocido.',
  signature_outdated: 'La entrega se firmó hace más de 30 días o con más de una hora de adelanto.',
  forbidden: 'Esto es para administradores de su organización.',
  csrf_token_missing: 'El formulario es de otra sesión. Recargue la página y envíelo de nuevo.',
  admin_required: 'Solo un administrador puede hacerlo.',
  user_inactive: 'Esta persona está desactivada aquí. Un administrador puede activarla en Ajustes > Personas.',
  user_not_mapped:
    'Esta persona no tiene usuario de Lever. Un administrador puede asignárselo en Ajustes > Configuración del ATS > Usuarios.',
  mapping_inactive:
    'La exportación está desactivada para esta persona. Un administrador puede activarla en Ajustes > Configuración del ATS > Usuarios.',
  lever_user_deactivated: 'El usuario de Lever con este correo está desactivado. Reactívelo en Lever o elija otro.',
  not_found: 'Lo que busca no existe.',
  user_not_found: 'Esa persona no existe en esta organización. Añádala en Ajustes > Personas.',
  method_not_allowed: 'Esto no es posible aquí.',
  not_acceptable: 'El servidor no ofrece este tipo de respuesta.',
  request_timeout: 'El envío ha tardado demasiado. Inténtelo de nuevo.',
  already_exported: 'Este candidato ya se exportó a este destino, o se está exportando.',
  connection_not_active: 'La conexión con Lever no está activa. Vea Ajustes > Configuración del ATS.',
  erased: 'Los datos de esta persona se borraron aquí. Si está de acuerdo, vuelva a añadirla a mano.',
  external_id_taken: 'Otro candidato ya tiene este identificador externo.',
  feature_off: 'Esta función está desactivada. Actívela en Ajustes > Configuración del ATS > Ajustes del ATS.',
  idempotency_in_progress: 'El primer envío sigue en curso. Espere un momento.',
  lever_account_mismatch: 'No es la cuenta de Lever que estaba conectada antes. Para conectar otra, desconecte antes la actual.',
  lever_user_already_mapped: 'Este usuario de Lever ya está asignado a otra persona. Quite esa asignación o elija otro usuario.',
  not_cancelable: 'Ya no se puede cancelar.',
  not_ready: 'Aún no se puede activar: autorice Lever y asigne un usuario de Lever al menos a una persona activa.',
  not_retryable: 'No se puede reintentar.',
  oauth_not_configured: 'Este servicio no tiene aplicación OAuth en Lever. Conéctese con una clave de API.',
  payload_expired: 'El contenido de esta entrega ha caducado. Se conserva durante 30 días.',
  posting_closed: 'Este puesto ya no está abierto. Elija otro.',
  scope_missing:
    'Lever no ha concedido los permisos necesarios. Autorice de nuevo en Ajustes > Configuración del ATS. Permisos que faltan:',
  state_conflict: 'Otra persona cambió lo mismo a la vez. Revise el estado actual e inténtelo de nuevo.',
  payload_too_large: 'El envío es demasiado grande.',
  unsupported_media_type: 'Este tipo de archivo no se admite.',
  candidate_not_found: 'Este candidato no existe.',
  idempotency_key_reused: 'Este formulario ya se envió con otros datos. Recargue la página.',
  invalid_request: 'Algún campo no es válido. Corríjalo y envíe el formulario de nuevo.',
  lever_key_lacks_permission:
    'A esta clave de API le faltan permisos. En Lever no se pueden cambiar: cree otra clave con los permisos de la lista.',
  lever_key_rejected:
    'Lever no acepta esta clave de API. Cópiela de nuevo en Settings > Integrations and API > API Credentials de Lever, o cree otra.',
  lever_rejected: 'Lever ha rechazado la solicitud.',
  lever_user_not_found: 'Lever no tiene ningún usuario con este correo. Use la dirección que figura en Lever, en Settings > Users.',
  posting_not_found: 'Este puesto no existe en Lever.',
  posting_required: 'Elija también el puesto: la requisición no tiene ningún puesto abierto, o tiene más de uno.',
  requisition_not_found: 'Esta requisición no existe en Lever.',
  requisition_not_on_posting: 'Esta requisición no pertenece al puesto elegido.',
  too_many_requests: 'Demasiadas solicitudes. Espere un momento.',
  internal_error: 'Algo ha fallado por nuestra parte. Inténtelo de nuevo en un momento.',
  lever_unavailable: 'No se ha podido contactar con Lever. Suele ser temporal: inténtelo de nuevo en un minuto.',
  outcome_unknown: 'No se sabe si Lever lo aceptó. Compruébelo en Lever antes de repetirlo.',
  migrating: 'Fulcrum está actualizando su base de datos. No se pierde nada. Inténtelo de nuevo en un minuto.',
  storage_unavailable: 'La base de datos no responde. Inténtelo de nuevo en un momento.',
}
