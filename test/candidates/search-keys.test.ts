import { expect } from 'chai'
import {
  keyOfTerm,
  markOfTerm,
  searchFields,
  searchTerms,
  textOfTerm,
  withMarks,
  type SearchedData,
} from '../../src/candidates/search-keys.ts'

const NOBODY: SearchedData = { name: '', emails: [], phones: [], links: [], tags: [] }

/** Whether a search finds a person, by the keys and by the text. */
function finds(q: string, person: Partial<SearchedData>): { byKeys: boolean; byText: boolean } {
  const { searchKeys, searchText, searchMark } = searchFields({ ...NOBODY, ...person })
  const terms = searchTerms(q)
  const isMarked = new RegExp(withMarks(terms.flatMap((term) => markOfTerm(term) ?? [])) ?? '').test(searchMark)
  const hasKey = (term: string) => {
    const { key, isWhole } = keyOfTerm(term)
    return searchKeys.some((one) => (isWhole ? one === key : one.startsWith(key)))
  }
  return { byKeys: isMarked && terms.every(hasKey), byText: terms.every((term) => new RegExp(textOfTerm(term)).test(searchText)) }
}

const YES = { byKeys: true, byText: true }
const NO = { byKeys: false, byText: false }

const IBRAHIM: SearchedData = {
  name: 'İbrahim Yılmaz-Öz',
  headline: 'C++ engineer (night shift) at Weiß & Søn, QA',
  emails: ['i.yilmaz@navy.example.com', 'in@x.example'],
  phones: [{ value: '+90 212 555-01-23 ext. 5' }],
  links: ['https://www.linkedin.com/in/ibrahim-yilmaz-98'],
  tags: ['Go', 'Short list'],
  profileUrl: 'https://tool.example/p/4711',
}

describe('search keys', () => {
  for (const q of [
    'yilmaz',
    'YILMAZ',
    'Yılmaz',
    'yilmaz ibrahim',
    'Yilmaz, Ibrahim',
    'y',
    'yi',
    'yil',
    'oz',
    'c++',
    '(night',
    'weiss',
    'son',
    'qa',
    'go',
    'list short',
    'i.yilmaz@navy.example.com',
    'yilmaz@navy',
    'navy.ex',
    'in@x.example',
    'https://www.linkedin.com/in/ibrahim-yilmaz-98',
    'linkedin.com/in/ibrahim',
    'https://www.linkedin.com/in/ibrahim-yilmaz-98/',
    'www.linkedin.com/in/ibrahim-yilmaz-98',
    '<i.yilmaz@navy.example.com>',
    '"yilmaz"',
    'yilmaz-98',
    'tool.example/p/4711',
    '4711',
    '+90 212 555 01 23',
    '0212 555 0123',
    '(212) 5550123',
    '00902125550123',
    '2125550',
    '  ',
  ])
    // prettier-ignore
    it(`find by the beginnings of words: "${q}"`, () => {
      expect(finds(q, IBRAHIM)).to.deep.equal(YES)
    })

  for (const q of ['ilmaz', 'zz', 'yilmazz', 'yilmaz zz', '.*', '%', 'navyxex', '555 0123', '9021255501235', 'yilmaz@x'])
    it(`do not find others: "${q}"`, () => {
      expect(finds(q, IBRAHIM)).to.deep.equal(NO)
    })

  it('find words within scripts that put no spaces between them, names of symbols, and letters outside of the first plane', () => {
    for (const [name, q] of [
      ['王小明', '小明'],
      ['김민수', '민수'],
      ['ソフトウェア', 'ウェア'],
      ['محمد علي', 'علي'],
      ['🙂 🙃', '🙃'],
      ['𝒜𝓃𝒶', 'ana'],
      ['𐐷𐐸𐐹𐐺𐐻', '𐐷𐐸𐐹𐐺'],
      ['𐐷𐐸𐐹𐐺𐐻', '𐐷𐐸'],
    ] as const)
      expect(finds(q, { name }), q).to.deep.equal(YES)
  })

  it('find numbers with separators that are no phone numbers, although a search for one looks like one', () => {
    for (const [person, q] of [
      [{ headline: 'Season 2023-2024 at Acme' }, '2023-2024'],
      [{ headline: 'Sold 10.000 units' }, '10.000'],
      [{ tags: ['born 1990 2024-01'] }, '2024-01'],
      [{ tags: ['2023 2024'] }, '2023 2024'],
      [{ emails: ['kurs.12345-67@x.example'] }, '12345-67'],
      [{ name: 'Unit 007-12345' }, '007-12345'],
      [{ links: ['https://tool.example/p/12/345-6'] }, '12/345-6'],
    ] as const)
      expect(finds(q, person), q).to.deep.equal(YES)
  })

  it('do not find a phone number by its first three digits', () => {
    expect(finds('212', { phones: IBRAHIM.phones })).to.deep.equal(NO)
  })

  it('have a mark that rules out nearly all others', () => {
    const others = Array.from({ length: 1000 }, (_, index) => searchFields({ ...NOBODY, name: `Ana ${(index * 7919).toString(36)}x` }))
    const mark = new RegExp(withMarks(['ana', 'yilmaz'].flatMap((term) => markOfTerm(term) ?? [])) ?? '')

    expect(others.filter(({ searchMark }) => mark.test(searchMark)).length).to.be.below(20)
  })

  it('are limited in number and length, name and addresses first', () => {
    const headline = Array.from({ length: 3000 }, (_, index) => `w${index.toString(36)}x`).join(' ')
    const endless = { ...IBRAHIM, headline, links: ['a', 'b'].map((letter) => `https://x.example/${letter.repeat(1900)}`) }

    const { searchKeys, searchText, searchMark } = searchFields(endless)

    expect(searchKeys.length).to.be.below(800)
    expect(searchText.length).to.be.below(200 * 62)
    expect(searchMark).to.equal('')
    for (const q of ['yilmaz', 'short', '+90 212 555 01 23', 'w1x', 'a'.repeat(100)]) expect(finds(q, endless), q).to.deep.equal(YES)
  })

  it('take time in proportion to the text', () => {
    const hostile = {
      ...NOBODY,
      name: 'x',
      headline: '漢'.repeat(10_000),
      links: Array.from({ length: 50 }, () => `https://a.b/${'.a'.repeat(990)}`),
    }

    expect(searchFields(hostile).searchKeys.length).to.be.below(800)
  })
})
