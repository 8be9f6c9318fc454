/** Every failure that a caller can act on: its stable code and its HTTP status. */
const STATUS = {
  malformed_json: 400,
  bad_request: 400,
  payload_malformed: 400,
  authorization_failed: 400,
  unauthenticated: 401,
  signature_mismatch: 401,
  signature_outdated: 401,
  forbidden: 403,
  csrf_token_missing: 403,
  admin_required: 403,
  user_inactive: 403,
  user_not_mapped: 403,
  mapping_inactive: 403,
  lever_user_deactivated: 403,
  not_found: 404,
  user_not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  request_timeout: 408,
  already_exported: 409,
  connection_not_active: 409,
  erased: 409,
  external_id_taken: 409,
  feature_off: 409,
  idempotency_in_progress: 409,
  lever_account_mismatch: 409,
  lever_user_already_mapped: 409,
  not_cancelable: 409,
  not_ready: 409,
  not_retryable: 409,
  oauth_not_configured: 409,
  payload_expired: 409,
  posting_closed: 409,
  scope_missing: 409,
  state_conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  candidate_not_found: 422,
  idempotency_key_reused: 422,
  invalid_request: 422,
  lever_key_lacks_permission: 422,
  lever_key_rejected: 422,
  lever_rejected: 422,
  lever_user_not_found: 422,
  posting_not_found: 422,
  posting_required: 422,
  requisition_not_found: 422,
  requisition_not_on_posting: 422,
  too_many_requests: 429,
  internal_error: 500,
  lever_unavailable: 503,
  migrating: 503,
  outcome_unknown: 503,
  storage_unavailable: 503,
} as const

export type ErrorCode = keyof typeof STATUS
export const ERROR_CODES = Object.keys(STATUS) as [ErrorCode, ...ErrorCode[]]

/** An invalid field of a request. `path` looks like `emails[0]` or `query.limit`. */
export interface FieldFault {
  path: string
  message: string
}

export interface ServiceErrorOptions {
  /** What the reader can do next. */
  hint?: string
  cause?: unknown
  /** Replaces the usual status if two endpoints answer one code differently. */
  status?: number
  errors?: FieldFault[]
  /** Additional members of the problem document, such as `missing` or `exportId`. */
  extra?: Record<string, unknown>
  headers?: Record<string, string>
}

/**
 * A failure with a stable code. `message` says what happened, and `hint` what to do next. Neither contains a token, a
 * secret, or a contact's data.
 */
export class ServiceError extends Error {
  readonly status: number
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly errors: FieldFault[] | undefined
  readonly extra: Record<string, unknown>
  readonly headers: Record<string, string>

  constructor(code: ErrorCode, message: string, options: ServiceErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'ServiceError'
    this.code = code
    this.status = options.status ?? STATUS[code]
    this.hint = options.hint
    this.errors = options.errors
    this.extra = options.extra ?? {}
    this.headers = options.headers ?? {}
  }
}

/** Returns the usual status of a code, for documentation. */
export function statusOf(code: ErrorCode): number {
  return STATUS[code]
}

/** Returns what happened and what to do next as one text. */
export function messageWithHint({ message, hint }: { message: string; hint?: string | null | undefined }): string {
  return hint ? `${message} ${hint}` : message
}

export function isServiceError(error: unknown, code?: ErrorCode): error is ServiceError {
  return error instanceof ServiceError && (code === undefined || error.code === code)
}
