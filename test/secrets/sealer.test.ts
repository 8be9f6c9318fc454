import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { createSealer } from '../../src/secrets/sealer.ts'

const place = { organization: 'org', record: 'connection', field: 'accessToken' }
const [old, current] = [
  { id: 'old', key: randomBytes(32) },
  { id: 'new', key: randomBytes(32) },
]

describe('sealer', () => {
  const sealer = createSealer([current, old])

  it('opens what it sealed, in any script and length', () => {
    for (const secret of ['', 'token', 'ключ 🔑', 'x'.repeat(10_000)])
      expect(sealer.open(sealer.seal(secret, place), place)).to.equal(secret)
  })

  it('seals the same secret differently each time, and reveals nothing of it', () => {
    const [one, two] = [sealer.seal('a secret', place), sealer.seal('a secret', place)]

    expect(one).not.to.equal(two)
    expect(Buffer.from(one.split('.')[2] ?? '', 'base64url').toString('latin1')).not.to.contain('a secret')
  })

  it('opens a secret only in its place', () => {
    const sealed = sealer.seal('a secret', place)

    for (const other of [{ organization: 'other' }, { record: 'other' }, { field: 'other' }])
      expect(() => sealer.open(sealed, { ...place, ...other })).to.throw()
  })

  it('detects any change', () => {
    const sealed = sealer.seal('a secret', place)
    const [version, id, data = ''] = sealed.split('.')
    const bytes = Buffer.from(data, 'base64url')

    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes)
      changed[index] = (changed[index] ?? 0) ^ 1
      expect(() => sealer.open(`${version}.${id}.${changed.toString('base64url')}`, place)).to.throw()
    }
    for (const cut of [0, 11, 27])
      expect(() => sealer.open(`${version}.${id}.${bytes.subarray(0, cut).toString('base64url')}`, place)).to.throw()
  })

  it('seals with the first key and opens with every key, and reports outdated ones', () => {
    const sealedBefore = createSealer([old]).seal('a secret', place)

    expect(sealer.open(sealedBefore, place)).to.equal('a secret')
    expect(sealer.isOutdated(sealedBefore)).to.equal(true)
    expect(sealer.isOutdated(sealer.seal('a secret', place))).to.equal(false)
    expect(() => createSealer([old]).open(sealer.seal('a secret', place), place)).to.throw(/not in SECRET_KEYS/)
    expect(() => createSealer([])).to.throw()
  })
})
