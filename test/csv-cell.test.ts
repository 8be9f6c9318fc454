import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import { csvCell, csvLine, plainCell } from '../src/csv-cell.ts'

const FORMULAS = ['=1+1', '+34 600 555 002', '-1', '@SUM(A1)', '\t=1+1', '\r=1+1', '＝1+1', '＠x']

describe('cells of an exported CSV', () => {
  for (const formula of FORMULAS) {
    it(`are defused: ${JSON.stringify(formula)}`, () => {
      expect(csvCell(formula).replace(/^"/, '')).to.match(/^'/)
    })

    it(`are defused where a reader with another separator sees a cell begin: ${JSON.stringify(formula)}`, () => {
      for (const before of ['x;', 'x\t', 'x\n', 'x\r\n']) {
        expect(csvCell(`${before}${formula}`)).to.include(`${before}'${formula[0]}`)
      }
    })
  }

  it('keep other text unchanged', () => {
    for (const text of ['', 'Ana', 'ana@a.example', 'a=b', 'C++', "O'Brien", '1-2']) expect(csvCell(text)).to.equal(text)
  })

  it('are quoted if they would not remain one cell, and no reader loses anything', () => {
    const texts = ['a,b', 'say "x"', 'one\ntwo', 'one\r\ntwo', ' x ', 'a;b', '']

    expect(parse(csvLine(texts), { record_delimiter: '\r\n' })).to.deep.equal([texts])
  })

  it('are restored when one of our files is imported', () => {
    for (const text of [...FORMULAS, '+34 1;+34 2', "'tis", 'x']) {
      const [[cell = ''] = []] = parse(csvLine([text]), { record_delimiter: '\r\n' })
      expect(plainCell(cell)).to.equal(text)
    }
  })
})
