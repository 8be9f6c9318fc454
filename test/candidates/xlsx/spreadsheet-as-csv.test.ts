import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import type { ServiceError } from '../../../src/errors.ts'
import { previewCsv } from '../../../src/candidates/preview-csv.ts'
import { LARGEST_XLSX_BYTES, openTable } from '../../../src/candidates/xlsx/spreadsheet-as-csv.ts'
import { readRows } from '../../../src/candidates/xlsx/sheet-rows.ts'
import { rejection } from '../../support/rejection.ts'
import { sheet, textRow, xlsx, zip } from './build-xlsx.ts'

const HEAD = textRow(1, 'Name', 'Email', 'Phone')

async function* pieces(bytes: Buffer, pieceBytes = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

async function csvOf(bytes: Buffer, pieceBytes?: number): Promise<string> {
  const table = await openTable(pieces(bytes, pieceBytes), { add: () => undefined })
  let text = ''
  for await (const piece of table.pieces) text += Buffer.from(piece).toString()
  return text.replace('\u{FEFF}', '')
}

const cell = (attributes: string, content: string) =>
  xlsx({ rows: `<row r="1"><c r="A1" ${attributes}>${content}</c></row>`, styles: STYLES })
const STYLES = `<numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd;@"/><numFmt numFmtId="165" formatCode="00000"/><numFmt numFmtId="166" formatCode="&quot;days &quot;0"/></numFmts>
  <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="20"/></cellXfs>`
const refusal = async (bytes: Buffer) => {
  const error = (await rejection(csvOf(bytes, 65_536))) as unknown as ServiceError
  return `${error.code}: ${error.message} ${error.hint}`
}

describe('spreadsheet as CSV', () => {
  it('is the first visible sheet of a file that openpyxl wrote, with each row on the line of its number', async () => {
    const bytes = readFileSync(new URL('samples/people.xlsx', import.meta.url))
    const preview = await previewCsv(pieces(bytes))

    expect(preview).to.deep.include({ sheet: { name: 'People', others: 2 }, encoding: 'utf-8', delimiter: ',' })
    expect(preview.rows.map(({ line, candidate }) => [line, candidate])).to.deep.equal([
      [2, { name: 'Ana López', emails: ['ana@x.example'], phones: [{ value: '34600555115' }], externalId: '2026-03-01', summary: 'Line one\nLine two', tags: ['a', 'b'] }],
      [4, { name: 'Bob', emails: ['bob@x.example'], phones: [{ value: '034600555116' }], externalId: '1234567890123', stage: 'TRUE', summary: 'He said "hi", twice' }],
    ]) // prettier-ignore
  })

  it('shows numbers with all digits, dates as ISO 8601, and formulas as their last value', async () => {
    const shown: [string, string, string][] = [
      ['', '<v>34600555115</v>', '34600555115'],
      ['', '<v>3.4600555115E10</v>', '34600555115'],
      ['', '<v>1.2E+21</v>', '1200000000000000000000'],
      ['', '<v>0.30000000000000004</v>', '0.3'],
      ['', '<v>1.5E-7</v>', '0.00000015'],
      ['s="3"', '<v>1234</v>', '01234'],
      ['s="4"', '<v>12</v>', '12'],
      ['s="1"', '<v>46082</v>', '2026-03-01'],
      ['s="2"', '<v>46082.604166666664</v>', '2026-03-01 14:30'],
      ['s="5"', '<v>0.5</v>', '12:00'],
      ['s="99"', '<v>46082</v>', '46082'],
      ['t="str"', '<f>A2&amp;"x"</f><v>Ana x</v>', 'Ana x'],
      ['', '<f>1+1</f><v>2</v>', '2'],
      ['t="b"', '<v>1</v>', 'TRUE'],
      ['t="d"', '<v>2026-03-01T00:00:00</v>', '2026-03-01T00:00:00'],
      ['t="inlineStr"', '<is><r><t>Ana </t></r><r><rPr><b/></rPr><t>López</t></r><rPh><t>no</t></rPh></is>', 'Ana López'],
      ['t="inlineStr"', '<is><t>a_x000D_\nb &amp; c</t></is>', 'a\u2028b & c'],
    ]
    for (const [attributes, content, text] of shown) expect(await csvOf(cell(attributes, content)), content).to.equal(`${text}\n`)
    expect(await csvOf(cell('t="e"', '<v>#N/A</v>'))).to.equal('')
  })

  it('marks formulas without a last value, but not those with an empty text', async () => {
    for (const content of ['<f>A2</f>', '<f>A2</f><v/>', '<f>A2</f><v></v>', '<f t="shared" si="0"/>'])
      expect(await csvOf(cell('', content)), content).to.equal('#FORMULA!\n')
    expect(await csvOf(cell('t="str"', '<f>A2</f>'))).to.equal('#FORMULA!\n')
    expect(await csvOf(cell('t="str"', '<f>A2</f><v></v>'))).to.equal('')
    expect(await csvOf(cell('t="e"', '<f>1/0</f><v>#DIV/0!</v>'))).to.equal('')
  })

  it('reads shared strings, cells without an address, and other prefixes, and drops empty cells at the end', async () => {
    const rows = `<x:row><x:c t="s"><x:v>1</x:v></x:c><x:c t="s"><x:v>0</x:v></x:c><x:c s="1"/></x:row><x:row r="4"><x:c r="C4" t="s"><x:v>2</x:v></x:c></x:row><x:row r="900000"/>`
    const bytes = xlsx({ rows, strings: '<si><t>Email</t></si><si><t xml:space="preserve">Name</t></si><si><t>say "hi", ok</t></si>' })

    for (const size of [1, 7, 100_000]) expect(await csvOf(bytes, size)).to.equal('Name,Email\n\n\n,,"say ""hi"", ok"\n')
  })

  it('skips hidden sheets and charts', async () => {
    const sheets = '<sheet name="H" state="veryHidden" r:id="rId1"/><sheet name="C" r:id="rId5"/><sheet name="Second" r:id="rId4"/>'
    const bytes = xlsx({ rows: HEAD, sheets, more: { 'xl/worksheets/sheet2.xml': sheet(textRow(1, 'Seen')) } })

    expect(await csvOf(bytes)).to.equal('Seen\n')
    expect(await refusal(xlsx({ rows: HEAD, sheets: '<sheet name="H" state="hidden" r:id="rId1"/>' }))).to.include('no visible sheet')
  })

  it('passes a CSV file through unchanged', async () => {
    for (const text of ['', 'P', 'PK', 'name,email\nA,a@a.example\n']) expect(await csvOf(Buffer.from(text), 1)).to.equal(text)
  })

  it('explains why it refuses other spreadsheets', async () => {
    const old = Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.alloc(600)])

    expect(await refusal(old)).to.match(/before 2007, or has a password.*\.xlsx without a password, or as "CSV UTF-8"/)
    expect(await refusal(zip({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': '<x/>' }))).to.include(
      'not an .xlsx',
    )
    expect(await refusal(xlsx({ rows: HEAD }).subarray(0, 900))).to.include('damaged')
    expect(await refusal(Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(5000, 7)]))).to.include('damaged')
  })

  it('refuses what would expand beyond its limits, declared or not', async () => {
    const bomb = Buffer.alloc(257 * 1024 * 1024, ' ')
    const part = 'xl/worksheets/sheet1.xml'
    const parts = {
      '_rels/.rels': '<Relationships><Relationship Id="a" Type="x/officeDocument" Target="w.xml"/></Relationships>',
      'w.xml': '<workbook><sheets><sheet name="S" r:id="b"/></sheets></workbook>',
      '_rels/w.xml.rels': `<Relationships><Relationship Id="b" Type="x/worksheet" Target="${part}"/></Relationships>`,
      [part]: bomb,
    }

    expect(await refusal(zip(parts)))
      .to.include('payload_too_large')
      .and.include('larger than 256 MB once unpacked')
    expect(await refusal(zip({ ...parts, [part]: bomb.subarray(0, 1_000_000) }, { [part]: 1000 }))).to.include('damaged')
    expect(await refusal(Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(LARGEST_XLSX_BYTES)]))).to.include('at most 10 MB')
    const long = 'x'.repeat(45_000)
    for (const strings of ['<si/>'.repeat(1_000_001), `<si><t>${long}</t></si>`.repeat(380)])
      expect(await refusal(xlsx({ rows: HEAD, strings }))).to.include('too much text')
    const rows = `<row><c t="inlineStr"><is><t>${long}</t></is></c></row>`.repeat(1200)
    expect(await refusal(xlsx({ rows }))).to.include('larger than 50 MB as CSV')
    expect(await csvOf(xlsx({ rows: '<row><c r="XFD1"><v>1</v></c></row>' }))).to.equal(`${','.repeat(1000)}1\n`)
  })

  it('ends a row that is too long before its text is built, and rejects only that row', async () => {
    const row = (number: number, one: string) => `<row r="${number}">${one.repeat(100)}</row>`
    const strings = `<si><t>${'"'.repeat(50_000)}</t></si><si><t>${'a_x000D_\n'.repeat(5000)}</t></si>`
    const inline = `<c t="inlineStr"><is><t>${'x'.repeat(50_000)}</t></is></c>`
    const rows = row(2, '<c t="s"><v>0</v></c>') + row(3, inline) + row(4, '<c t="s"><v>1</v></c>')
    const bytes = xlsx({ rows: HEAD + rows + textRow(5, 'Ana', 'ana@x.example'), strings })
    const lines = (await csvOf(bytes, 65_536)).split('\n')

    expect(lines.map(({ length }) => length)).to.deep.equal([16, 100_001, 100_001, 100_001, 17, 0])
    expect((await previewCsv(pieces(bytes))).rows.map(({ line, message }) => [line, message])).to.deep.equal([
      ...[2, 3, 4].map((line) => [line, 'The row is longer than 100000 characters.']),
      [5, null],
    ])
  })

  it('keeps little of a row that is too long', async () => {
    const workbook = { sheet: { name: '', part: '' }, others: 0, strings: ['"'.repeat(50_000)], formats: [], is1904: false }
    const kept: number[] = []
    for await (const { cells } of readRows(pieces(Buffer.from(sheet(`<row>${'<c t="s"/>'.repeat(1000)}</row>`))), workbook))
      kept.push(cells.join('').length)

    expect(kept).to.deep.equal([250_000])
  })

  it('refuses entities, and sheets that contradict themselves', async () => {
    const entities = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>`
    const of = (text: string) => xlsx({ rows: '', more: { 'xl/worksheets/sheet1.xml': text } })

    for (const bad of [of(entities), of('<worksheet><sheetData><row>'), of('<worksheet>&unknown;</worksheet>'), of('no xml'), xlsx({ rows: '<row r="2"/><row r="1"/>' }), xlsx({ rows: '<row r="9999999"/>' }), xlsx({ rows: '<row><c r="ZZZ1"><v>1</v></c></row>' })])
      expect(await refusal(bad)).to.match(/^invalid_request: The spreadsheet is damaged/)
  }) // prettier-ignore

  it('refuses names, values, and comments without an end, too many attributes, and endless depth, before they fill the memory', async () => {
    const of = (text: string) => xlsx({ rows: '', more: { 'xl/worksheets/sheet1.xml': text } })
    const long = 'a'.repeat(8_000_000)
    const many = Array.from({ length: 500_000 }, (_, at) => `a${at}=""`).join(' ')
    const end = '<sheetData/></worksheet>'
    const deep = `${'<a>'.repeat(2_000_000)}${'</a>'.repeat(2_000_000)}`
    const endless = [
      `<worksheet a="${long}">${end}`,
      `<worksheet><!--${long}-->${end}`,
      `<worksheet><${long}/>${end}`,
      `<worksheet ${many}>${end}`,
      `<worksheet>${deep}${end}`,
    ]

    expect(await csvOf(of(`<worksheet a="a"><!--a--><a><a/></a>${end}`))).to.equal('')
    for (const text of endless) expect(await refusal(of(text)), text.slice(0, 20)).to.match(/^invalid_request: The spreadsheet is damaged/)
  })
})
