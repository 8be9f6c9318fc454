import { ServiceError } from '../errors.ts'

/**
 * Lever's authorization server issued no tokens. The code is `lever_unavailable` if it may do so later, otherwise `authorization_failed`.
 */
export class LeverOAuthError extends ServiceError {
  /** The code or refresh token was used, has expired or was revoked: only a new authorization helps. */
  readonly invalidGrant: boolean
  /** A later request may succeed: a connection fault, 408, 429, 5xx or an unreadable answer. */
  readonly temporary: boolean
  /** OAuth's `error`, such as `invalid_grant` or `access_denied`. */
  readonly oauthCode: string | null
  readonly httpStatus: number | null

  constructor(facts: { grantType: string; httpStatus: number | null; oauthCode: string | null; cause?: unknown }) {
    const { grantType, httpStatus, oauthCode, cause } = facts
    const temporary = httpStatus === null || httpStatus < 400 || httpStatus === 408 || httpStatus === 429 || httpStatus >= 500
    const answer = httpStatus === null ? 'did not answer' : `answered ${httpStatus}${oauthCode ? ` ${oauthCode}` : ''}`
    super(temporary ? 'lever_unavailable' : 'authorization_failed', `Lever's authorization server ${answer} to ${grantType}`, {
      hint: temporary ? 'Try again later.' : 'Authorize again.',
      cause,
    })
    this.name = 'LeverOAuthError'
    this.invalidGrant = !temporary && oauthCode === 'invalid_grant'
    this.temporary = temporary
    this.oauthCode = oauthCode
    this.httpStatus = httpStatus
  }
}
