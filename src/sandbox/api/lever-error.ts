/** An error in Lever's form: `{"code","message"}`, nothing per field (Lever's API documentation). */
import type { Answers } from '../answers.ts'

const CODES = {
  400: 'BadRequestError',
  401: 'UnauthorizedError',
  403: 'ForbiddenError',
  404: 'ResourceNotFound',
  405: 'MethodNotAllowed',
  408: 'RequestTimeout',
  422: 'UnprocessableEntity',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
} as const
export type LeverStatus = keyof typeof CODES

/** The codes of restify, the framework that Lever seems to use. */
const RESTIFY_CODES: Record<LeverStatus, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  408: 'RequestTimeout',
  422: 'UnprocessableEntity',
  429: 'TooManyRequests',
  500: 'Internal',
  503: 'ServiceUnavailable',
}

export class LeverError extends Error {
  readonly status: LeverStatus
  readonly code: string

  /** `code`: set only if Lever uses a different word than usual for this status. */
  constructor(status: LeverStatus, message: string, code?: string) {
    super(message)
    this.status = status
    this.code = code ?? CODES[status]
  }

  bodyIn({ errorCodes }: Answers): { code: string; message: string } {
    const isPlain = this.code === CODES[this.status]
    return { code: errorCodes === 'named' || !isPlain ? this.code : RESTIFY_CODES[this.status], message: this.message }
  }
}

/** Returns the body that Lever would send with this status; other statuses get the nearest word. */
export function errorBodyFor(status: number): { code: string; message: string } {
  const code = status in CODES ? CODES[status as LeverStatus] : 'InternalServerError'
  return { code, message: `${code} (simulated)` }
}

export function badRequest(message: string): LeverError {
  return new LeverError(400, message)
}

export function notFound(collection: string, id: string): LeverError {
  return new LeverError(404, `${collection} ${id} was not found`)
}
