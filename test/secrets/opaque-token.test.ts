import { expect } from 'chai'
import { createOpaqueToken, equalSecrets, hashToken, keyedHash } from '../../src/secrets/opaque-token.ts'

describe('opaque tokens', () => {
  it('contain 256 random bits and are safe in addresses', () => {
    const tokens = Array.from({ length: 100 }, () => createOpaqueToken('flc'))

    expect(new Set(tokens).size).to.equal(100)
    for (const token of tokens) expect(token).to.match(/^flc_[\w-]{43}$/)
  })

  it('are compared whatever their lengths', () => {
    expect(equalSecrets('abc', 'abc')).to.equal(true)
    for (const other of ['', 'ab', 'abcd', 'abd']) expect(equalSecrets('abc', other)).to.equal(false)
  })

  it('are stored as hashes, keyed ones separate by key', () => {
    expect(hashToken('abc')).to.equal(hashToken('abc')).and.not.contain('abc')
    expect(keyedHash(Buffer.from('one'), 'a@x.io')).not.to.equal(keyedHash(Buffer.from('two'), 'a@x.io'))
  })
})
