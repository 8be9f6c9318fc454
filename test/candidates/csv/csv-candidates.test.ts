import { expect } from 'chai'
import { openCsv, type CsvCandidate } from '../../../src/candidates/csv/csv-candidates.ts'
import { LONGEST_RECORD } from '../../../src/candidates/csv/csv-records.ts'
import { rejection } from '../../support/rejection.ts'

async function read(file: string | Buffer, pieceBytes = 65_536): Promise<CsvCandidate[]> {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
  }
  const rows: CsvCandidate[] = []
  for await (const row of (await openCsv(pieces())).rows) rows.push(row)
  return rows
}

const inputs = (rows: CsvCandidate[]) => rows.map((row) => ('input' in row ? row.input : row.fault))
const faults = (rows: CsvCandidate[]) => rows.flatMap((row) => ('fault' in row ? [{ line: row.line, fault: row.fault }] : []))

describe('reading candidates from CSV', () => {
  it('reads the field names in any case, also in the singular, and several values in a cell', async () => {
    const rows = await read(
      'EXTERNALID,Name,email,Phone,link,TAG\nx1,Ana López,ana@a.example; ana@b.example,+34 1;+34 2,https://a.example/ana,go;rust\n',
    )

    expect(inputs(rows)).to.deep.equal([
      {
        externalId: 'x1',
        name: 'Ana López',
        emails: ['ana@a.example', 'ana@b.example'],
        phones: [{ value: '+34 1' }, { value: '+34 2' }],
        links: ['https://a.example/ana'],
        tags: ['go', 'rust'],
      },
    ])
  })

  for (const [name, delimiter] of [
    ['comma', ','],
    ['semicolon', ';'],
    ['tab', '\t'],
  ] as const) {
    // prettier-ignore
    it(`detects a ${name} as the delimiter in the header`, async () => {
      const rows = await read(['name', 'emails', 'headline'].join(delimiter) + '\n' + ['Ana', '"a@a.example;b@a.example"', '"x, y; z"'].join(delimiter))

      expect(inputs(rows)).to.deep.equal([{ name: 'Ana', emails: ['a@a.example', 'b@a.example'], headline: 'x, y; z' }])
    })
  }

  it('drops a byte order mark, and ignores unknown columns', async () => {
    const rows = await read('\uFEFFname,shoe size,email\nAna,38,ana@a.example\n')

    expect(inputs(rows)).to.deep.equal([{ name: 'Ana', emails: ['ana@a.example'] }])
  })

  it('counts physical lines across quoted line breaks and blank lines, with any line ending and chunk size', async () => {
    const file =
      'name,email,summary\r\nAna,ana@a.example,"one\r\ntwo\n\nthree"\n\nBob,not an address,\rCyd,,\r\n"D ""Dee"" Doe",d@a.example,😀'

    for (const pieceBytes of [1, 3, 65_536]) {
      const rows = await read(file, pieceBytes)

      expect(rows.map(({ line, lastLine }) => [line, lastLine])).to.deep.equal([[2, 5], [7, 7], [8, 8], [9, 9]]) // prettier-ignore
      expect(inputs(rows)[0]).to.deep.include({ summary: 'one\ntwo\n\nthree' })
      expect(faults(rows)).to.deep.equal([{ line: 7, fault: 'The column "email" has a value that is not an email address.' }])
      expect(inputs(rows)[3]).to.deep.equal({ name: 'D "Dee" Doe', emails: ['d@a.example'], summary: '😀' })
    }
  })

  it('reads the rows after one whose quotation mark is never closed', async () => {
    const rows = await read(
      'name,email\nAna,ana@a.example\n"Bob,bob@a.example\nCyd,cyd@a.example\n"Dee, Dr",dee@a.example\nEve "E" Fox,eve@a.example\n',
    )

    expect(faults(rows)).to.deep.equal([
      {
        line: 3,
        fault:
          'A quotation mark in line 3 opens a cell that is not closed properly: end the cell with a quotation mark, and double those inside it.',
      },
    ])
    expect(inputs(rows.filter((row) => 'input' in row))).to.deep.equal([
      { name: 'Ana', emails: ['ana@a.example'] },
      { name: 'Cyd', emails: ['cyd@a.example'] },
      { name: 'Dee, Dr', emails: ['dee@a.example'] },
      { name: 'Eve "E" Fox', emails: ['eve@a.example'] },
    ])
  })

  it('reads the rows after an unclosed quotation mark when no other one follows', async () => {
    const rows = await read('name,email\n"Bob,bob@a.example\nCyd,cyd@a.example\nDee,dee@a.example')

    expect(rows.map(({ line }) => line)).to.deep.equal([2, 3, 4])
    expect(faults(rows).map(({ line }) => line)).to.deep.equal([2])
  })

  it('refuses a row that is longer than any candidate, but not the next one', async () => {
    const rows = await read(`name,email,summary\nAna,ana@a.example,${'x'.repeat(LONGEST_RECORD * 3)}\nBob,bob@a.example,\n`, 1000)

    expect(faults(rows)).to.deep.equal([{ line: 2, fault: `The row is longer than ${LONGEST_RECORD} characters.` }])
    expect(inputs(rows)[1]).to.deep.equal({ name: 'Bob', emails: ['bob@a.example'] })
  })

  for (const [column, longest] of [
    ['externalId', 300],
    ['name', 300],
    ['first name', 300],
    ['stage', 300],
    ['country', 300],
    ['headline', 10_000],
    ['summary', 10_000],
    ['email', 20_000],
    ['phone', 20_000],
    ['link', 20_000],
    ['tag', 20_000],
  ] as const) {
    it(`refuses a row with more than ${longest} characters in the column ${column}, and names it`, async () => {
      const rows = await read(`email,name,${column}\na@a.example,Ana,${'1'.repeat(longest + 1)}\nb@a.example,Bob,x\n`)

      expect(faults(rows)[0]).to.deep.equal({
        line: 2,
        fault: `The cell in the column "${column}" is longer than ${longest} characters.`,
      })
    })
  }

  it('reads no more values from a cell than a candidate may have', async () => {
    const rows = await read(`name,email,phone\nAna,a@a.example,${'1;'.repeat(9000)}\n`)

    expect(faults(rows)).to.deep.equal([{ line: 2, fault: 'The column "phone" has more than 50 entries.' }])
  })

  it('names the line of an unclosed quotation mark in a row that begins earlier', async () => {
    const rows = await read('name,email,summary\nAna,ana@a.example,"one\ntwo",\nBob,"b\nc","d\ne\nf')

    expect(faults(rows)[0]?.line).to.equal(4)
    expect(faults(rows)[0]?.fault).to.match(/^A quotation mark in line 5 opens a cell/)
  })

  it('refuses a file whose header is not among its first lines, or has too many columns', async () => {
    for (const file of [`${'\n'.repeat(100_000)}name,email\nAna,a@a.example`, `name,email${',x'.repeat(1000)}\nAna,a@a.example`])
      expect(await rejection(read(file))).to.include({ code: 'invalid_request' })
  })

  it('refuses only the rows that do not match the encoding of the file', async () => {
    const rows = await read(
      Buffer.concat([
        Buffer.from('name,email\nZoë,zoe@a.example\nL'),
        Buffer.from([0xf3]),
        Buffer.from('p,lop@a.example\nÁna,ana@a.example\n'),
      ]),
    )

    expect(faults(rows)).to.deep.equal([{ line: 3, fault: 'The row has unreadable characters: save the file as "CSV UTF-8".' }])
    expect(inputs(rows)[2]).to.deep.include({ name: 'Ána' })
  })

  it('refuses a row with more cells than the header, and accepts one with fewer or with empty ones', async () => {
    const rows = await read('name,email,headline\nLópez, Ana,ana@a.example,x\nBob,bob@a.example\nCyd,cyd@a.example,,,\n')

    expect(faults(rows)).to.deep.equal([{ line: 2, fault: 'The row has 4 cells, the header 3: quote cells that contain the delimiter.' }])
    expect(rows).to.have.length(3)
  })

  it("reads LinkedIn's connections export after its preamble", async () => {
    const rows = await read(
      'Notes:\n"When exporting your connection data, you may notice that some of the email addresses are missing. You will only see ""x"", y"\n\n' +
        'First Name,Last Name,URL,Email Address,Company,Position,Connected On\nAna,López,https://www.linkedin.com/in/ana,,Acme,Engineer,03 Mar 2024\n' +
        'Bob,,https://www.linkedin.com/in/bob,bob@a.example,,,04 Mar 2024\n,,,,,,\n',
    )

    expect(rows.map(({ line }) => line)).to.deep.equal([5, 6])
    expect(inputs(rows)).to.deep.equal([
      { name: 'Ana López', headline: 'Engineer at Acme', links: ['https://www.linkedin.com/in/ana'] },
      { name: 'Bob', links: ['https://www.linkedin.com/in/bob'], emails: ['bob@a.example'] },
    ])
  })

  for (const [what, file] of [
    ['no rows', ''],
    ['no known column', 'a,b\n1,2\n'],
    ['no column that tells people apart', 'headline,stage\nx,y\n'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0])],
  ] as const) {
    // prettier-ignore
    it(`refuses a whole file with ${what}`, async () => {
      const refusal: unknown = await read(Buffer.from(file)).catch((error: unknown) => error)

      expect(refusal).to.include({ code: 'invalid_request' })
    })
  }

  it('skips a line that tells Excel the separator', async () => {
    const rows = await read('sep=;\nname;email\nAna;ana@a.example\n')

    expect(rows.map(({ line }) => line)).to.deep.equal([3])
  })

  it('restores the original values of our own defused files', async () => {
    const rows = await read("name,email,phones,summary\nAna,ana@a.example,'+34 600 555 002;'+34 600 555 003,'-- x\n")

    expect(inputs(rows)[0]).to.deep.include({ phones: [{ value: '+34600555002' }, { value: '+34600555003' }], summary: '-- x' })
  })

  it('accepts links without a scheme, and drops repeated phones', async () => {
    const rows = await read('name,link,phone,Mobile\nAna,www.linkedin.com/in/ana,+34 600 555 002,0034600555002\n')

    expect(inputs(rows)[0]).to.deep.include({ links: ['https://www.linkedin.com/in/ana'], phones: [{ value: '+34600555002' }] })
  })

  it("distinguishes the sourcing tool's profile page from LinkedIn's", async () => {
    const [own] = inputs(await read('name,email,profileUrl\nAna,ana@a.example,https://a.example/p\n'))
    const [foreign] = inputs(await read('First Name,Last Name,Profile URL\nAna,López,https://a.example/p\n'))

    expect(own).to.deep.include({ profileUrl: 'https://a.example/p' })
    expect(foreign).to.deep.equal({ name: 'Ana López', links: ['https://a.example/p'] })
  })

  it('splits tags at commas only in files that separate all lists with commas', async () => {
    const [own] = inputs(await read('name,email,tags\nAna,ana@a.example,"R&D, Madrid;go"\n'))
    const [foreign] = inputs(await read('First Name,Email addresses,Tags\nAna,ana@a.example,"R&D, Madrid;go"\n'))

    expect([own, foreign].map((input) => (typeof input === 'object' ? input.tags : input))).to.deep.equal([
      ['R&D, Madrid', 'go'],
      ['R&D', 'Madrid', 'go'],
    ])
  })

  it('reads addresses as mail programs write them, with any separator', async () => {
    for (const [cell, emails] of [
      ['"""Dahl, Eli"" <eli@dahl.example>"', ['eli@dahl.example']],
      ['<eli@dahl.example>', ['eli@dahl.example']],
      ['mailto:eli@dahl.example', ['eli@dahl.example']],
      ['mailto:eli@dahl.example?subject=Hi', ['eli@dahl.example']],
      ['eli@dahl.example.', ['eli@dahl.example']],
      ["'eli@dahl.example'", ['eli@dahl.example']],
      ["'eli@dahl.example' <eli@dahl.example>", ['eli@dahl.example']],
      ["o'neil@dahl.example", ["o'neil@dahl.example"]],
      ['eli@dahl.example | eli@b.example', ['eli@dahl.example', 'eli@b.example']],
      ['eli@dahl.example / eli@b.example eli@c.example', ['eli@dahl.example', 'eli@b.example', 'eli@c.example']],
      ['"eli@dahl.example\neli@b.example"', ['eli@dahl.example', 'eli@b.example']],
    ] as const)
      expect(inputs(await read(`name,email\nEli,${cell}\n`)), cell).to.deep.equal([{ name: 'Eli', emails }])
    expect(faults(await read('name,email\nEli,Eli <>\n'))).to.have.length(1)
  })

  it('rejects a cell that says that there is no address, with a specific message', async () => {
    for (const cell of ['N/A', ' none ', '-', 'ninguno']) {
      expect(inputs(await read(`name,Work Email\nEli,${cell}\n`)), cell).to.deep.equal([
        'The cell in the column "Work Email" says that there is no email address: leave the cell empty.',
      ])
    }
  })

  it('leaves out numbers that a spreadsheet rounded and invalid ids, and says so', async () => {
    const [rounded, none, zero, fine] = await read(
      'externalId,name,email,Mobile\n1,Eli,eli@dahl.example,3.46006E+11\nN/A,Eli,eli@dahl.example,\n0,Eli,eli@dahl.example,+4740612345\n2,Eli,eli@dahl.example,\n',
    )

    expect(rounded).to.deep.include({ input: { externalId: '1', name: 'Eli', emails: ['eli@dahl.example'] } })
    expect(rounded)
      .to.have.nested.property('warnings[0]')
      .that.matches(/^The column "Mobile" .*not imported/)
    for (const row of [none, zero]) {
      expect(row)
        .to.have.property('input')
        .that.has.keys(row === zero ? ['name', 'emails', 'phones'] : ['name', 'emails'])
      expect(row)
        .to.have.nested.property('warnings[0]')
        .that.matches(/^The column "externalId" .*without an id/)
    }
    expect(fine).to.have.property('warnings').that.deep.equals([])
  })

  it('leaves out ids that a spreadsheet rounded, which several people may share, and says so', async () => {
    const rows = await read('externalId,name,email\n1.23457E+17,Eli,eli@dahl.example\n4E12,Ida,ida@moe.example\n')

    expect(inputs(rows)).to.deep.equal([
      { name: 'Eli', emails: ['eli@dahl.example'] },
      { externalId: '4E12', name: 'Ida', emails: ['ida@moe.example'] },
    ])
    expect(rows[0])
      .to.have.nested.property('warnings[0]')
      .that.matches(/^The column "externalId" has an id that a spreadsheet cut .*without an id/)
  })

  it('names the columns whose values it leaves out, at most three of each kind', async () => {
    const [two, four] = await read(
      'name,email,Mobile,Home phone,Phone 2,Phone 3\nEli,eli@dahl.example,3.46006E+11,4.7E+10\nEli,eli@dahl.example,3.4E+11,4.7E+10,1E+11,2E+11\n',
    )

    expect(two).to.have.property('warnings').that.has.length(2)
    expect(four).to.have.property('warnings').that.has.length(3)
  })

  it('builds a name from equal parts, and a location without repetition', async () => {
    const rows = await read(
      'First Name,Middle Name,Last Name,Email,City,State\nNils,,Nils,nils@dahl.example,Oslo,Oslo\nAnna,Eva,Anna Eva,anna@dahl.example,,\n',
    )

    expect(inputs(rows)).to.deep.equal([
      { name: 'Nils Nils', emails: ['nils@dahl.example'], location: 'Oslo' },
      { name: 'Anna Eva Anna Eva', emails: ['anna@dahl.example'] },
    ])
  })

  it('reads complete phone numbers in any spreadsheet format, and several from one cell', async () => {
    for (const [cell, phones] of [
      ['34600555002.0', ['+34600555002']],
      ['+34600555002.00', ['+34600555002']],
      ['"34600555002,0"', ['+34600555002']],
      ['3.4600555002E10', ['+34600555002']],
      ['3.4600555002E+10', ['+34600555002']],
      ['3.460055E+10', undefined],
      ['"+34 600 555 002, +34 600 555 003"', ['+34600555002', '+34600555003']],
      ['+34 600 555 002 / +34 600 555 003', ['+34600555002', '+34600555003']],
      ['+34 600 555 002 | 600 555 003', ['+34600555002', '+34600555003']],
      ['"+34 600 555 002\n600 555 003"', ['+34600555002', '+34600555003']],
    ] as const) {
      const [row] = inputs(await read(`name,email,phone,country\nEli,eli@dahl.example,${cell},Spain\n`))

      expect(typeof row === 'object' && row.phones?.map(({ value }) => value), cell).to.deep.equal(phones)
    }
  })

  it('leaves out placeholder words for phones and links, and says so', async () => {
    const [taken, rejected] = await read('name,email,Mobile,LinkedIn\nEli,eli@dahl.example,n/a,-\nIda,,,#N/A\n')

    expect(taken).to.deep.include({ input: { name: 'Eli', emails: ['eli@dahl.example'] } })
    expect(taken).to.have.property('warnings').that.deep.equals([
      'The column "Mobile" has a word for "none" instead of a phone number. It is not imported.',
      'The column "LinkedIn" has a word for "none" instead of a link. It is not imported.',
    ]) // prettier-ignore
    expect(rejected).to.have.property('warnings').that.has.length(1)
  })

  it('splits links, and accepts none with a space', async () => {
    expect(inputs(await read('name,links\nEli,"a.example/x,b.example/y,https://c.example/d,e,"\n'))).to.deep.equal([
      { name: 'Eli', links: ['https://a.example/x', 'https://b.example/y', 'https://c.example/d,e'] },
    ])
    expect(inputs(await read('name,links\nEli,"https://a.example/x, https://b.example/y https://c.example/z"\n'))).to.deep.equal([
      { name: 'Eli', links: ['https://a.example/x', 'https://b.example/y', 'https://c.example/z'] },
    ])
    expect(faults(await read('name,links\nEli,https://a.example/x y\n'))).to.have.length(1)
  })

  it('reads what spreadsheets make of texts and numbers, without invisible characters', async () => {
    const file =
      'name,email,phone,country\n"=""Eli\u200D Dahl""",eli@dahl\u200B.example,"=""004740612345""",Norway\nIda,ida@moe.example,\u202A4740612346.0\u202C,Norway\nUla,ula@moe.example,"=""""",\n'

    expect(inputs(await read(file))).to.deep.equal([
      { name: 'Eli\u200D Dahl', emails: ['eli@dahl.example'], phones: [{ value: '+4740612345' }], location: 'Norway' },
      { name: 'Ida', emails: ['ida@moe.example'], phones: [{ value: '+4740612346' }], location: 'Norway' },
      { name: 'Ula', emails: ['ula@moe.example'] },
    ])
  })

  it('names each fault of a row and its entry', async () => {
    const rows = await read('name,emails,links\nAna,ana@a.example;foo,ftp://a.example\n')

    expect(faults(rows)[0]?.fault).to.equal(
      'The column "emails" has a value that is not an email address (entry 2). The column "links" has a value that is not a link: enter it in full, starting with https:// or http://.',
    )
  })

  it('names the faulty column when several columns fill a field, but no value', async () => {
    const rows = await read(
      `Name,Email 1,Email 2,First Name,LinkedIn\nAna,ana@a.example,foo,,\nBo,bo@a.example,,,www.a.example/b c\n${'N'.repeat(201)},n@a.example,,,\n`,
    )

    expect(faults(rows)).to.deep.equal([
      { line: 2, fault: 'The column "Email 2" has a value that is not an email address.' },
      {
        line: 3,
        fault: 'The column "LinkedIn" has a value that is not a link: enter it in full, starting with https:// or http://.',
      },
      { line: 4, fault: 'The column "Name" is longer than 200 characters.' },
    ])
  })
})
