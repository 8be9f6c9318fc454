import { expect } from 'chai'
import { maskCsrfToken, unmaskCsrfToken } from '../../../src/web/shell/csrf-token.ts'

const TOKEN = 'Yk3v0Jm2b1pQ9x-7cN_4sA8tUeWzRfLhGdKoIiBnMqE'

describe('masked CSRF token', () => {
  it('differs each time, fits into a form with files, and is the same token again', () => {
    const [one, other] = [maskCsrfToken(TOKEN), maskCsrfToken(TOKEN)]

    expect(one).not.to.equal(other)
    expect(one).to.match(/^[\w-]{1,200}$/)
    expect([one, other].map(unmaskCsrfToken)).to.deep.equal([TOKEN, TOKEN])
  })

  it('contains no part of the token', () => {
    const masked = Buffer.from(maskCsrfToken(TOKEN), 'base64url').toString('latin1')

    expect(masked).not.to.include(TOKEN.slice(0, 4))
  })

  it('is never the token for anything else', () => {
    const others = ['', 'a', TOKEN, maskCsrfToken(TOKEN).slice(1), 'x'.repeat(10_000), '%%%', 'ü'.repeat(86)]

    expect(others.map(unmaskCsrfToken)).not.to.include(TOKEN)
  })
})
