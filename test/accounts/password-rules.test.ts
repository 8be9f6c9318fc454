import { expect } from 'chai'
import { faultOfPassword } from '../../src/accounts/password-rules.ts'

const NAMES = ['Ana Duarte', 'ana.duarte@acme.example', 'Acme Talent', 'headhuntr.io']

describe('password rules', () => {
  for (const password of [
    'three words suffice',
    'correct horse battery staple',
    'vB7#qLw92!xTz',
    '739104628115',
    'sunshine-4839-2284-1123',
    'el perro come manzanas',
    '我喜欢在下雨的时候慢慢散步',
    'Ana likes marmalade sandwiches',
    'x'.repeat(3) + 'unhurried teapot'.repeat(12),
  ]) {
    it(`accept ${JSON.stringify(password).slice(0, 40)}`, async () => {
      expect(await faultOfPassword(password, NAMES)).to.equal(null)
    })
  }

  for (const password of ['', 'elevenchars', 'a'.repeat(201)]) {
    it(`refuse ${password.length} characters`, async () => {
      expect(await faultOfPassword(password, NAMES)).to.equal('length')
    })
  }

  for (const password of [
    '1q2w3e4r5t6y',
    'Password1234',
    'P@ssw0rd12345',
    'password!Password',
    '!!!Welcome2024!!!',
    'Contraseña2024',
    'aaaaaaaaaaaa',
    'abcabcabcabcab',
    '123456789012',
    '210987654321',
    'qwertyuiopas',
    'abcdefghijkl',
    'monkeymonkeymonkey',
    'love12345678',
    '2024-2024-2024',
    '............',
  ]) {
    it(`refuse ${password}, which is common`, async () => {
      expect(await faultOfPassword(password, NAMES)).to.equal('common')
    })
  }

  for (const password of [
    'AnaDuarte2024',
    'ana.duarte@acme.example',
    'AcmeTalent#2026',
    'acme-acme-acme',
    '4cm3 T4l3nt 2026!',
    'fulcrum-lever-1',
    'Fulcrum!2026!Lever',
    'f.u.l.c.r.u.m.1.2.3',
    'headhuntr-password',
    'Dúárte-Dúárte-77',
  ]) {
    it(`refuse ${password}, which consists of names`, async () => {
      expect(await faultOfPassword(password, NAMES)).to.equal('names')
    })
  }

  it('check only against the given names', async () => {
    expect(await faultOfPassword('AnaDuarte-xx-AnaDuarte', ['Bo Lindqvist'])).to.equal(null)
    expect(await faultOfPassword('AnaDuarte-xx-AnaDuarte', ['Ana Duarte'])).to.equal('names')
  })
})
