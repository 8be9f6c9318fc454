import { expect } from 'chai'
import { ERROR_CODES, isServiceError, ServiceError, statusOf } from '../src/errors.ts'

describe('errors', () => {
  it('have codes in snake_case, each with an error status', () => {
    for (const code of ERROR_CODES) {
      expect(code).to.match(/^[a-z]+(_[a-z]+)*$/)
      expect(statusOf(code)).to.be.within(400, 599)
    }
  })

  it('include the codes that every caller may meet', () => {
    const promised = { malformed_json: 400, unauthenticated: 401, forbidden: 403, not_found: 404, method_not_allowed: 405, not_acceptable: 406, payload_too_large: 413, unsupported_media_type: 415, invalid_request: 422, too_many_requests: 429, internal_error: 500 } as const // prettier-ignore

    for (const [code, status] of Object.entries(promised)) expect(statusOf(code as keyof typeof promised), code).to.equal(status)
  })

  it('carry their cause, hint, and status', () => {
    const cause = new Error('inner')
    const error = new ServiceError('not_found', 'Gone.', { cause, hint: 'Look elsewhere.', status: 410 })

    expect(error).to.include({ code: 'not_found', status: 410, hint: 'Look elsewhere.', cause })
    expect(isServiceError(error, 'not_found')).to.equal(true)
    expect(isServiceError(error, 'forbidden')).to.equal(false)
    expect(isServiceError(cause)).to.equal(false)
  })
})
