import { expect } from 'chai'
import { phoneTypeOf, readPhone, phoneCountryOf } from '../../../src/candidates/csv/csv-phone.ts'

describe('phones in a CSV', () => {
  for (const [given, country, value] of [
    ['+34 600 555 002', null, '+34600555002'],
    ['+34600555002', null, '+34600555002'],
    [' +44 (0)20 7946 0018', null, '+442079460018'],
    ['+1 555 010 0123', null, '+15550100123'],
    ['+1 212-555-0123 x5', null, '+12125550123 ext. 5'],
    ['0034 600 555 002', null, '+34600555002'],
    ['+34 600 555 002', 'US', '+34600555002'],
    ['(212) 555-0123', 'US', '+12125550123'],
    ['020 7946 0018', 'GB', '+442079460018'],
    ['(212) 555-0123', null, '(212) 555-0123'],
    ['600 555 002', 'US', '600 555 002'],
    ['12', 'US', '12'],
    ['+34 1', null, '+34 1'],
    ['00 123', null, '00 123'],
    ['call +1 212 555 0123 after six', null, 'call +1 212 555 0123 after six'],
    ['ask his sister', 'ES', 'ask his sister'],
  ] as const) {
    // prettier-ignore
    it(`${given} ${country ? `of somebody in ${country} ` : ''}is kept as ${value}`, () => {
      expect(readPhone(given, null, country)).to.deep.equal({ value })
    })
  }

  it('have the type in parentheses after them, or else that of their column', () => {
    expect(readPhone('+34 600 555 002 (mobile)', 'work', null)).to.deep.equal({ type: 'mobile', value: '+34600555002' })
    expect(readPhone('+34 600 555 002', 'work', null)).to.deep.equal({ type: 'work', value: '+34600555002' })
    expect(readPhone('(nobody) knows (it)', null, null)).to.deep.equal({ value: '(nobody) knows (it)' })
  })

  for (const [label, type] of [
    ['Mobile', 'mobile'],
    ['* Work', 'work'],
    ['Work mobile', 'mobile'],
    ['Móvil', 'mobile'],
    ['Casa', 'home'],
    ['Home Fax', 'other'],
    ['Main', 'other'],
    ['* ', null],
    ['', null],
  ] as const) {
    // prettier-ignore
    it(`labelled ${JSON.stringify(label)} have Lever's type ${String(type)}`, () => {
      expect(phoneTypeOf(label)).to.equal(type)
    })
  }

  for (const [country, location, expected] of [
    [undefined, 'Madrid, Spain', 'ES'],
    [undefined, 'Sevilla, España', 'ES'],
    [undefined, 'Bilbao, Basque Country, SPAIN ', 'ES'],
    [undefined, 'Austin, Texas, United States', 'US'],
    [undefined, 'Düsseldorf, Deutschland', 'DE'],
    [undefined, 'UK', 'GB'],
    ['ES', 'Madrid', 'ES'],
    ['es', undefined, 'ES'],
    ['Francia', undefined, 'FR'],
    [undefined, 'San Francisco, CA', null],
    [undefined, 'Atlanta, Georgia', null],
    [undefined, 'Greater Madrid Metropolitan Area', null],
    [undefined, 'Berlin', null],
    [undefined, undefined, null],
  ] as const) {
    // prettier-ignore
    it(`of somebody in ${country ?? location ?? 'no place'} are read as those of ${expected ?? 'no country'}`, () => {
      expect(phoneCountryOf(country, location)).to.equal(expected)
    })
  }
})
