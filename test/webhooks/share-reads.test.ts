import { expect } from 'chai'
import { shareReads } from '../../src/webhooks/share-reads.ts'
import { rejection } from '../support/rejection.ts'

describe('shared readings', () => {
  it('reads once for those who ask in the same turn, and anew for who asks while that is under way', async () => {
    const reads: { key: string; end: (value: string) => void }[] = []
    const find = shareReads((key) => new Promise<string>((end) => reads.push({ key, end })))

    const first = [find('a'), find('a'), find('b')]
    await new Promise(setImmediate)
    const later = find('a')
    await new Promise(setImmediate)
    reads.forEach(({ key, end }, index) => end(`${key}${index}`))

    expect(await Promise.all([...first, later])).to.deep.equal(['a0', 'a0', 'b1', 'a2'])
    expect(reads.map(({ key }) => key)).to.deep.equal(['a', 'b', 'a'])
  })

  it('gives nobody what was true before they asked', async () => {
    let stored = 'before'
    const find = shareReads(async () => stored)

    const asked = find('a')
    stored = 'after'

    expect(await asked).to.equal('after')
  })

  it('tells each of a failed reading, and goes on', async () => {
    const answers = [Promise.reject(new Error('down')), Promise.resolve('up')]
    answers[0]?.catch(() => undefined)
    const find = shareReads(() => answers.shift() ?? Promise.resolve(''))

    const failed = await Promise.all([rejection(find('a')), rejection(find('a'))])

    expect(failed.map(({ message }) => message)).to.deep.equal(['down', 'down'])
    expect(await find('a')).to.equal('up')
  })
})
