import { expect } from 'chai'
import { isSigned, signWebhook } from '../../src/webhooks/verify-signature.ts'

const KEY = '81358960e95ed76bf1def200692c2f956818caf168682e26'
const BODY = { token: '9b0a8f4e6d2c4b7f8a1e3d5c7b9f0a2c4e6d8b1f3a5c7e9d', triggeredAt: 1_782_975_358_767 }
const SIGNATURE = '5aaa567a87fb91ee1d83e49cde8048fc76366f25ea794628aa84a9e36c24e69f'

describe("a webhook's signature", () => {
  it('is HMAC-SHA256 over token and triggeredAt, in hex', () => {
    expect(signWebhook(KEY, BODY)).to.equal(SIGNATURE)
  })

  it('matches with any of several tokens', () => {
    expect(isSigned({ ...BODY, signature: SIGNATURE }, ['another', KEY])).to.equal(true)
  })

  for (const [what, body, tokens] of [
    ['another key', { ...BODY, signature: SIGNATURE }, ['another']],
    ['no key', { ...BODY, signature: SIGNATURE }, []],
    ['another token', { ...BODY, token: 'x', signature: SIGNATURE }, [KEY]],
    ['another time', { ...BODY, triggeredAt: BODY.triggeredAt + 1, signature: SIGNATURE }, [KEY]],
    ['upper case', { ...BODY, signature: SIGNATURE.toUpperCase() }, [KEY]],
    ['a longer signature', { ...BODY, signature: `${SIGNATURE}0` }, [KEY]],
    ['an empty signature', { ...BODY, signature: '' }, [KEY]],
    ['no signature', BODY, [KEY]],
  ] as const) {
    it(`does not match with ${what}`, () => {
      expect(isSigned({ signature: undefined, ...body }, tokens)).to.equal(false)
    })
  }
})
