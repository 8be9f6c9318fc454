import { expect } from 'chai'
import { refuseDowngrade } from '../../src/lever/refuse-downgrade.ts'
import { exchangeFault } from '../../src/lever/transport-fault.ts'

describe('lever/refuse-downgrade', () => {
  const secure = new URL('https://api.lever.co/v1/users')

  it('refuses http after https, as a redirect that is not followed', () => {
    let refusal: unknown
    try {
      refuseDowngrade(secure, new URL('http://api.lever.co/v1/users'))
    } catch (error) {
      refusal = error
    }

    expect(exchangeFault(refusal, { answered: true, connected: false })).to.equal('redirect')
  })

  it('lets https go on, and http where the request was http', () => {
    refuseDowngrade(secure, new URL('https://files.lever.co/1'))
    refuseDowngrade(new URL('http://127.0.0.1:4010/v1/users'), 'http://127.0.0.1:4010/v1/me')
  })
})
