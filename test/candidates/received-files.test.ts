import { expect } from 'chai'
import mongoose from 'mongoose'
import { evenPieces } from '../../src/candidates/even-pieces.ts'
import { MOST_HELD_BYTES } from '../../src/candidates/held-bytes.ts'
import { LONGEST_AT_ONCE, withReceivedFile } from '../../src/candidates/import-file.ts'
import { keepFile, readFile } from '../../src/candidates/import-files.ts'
import { eventually } from '../support/eventually.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'

const MEGABYTE = 1024 * 1024
const ORGANIZATION = 'a'.repeat(24)

async function* inPieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const read: Uint8Array[] = []
  for await (const piece of pieces) read.push(piece)
  return read
}

describe('received files', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)

  it('are stored in pieces of 64 KB, whatever their chunks', async () => {
    const bytes = Buffer.from(Array.from({ length: 150_000 }, (_, at) => at % 251))

    for (const pieceBytes of [1, 1000, 65_536, 150_000]) {
      const pieces = await all(evenPieces(inPieces(bytes, pieceBytes)))
      expect(pieces.map(({ length }) => length)).to.deep.equal([65_536, 65_536, 18_928])
      expect(Buffer.concat(pieces).equals(bytes)).to.equal(true)
    }
  })

  it('let the process do other work while many small chunks arrive', async () => {
    let turns = 0
    const turn = setInterval(() => (turns += 1), 1)
    await all(evenPieces(inPieces(Buffer.alloc(500_000), 1)))
    clearInterval(turn)

    expect(turns).to.be.above(1)
  })

  it('are refused while pending ones occupy enough memory, and accepted again afterwards', async () => {
    let end = (): void => undefined
    const ended = new Promise<void>((resolve) => (end = resolve))
    let waiting = 0
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`name,email\n${'x'.repeat(MEGABYTE - 11)}`)
      waiting += 1
      await ended
    }
    const files = MOST_HELD_BYTES / MEGABYTE
    const held = Array.from({ length: files }, async () => withReceivedFile(ORGANIZATION, slow(), async () => 'received'))
    await eventually('the files are held', () => waiting === files)

    const refused = await rejection(withReceivedFile(ORGANIZATION, inPieces(Buffer.from('name,email\n'), 100), async () => 'received'))
    end()
    const outcomes = await Promise.all(held)
    const again = await withReceivedFile(ORGANIZATION, inPieces(Buffer.from('name,email\n'), 100), async () => 'received')

    expect(refused).to.deep.include({ code: 'too_many_requests', headers: { 'Retry-After': '5' } })
    expect(new Set([...outcomes, again])).to.deep.equal(new Set(['received']))
  })

  it('are read back byte for byte, and are not considered complete if they are deleted during the read', async () => {
    const bytes = Buffer.from(Array.from({ length: 2 * LONGEST_AT_ONCE }, (_, at) => at % 253))
    const file = await keepFile(inPieces(bytes, 65_536))
    const chunks = mongoose.connection.collection('candidate_import_files.chunks')

    const whole = Buffer.concat(await all(readFile(file)))
    const reading = readFile(file)
    await reading.next()
    await chunks.deleteMany({ files_id: file, n: { $gt: 2 } })
    const failure = await rejection(all(reading))

    expect(whole.equals(bytes)).to.equal(true)
    expect(failure).to.have.property('message', 'The file was deleted while it was read.')
  })
})
