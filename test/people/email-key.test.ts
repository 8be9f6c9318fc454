import { expect } from 'chai'
import { addressKey, emailKey } from '../../src/people/email-key.ts'

describe('email keys', () => {
  for (const email of [
    'ana@a.example',
    ' ANA@A.Example ',
    'ana\u200B@a.exam\u2060ple',
    '"López, Ana" <ana@a.example>',
    'Ana <Ana@a.example> (work)',
    '<ana@a.example>',
    'mailto:ana@a.example',
    'MAILTO:ana@a.example?subject=Hi&body=x@y.example',
    '<mailto:ana@a.example>',
    'ana@a.example.',
  ]) {
    it(`read ${JSON.stringify(email)} as one address`, () => {
      expect(emailKey(email)).to.equal('ana@a.example')
    })
  }

  it('treat a domain in Unicode and in ASCII as equal', () => {
    expect(emailKey('ana@MÜLLER.example')).to.equal('ana@xn--mller-kva.example')
    expect(emailKey('ana@XN--Mller-kva.example')).to.equal('ana@xn--mller-kva.example')
    expect(emailKey('ana@mu\u0308ller.example')).to.equal('ana@xn--mller-kva.example')
  })

  it('keep everything else distinct, because two addresses may belong to two people', () => {
    const addresses = ['jose\u0301@a.example', 'josé@a.example', 'jose@a.example', '\u212Aai@a.example', 'kai@a.example', 'k.ai@a.example', 'kai+x@a.example', 'kai@b.example'] // prettier-ignore
    expect(new Set(addresses.map(emailKey)).size).to.equal(addresses.length)
  })

  for (const shared of [
    'info@a.example', 'INFO@a.example', 'sales@a.example', 'jobs+berlin@a.example', 'hr@a.example', 'careers@a.example', 'contact@a.example', 'office@a.example',
    'admin@a.example', 'noreply@a.example', 'no-reply@a.example', 'do_not_reply@a.example', 'noemail@a.example', 'none@none.example', 'rrhh@a.example', 'bewerbung@a.example',
    'büro@a.example', 'recrutement@a.example', 'vagas@a.example', 'sin.correo@a.example', '"Acme" <info@a.example>',
  ]) {
    it(`recognize nobody by ${shared}`, () => {
      expect(emailKey(shared)).to.equal(null)
      expect(addressKey(shared)).to.include('@')
    })
  } // prettier-ignore

  it('recognize people whose name begins like an office', () => {
    for (const own of ['infoma@a.example', 'salesa.b@a.example', 'ana.info@a.example', 'hrafn@a.example'])
      expect(emailKey(own)).to.equal(own)
  })

  it('recognize nobody by an invalid address', () => {
    for (const text of ['n/a', '@', 'ana@', '@a.example', '', 'two words@a.example', 'ana@.']) expect(emailKey(text), text).to.equal(null)
  })
})
