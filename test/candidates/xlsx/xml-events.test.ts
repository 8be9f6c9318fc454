import { expect } from 'chai'
import { readWholeXml } from '../../../src/candidates/xlsx/xml-events.ts'
import { rejection } from '../../support/rejection.ts'

const PIECE = 16 * 1024
const LARGEST = 128 * 1024

/** What a text that should be refused had given, and taken, when it was. */
async function refusedAt(text: string): Promise<{ opened: string[]; pulled: number }> {
  const opened: string[] = []
  let pulled = 0
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < text.length; at += PIECE) {
      const piece = Buffer.from(text.slice(at, at + PIECE))
      pulled += piece.length
      yield piece
    }
  }
  const error = await rejection(readWholeXml(pieces(), { open: (name) => void opened.push(name) }))
  expect(error, text.slice(0, 40)).to.include({ code: 'invalid_request' })
  return { opened, pulled }
}

async function openedIn(text: string): Promise<string[]> {
  const opened: string[] = []
  await readWholeXml((async function* () { yield Buffer.from(text) })(), { open: (name) => void opened.push(name) }) // prettier-ignore
  return opened
}

const attributes = (count: number, length: number) => Array.from({ length: count }, (_, at) => `a${at}="${'x'.repeat(length)}"`).join(' ')

describe('XML of a workbook', () => {
  it('is refused once a tag has more characters than workbooks use, however many attributes follow', async () => {
    const { pulled } = await refusedAt(`<row ${attributes(50, 60_000)}/>`)

    expect(pulled).to.be.below(LARGEST + 60_000 + 2 * PIECE)
  })

  it('is refused once all open tags together have too many characters, in their names or attributes', async () => {
    const tag = `<x ${attributes(1, 60_000)}>`
    const name = 'n'.repeat(60_000)

    expect(await refusedAt(`<a>${tag.repeat(50)}`)).to.deep.include({ opened: ['a', 'x', 'x'] })
    expect((await refusedAt(`<a>${`<${name}>`.repeat(50)}`)).opened).to.have.length(3)
    expect(await openedIn(`<a>${`${tag}</x>`.repeat(50)}</a>`)).to.have.length(51)
  })

  it('is refused at its first fault: nothing after it is read', async () => {
    for (const fault of ['&unknown;', '<b></c>', '<b a=1/>', '<!DOCTYPE a>', '< $'])
      expect((await refusedAt(`<a>${fault}<later/></a>`)).opened, fault).not.to.include('later')
  })

  it('is refused if an attribute is named like a property that the parser relies on', async () => {
    expect(await refusedAt('<a hasOwnProperty="1" b="2"/>')).to.deep.include({ opened: [] })
    expect(await openedIn('<a __proto__="1" constructor="2" b="3"/>')).to.deep.equal(['a'])
  })

  it('is refused if an instruction, a comment, a document type, or an entity has no end, before it fills the memory', async () => {
    const long = 'a'.repeat(20 * PIECE)
    for (const start of ['<?', '<?a ', '<!--', '<!DOCTYPE ', '<!DOCTYPE a [', '</', '&']) {
      const { pulled } = await refusedAt(`<a>${start}${long}`)
      expect(pulled, start).to.be.below(LARGEST)
    }
  })

  it('is refused at a declaration, which takes quadratic time to read', async () => {
    expect(await refusedAt(`<a><!${'A'.repeat(2 * PIECE)}`)).to.deep.equal({ opened: ['a'], pulled: PIECE })
    expect(await refusedAt(`<!ELEMENT a><a/>`)).to.deep.include({ opened: [] })
  })

  it('delivers a text or CDATA without an end in chunks', async () => {
    const lengths: number[] = []
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('<a>')
      for (let at = 0; at < 40; at += 1) yield Buffer.from(at === 20 ? '<![CDATA[' : 'x'.repeat(PIECE))
      yield Buffer.from(']]></a>')
    }
    await readWholeXml(pieces(), { text: (piece) => void lengths.push(piece.length) })

    expect(lengths.reduce((sum, length) => sum + length)).to.equal(39 * PIECE)
    expect(Math.max(...lengths)).to.be.below(LARGEST)
  })
})
