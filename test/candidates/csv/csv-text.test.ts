import { expect } from 'chai'
import { decodeText, type CsvEncoding } from '../../../src/candidates/csv/csv-text.ts'

const ALL_1252 = Buffer.from(Array.from({ length: 128 }, (_, at) => at + 128))

async function read(bytes: Buffer, pieceBytes = 65_536): Promise<{ text: string; encoding: CsvEncoding }> {
  const text = decodeText(inPieces(bytes, pieceBytes))
  let all = ''
  for await (const piece of text.pieces) all += piece
  return { text: all, encoding: text.encoding }
}

async function* inPieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

describe('text of a CSV file', () => {
  for (const [what, bytes, text, encoding] of [
    ['nothing', Buffer.alloc(0), '', 'utf-8'],
    ['one byte', Buffer.from('a'), 'a', 'utf-8'],
    ['ASCII', Buffer.from('name,email\n'), 'name,email\n', 'utf-8'],
    ['UTF-8', Buffer.from('name\nZoë 😀'), 'name\nZoë 😀', 'utf-8'],
    ['UTF-8 with a mark', Buffer.from('\uFEFFname\nZoë'), 'name\nZoë', 'utf-8'],
    ['UTF-16 with a mark', Buffer.from('\uFEFFname\nZoë 😀', 'utf16le'), 'name\nZoë 😀', 'utf-16le'],
    ['UTF-16, its high bytes first, with a mark', utf16be('\uFEFFname\nZoë 😀'), 'name\nZoë 😀', 'utf-16be'],
    ['UTF-16 without', Buffer.from('name\nZoë 😀', 'utf16le'), 'name\nZoë 😀', 'utf-16le'],
    ['UTF-16, its high bytes first, without', utf16be('name\nZoë 😀'), 'name\nZoë 😀', 'utf-16be'],
    ['windows-1252', Buffer.from('name\nZo\xeb', 'latin1'), 'name\nZoë', 'windows-1252'],
    ['windows-1252 that ends like the beginning of a character of UTF-8', Buffer.from('\xc3\xbcber\xfc Jos\xe9', 'latin1'), 'Ã¼berü José', 'windows-1252'],
  ] as const) {
    // prettier-ignore
    it(`is read from ${what}, with any chunk boundaries`, async () => {
      for (const pieceBytes of [1, 2, 3, 65_536]) expect(await read(bytes, pieceBytes)).to.deep.equal({ text, encoding })
    })
  }

  it('has every character of windows-1252, and U+FFFD for the five unassigned bytes', async () => {
    const { text } = await read(ALL_1252)

    expect(text.slice(0, 32)).to.equal('€\uFFFD‚ƒ„…†‡ˆ‰Š‹Œ\uFFFDŽ\uFFFD\uFFFD‘’“”•–—˜™š›œ\uFFFDžŸ')
    expect(text.slice(32)).to.equal(ALL_1252.subarray(32).toString('latin1'))
  })

  it('remains UTF-8 if a few bytes are broken', async () => {
    const broken = Buffer.concat([Buffer.from('Zoë, Ana Núñez, '), Buffer.from([0xc3]), Buffer.from(', x\n')])

    expect(await read(broken)).to.deep.equal({ text: 'Zoë, Ana Núñez, \uFFFD, x\n', encoding: 'utf-8' })
  })

  it('detects the encoding from the first non-ASCII bytes, however late they come', async () => {
    const late = Buffer.concat([Buffer.from('x'.repeat(300_000)), Buffer.from('é'), Buffer.from('y'.repeat(100_000)), Buffer.from('Zo\xeb', 'latin1')])

    for (const pieceBytes of [1000, 65_537, 1_000_000]) {
      const { text, encoding } = await read(late, pieceBytes)
      expect([encoding, text.length, text.slice(-3)]).to.deep.equal(['utf-8', 400_004, 'Zo\uFFFD'])
    }
  })

  it('lets the process do other work while it is read, however large a chunk is', async () => {
    let turns = 0
    const turn = setInterval(() => (turns += 1), 1)
    await read(Buffer.alloc(30_000_000, 'z'), 30_000_000)
    clearInterval(turn)

    expect(turns).to.be.above(1)
  })
}) // prettier-ignore
