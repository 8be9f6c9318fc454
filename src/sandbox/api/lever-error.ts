/** An error as Lever answers it: `{"code","message"}`, nothing per field (Lever's API documentation). */

const CODES = {
  400: 'BadRequestError',
  401: 'UnauthorizedError',
  403: 'ForbiddenError',
  404: 'ResourceNotFound',
  408: 'RequestTimeout',
  422: 'UnprocessableEntity',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
} as const
export type LeverStatus = keyof typeof CODES

export class LeverError extends Error {
  readonly status: LeverStatus

  constructor(status: LeverStatus, message: string) {
    super(message)
    this.status = status
  }

  get body(): { code: string; message: string } {
    return { code: CODES[this.status], message: this.message }
  }
}

/** The body Lever would send with this status; other statuses get the nearest word. */
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
