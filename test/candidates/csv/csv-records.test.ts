import { expect } from 'chai'
import type { CsvLine } from '../../../src/candidates/csv/csv-lines.ts'
import { LONGEST_RECORD, readRecords, type CsvRecord } from '../../../src/candidates/csv/csv-records.ts'

async function* linesOf(texts: Iterable<string>): AsyncGenerator<CsvLine> {
  let number = 0
  for (const text of texts) yield { number: (number += 1), text }
}

async function read(texts: Iterable<string>): Promise<CsvRecord[]> {
  const records: CsvRecord[] = []
  for await (const record of readRecords(linesOf(texts), ',')) records.push(record)
  return records
}

/** The cells, or the first word of the fault. */
const told = (records: CsvRecord[]) => records.map((record) => ('cells' in record ? record.cells : record.fault.split(' ')[1]))

describe('rows of a CSV text', () => {
  for (const [what, lines, rows] of [
    ['white space around cells and quotes', [' a , "b" ,\t"c"', ''], [['a', 'b', 'c']]],
    ['quotation marks inside a cell without', ['Eve "E" Fox,5",x', '"'], [['Eve "E" Fox', '5"', 'x'], 'quotation']],
    ['such a cell beside a quoted one over lines', ['5" tall,"one', 'two",6"', 'b'], [['5" tall', 'one\ntwo', '6"'], ['b']]],
    ['text behind a closing quotation mark', ['"a"b,c', '"a" b,c', '"a""b" ,c'], ['quotation', 'quotation', ['a"b', 'c']]],
    ['an unclosed quotation mark before quoted rows', ['"a,b', '"c","d"', '"e, f",g'], ['quotation', ['c', 'd'], ['e, f', 'g']]],
    ['a quoted cell over many lines', ['"1', '', '3', '4', '5', '6",x', 'y'], [['1\n\n3\n4\n5\n6', 'x'], ['y']]],
    ['lines of nothing', ['', ' ', ',,', '"",', 'a'], [['a']]],
  ] as const) {
    // prettier-ignore
    it(`are read: ${what}`, async () => {
      expect(told(await read(lines))).to.deep.equal(rows)
    })
  }

  it('are lost one at a time if quotation marks do not match, with the text of the line', async () => {
    const lines = Array.from({ length: 1000 }, (_, at) => (at % 7 === 3 ? `"${at},open` : `"row, ${at}",x`))

    const records = await read(lines)

    expect(records).to.have.length(1000)
    expect(records.filter((record) => 'fault' in record)).to.have.length(143)
    expect(records[3]).to.include({ line: 4, lastLine: 4, text: '"3,open' })
  })

  it('have no quoted cell that exceeds the maximum row length', async () => {
    const line = 'x'.repeat(999)
    const records = await read(['"', ...Array.from({ length: 150 }, () => line), 'end'])

    expect(told(records).slice(0, 2)).to.deep.equal(['quotation', [line]])
    expect(records).to.have.length(152)
  })

  it('are read ahead no further than the maximum row length', async () => {
    let pulled = 0
    function* endless(): Generator<string> {
      for (;;) {
        pulled += 1000
        yield pulled === 1000 ? '"' : 'x'.repeat(999)
      }
    }
    for await (const record of readRecords(linesOf(endless()), ',')) if (record.line === 2) break

    expect(pulled).to.be.within(LONGEST_RECORD - 1000, LONGEST_RECORD + 3000)
  })

  it('are read in linear time if a file consists of unclosed quotation marks', async () => {
    const lines = Array.from({ length: 20_000 }, () => 'a","c')
    const startedAt = performance.now()

    const records = await read([...lines, 'end'])

    expect(records).to.have.length(20_001)
    expect(performance.now() - startedAt).to.be.below(15_000)
  })
})
