import { expect } from 'chai'
import { EmailAddress } from '../../src/accounts/email-address.ts'

describe('e-mail address', () => {
  for (const email of [
    'a@x.io',
    'first.last+tag@sub.acme.example',
    "o'brien@acme.example",
    'ñandú@correo.example',
    '用户@例子.广告',
    'a@xn--fiqs8s.example',
    'a_b-c@acme-corp.co.uk',
  ]) {
    it(`takes ${email}`, () => {
      expect(EmailAddress.parse(email)).to.equal(email)
    })
  }

  it('compares without case and surrounding white space', () => {
    expect(EmailAddress.parse('  Ana.DIAZ@Acme.Example\n')).to.equal('ana.diaz@acme.example')
  })

  for (const email of [
    '',
    'a',
    '@acme.example',
    'a@',
    'a@b',
    'a@-b.example',
    'a@b-.example',
    'a b@c.example',
    'a@b c.example',
    'a@b.example, c@d.example',
    'A <a@b.example>',
    '"a"@b.example',
    'a@@b.example',
    'a..b@c.example',
    '.a@c.example',
    'a.@c.example',
    'a@c..example',
    'a\u0000@c.example',
    'a\u200B@c.example',
    `a@${'b'.repeat(250)}.example`,
  ]) {
    it(`refuses ${JSON.stringify(email).slice(0, 40)}`, () => {
      expect(EmailAddress.safeParse(email).success).to.equal(false)
    })
  }
})
