import { STATUS_CODES } from 'node:http'
import { isServiceError, ServiceError, type ErrorCode } from '../../errors.ts'

/** RFC 9457, with our additional members. */
export interface Problem {
  type: 'about:blank'
  title: string
  status: number
  detail: string
  code: ErrorCode
  hint?: string
  errors?: { path: string; message: string }[]
  requestId?: string
  [extra: string]: unknown
}

/** Codes for errors that Koa, its parsers and Node report by status only. */
const CODE_BY_STATUS: Record<number, ErrorCode> = {
  400: 'bad_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  408: 'request_timeout',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  422: 'invalid_request',
  429: 'too_many_requests',
}
const STORAGE_ERRORS =
  /^Mongo(ose)?(Server|Client|Topology|Pool)?(Network|NetworkTimeout|ServerSelection|Selection|NotConnected|Closed|Cleared|WaitQueueTimeout|WriteConcern)\w*Error$/

/** How mongoose reports a call made without a connection. */
const NOT_CONNECTED = /buffering timed out|initial connection/

/** Returns any error as a ServiceError: an unexpected one becomes `internal_error`, with the original as its cause. */
export function toServiceError(error: unknown): ServiceError {
  if (isServiceError(error)) return error
  const { name, message, status, expose } = (error ?? {}) as { name?: string; message?: string; status?: number; expose?: boolean }
  if (STORAGE_ERRORS.test(name ?? '') || (name === 'MongooseError' && NOT_CONNECTED.test(message ?? ''))) {
    return new ServiceError('storage_unavailable', 'The database cannot be reached.', { cause: error, headers: { 'Retry-After': '5' } })
  }
  if (expose === true && status !== undefined && status >= 400 && status < 500) {
    return new ServiceError(CODE_BY_STATUS[status] ?? 'bad_request', `${STATUS_CODES[status] ?? 'The request was refused'}.`, {
      status,
      cause: error,
    })
  }
  return new ServiceError('internal_error', 'Something went wrong on our side.', { cause: error })
}

/** Returns the answer for a program; an `internal_error` shows only the request's id. */
export function toProblem(error: ServiceError, requestId: string): Problem {
  const { status, code, message, hint, errors, extra } = error
  const base = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail: message, code } as const
  if (code === 'internal_error') return { ...base, detail: 'Something went wrong on our side.', requestId }
  return { ...extra, ...base, ...(hint === undefined ? {} : { hint }), ...(errors === undefined ? {} : { errors }) }
}
