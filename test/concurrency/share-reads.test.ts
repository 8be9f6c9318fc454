import { expect } from 'chai'
import { shareReads } from '../../src/concurrency/share-reads.ts'
import { rejection } from '../support/rejection.ts'

describe('shared reads', () => {
  it('read once for all callers in the same turn, and once more for all who call during that read', async () => {
    const reads: { key: string; end: (value: string) => void }[] = []
    const find = shareReads((key) => new Promise<string>((end) => reads.push({ key, end })))
    const nextTurn = () => new Promise(setImmediate)

    const first = [find('a'), find('a'), find('b')]
    await nextTurn()
    const later = [find('a')]
    await nextTurn()
    later.push(find('a'))
    expect(reads.map(({ key }) => key)).to.deep.equal(['a', 'b'])
    reads.forEach(({ end }, index) => end(`${index}`))
    await nextTurn()
    reads[2]?.end('2')

    expect(await Promise.all([...first, ...later])).to.deep.equal(['0', '0', '1', '2', '2'])
    expect(reads.map(({ key }) => key)).to.deep.equal(['a', 'b', 'a'])
  })

  it('never return data older than the call', async () => {
    let stored = 'before'
    const find = shareReads(async () => stored)

    const asked = find('a')
    stored = 'after'
    expect(await asked).to.equal('after')
    const underWay = find('a')
    await new Promise(setImmediate)
    const next = find('a')
    stored = 'later'

    expect([await underWay, await next]).to.deep.equal(['after', 'later'])
  })

  it('reject every caller of a failed read, then read again', async () => {
    const answers = [Promise.reject(new Error('down')), Promise.resolve('up')]
    answers[0]?.catch(() => undefined)
    const find = shareReads(() => answers.shift() ?? Promise.resolve(''))

    const failed = await Promise.all([rejection(find('a')), rejection(find('a'))])

    expect(failed.map(({ message }) => message)).to.deep.equal(['down', 'down'])
    expect(await find('a')).to.equal('up')
  })

  it('start although an earlier read hangs, and reject the callers of that one', async () => {
    const answers = [new Promise<string>(() => undefined), Promise.resolve('answer')]
    const find = shareReads(() => answers.shift() ?? Promise.resolve(''), { patienceMs: 20, limitMs: 200 })

    const hanging = rejection(find('a'))
    await new Promise(setImmediate)
    await new Promise(setImmediate)

    expect(await find('a')).to.equal('answer')
    expect((await hanging).message).to.equal('a shared command did not answer within 0.2 s')
  })
})
