import { expect } from 'chai'
import { readBatches } from '../../src/candidates/import-csv.ts'

async function* onePiece(rows: string[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(['name,email,summary', ...rows].join('\n'))
}

describe('batches of rows', () => {
  it('are short if rows are long', async () => {
    const sizes: number[] = []
    for await (const { rows } of readBatches(onePiece(Array.from({ length: 30 }, () => `Ana,,${'x'.repeat(90_000)}`))))
      sizes.push(rows.length)

    expect(sizes).to.deep.equal([3, 3, 3, 3, 3, 3, 3, 3, 3, 3])
  })

  it('continue after a line, and end with their last line', async () => {
    const ends: number[] = []
    for await (const { lastLine } of readBatches(onePiece(Array.from({ length: 1200 }, () => 'Ana,,')), {
      resumeAt: { after: 301, refuseNext: null },
    }))
      ends.push(lastLine)

    expect(ends).to.deep.equal([801, 1201])
  })

  it('let other work run while they are read, even from one chunk', async () => {
    let turns = 0
    let ticking = setImmediate(function tick() {
      turns += 1
      ticking = setImmediate(tick)
    })
    for await (const { rows } of readBatches(onePiece(Array.from({ length: 20_000 }, (_, at) => `Ana,p${at}@a.example,`)))) void rows
    clearImmediate(ticking)

    expect(turns).to.be.at.least(10)
  })
})
