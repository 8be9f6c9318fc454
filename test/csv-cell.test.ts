import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import { csvCell, csvLine, plainCell } from '../src/csv-cell.ts'

const FORMULAS = ['=1+1', '+34 600 555 002', '-1', '@SUM(A1)', '\t=1+1', '\r=1+1', '＝1+1', '＠x']

describe('cells of a CSV that is given out', () => {
  for (const formula of FORMULAS) {
    it(`defuses ${JSON.stringify(formula)}`, () => {
      expect(csvCell(formula).replace(/^"/, '')).to.match(/^'/)
    })

    it(`defuses ${JSON.stringify(formula)} where a reader that separates otherwise sees a cell begin`, () => {
      for (const before of ['x;', 'x\t', 'x\n', 'x\r\n']) {
        expect(csvCell(`${before}${formula}`)).to.include(`${before}'${formula[0]}`)
      }
    })
  }

  it('leaves other text as it is', () => {
    for (const text of ['', 'Ana', 'ana@a.example', 'a=b', 'C++', "O'Brien", '1-2']) expect(csvCell(text)).to.equal(text)
  })

  it('quotes what would not stay one cell, and no reader loses anything', () => {
    const texts = ['a,b', 'say "x"', 'one\ntwo', 'one\r\ntwo', ' x ', 'a;b', '']

    expect(parse(csvLine(texts), { record_delimiter: '\r\n' })).to.deep.equal([texts])
  })

  it('is undone where a file of ours comes back', () => {
    for (const text of [...FORMULAS, '+34 1;+34 2', "'tis", 'x']) {
      const [[cell = ''] = []] = parse(csvLine([text]), { record_delimiter: '\r\n' })
      expect(plainCell(cell)).to.equal(text)
    }
  })
})
