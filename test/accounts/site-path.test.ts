import { expect } from 'chai'
import { isSitePath } from '../../src/accounts/site-path.ts'

describe('site path', () => {
  for (const path of ['/', '/candidates', '/exports?status=failed&batchId=1', '/a/b#c', '/búsqueda?q=ñ', '/a//b']) {
    it(`accepts ${path}`, () => {
      expect(isSitePath(path)).to.equal(true)
    })
  }

  for (const path of [
    '',
    'candidates',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/\n/evil.example',
    ' /a',
    '/a b',
    '/a\\b',
    '/a\u0000',
    `/${'a'.repeat(2001)}`,
  ]) {
    it(`refuses ${JSON.stringify(path).slice(0, 40)}`, () => {
      expect(isSitePath(path)).to.equal(false)
    })
  }
})
