import { expect } from 'chai'
import { EmailAddress, normalizeEmail } from '../../src/accounts/email-address.ts'

describe('email address', () => {
  for (const email of [
    'a@x.io',
    'first.last+tag@sub.acme.example',
    "o'brien@acme.example",
    'ñandú@correo.example',
    '用户@例子.广告',
    'a@xn--fiqs8s.example',
    'a_b-c@acme-corp.co.uk',
  ]) {
    it(`accepts ${email}`, () => {
      expect(EmailAddress.parse(email)).to.equal(email)
    })
  }

  it('is compared without case and surrounding whitespace', () => {
    expect(EmailAddress.parse('  Ana.DIAZ@Acme.Example\n')).to.equal('ana.diaz@acme.example')
  })

  it('is compared without invisible characters, wherever they are', () => {
    for (const invisible of ['\u200B', '\u200D', '\u00AD', '\uFEFF', '\u202E', '\u2066'])
      expect(EmailAddress.parse(`${invisible}Ana${invisible}@acme.example${invisible}`), JSON.stringify(invisible)).to.equal(
        'ana@acme.example',
      )
  })

  it('keeps letters beyond ASCII and look-alike characters distinct', () => {
    for (const [one, other] of [
      ['\u212Aim@acme.example', 'kim@acme.example'],
      ['\u0130da@acme.example', 'i\u0307da@acme.example'],
      ['\u00C9ric@acme.example', '\u00E9ric@acme.example'],
      ['\u00E9ric@acme.example', 'e\u0301ric@acme.example'],
      ['\uFF41na@acme.example', 'ana@acme.example'],
      ['\u017Fam@acme.example', 'sam@acme.example'],
    ] as const) expect(normalizeEmail(one), JSON.stringify(one)).not.to.equal(normalizeEmail(other))
  }) // prettier-ignore

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
    `a@${'b'.repeat(250)}.example`,
  ]) {
    it(`refuses ${JSON.stringify(email).slice(0, 40)}`, () => {
      expect(EmailAddress.safeParse(email).success).to.equal(false)
    })
  }
})
