import { expect } from 'chai'
import mongoose, { mongo, type Collection } from 'mongoose'
import { spy } from 'sinon'
import { createLog } from '../../src/log.ts'
import { watchWork, type WorkWatch } from '../../src/work/watch-work.ts'
import { NEVER } from '../../src/work/work-fields.ts'
import { eventually } from '../support/eventually.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

const REST_MS = 700

describe('watching for work', () => {
  let errands: Collection
  let watch: WorkWatch
  /** When the worker was woken, by this machine's clock, which is the database's too. */
  let woken: number[]

  before(connectEmptyDatabase)
  after(leaveDatabase)
  beforeEach(async () => {
    woken = []
    errands = mongoose.connection.collection('errands')
    let isOpen = false
    const wakers = { errands: () => void woken.push(Date.now()), letters: () => (isOpen = true) }
    watch = watchWork(mongoose.connection, wakers, createLog({ level: 'silent' }))
    await eventually('the stream is open', async () => {
      await mongoose.connection.collection('letters').insertOne({})
      return isOpen
    })
  })
  afterEach(() => watch.stop())

  it('wakes the worker at once for due work', async () => {
    await errands.insertOne({ dueAt: new Date() })

    await eventually('it is woken', () => woken.length > 0)
  })

  it('wakes the worker for work without a due time', async () => {
    await errands.insertOne({ what: 'a letter' })

    await eventually('it is woken', () => woken.length > 0)
  })

  it('wakes the worker when a new waiting document becomes due, and not before', async () => {
    const dueAt = new Date(Date.now() + REST_MS)
    await errands.insertOne({ dueAt })

    const [first = 0] = await eventually('it is woken', () => (woken.length > 0 ? woken : null))

    expect(first).to.be.at.least(dueAt.getTime())
  })

  it('wakes the worker when a released document becomes due, and not before', async () => {
    const { insertedId } = await errands.insertOne({ dueAt: NEVER })
    const release = [{ $set: { dueAt: { $add: ['$$NOW', REST_MS] } } }]
    const released = await errands.findOneAndUpdate({ _id: insertedId }, release, { returnDocument: 'after' })

    const [first = 0] = await eventually('it is woken', () => (woken.length > 0 ? woken : null))

    expect(first).to.be.at.least(Number(released?.['dueAt']))
  })

  it('does not wake the worker for changes that leave the due time unchanged', async () => {
    const { insertedId } = await errands.insertOne({ dueAt: NEVER })
    await errands.updateOne({ _id: insertedId }, { $set: { claim: 'somebody' } })
    await errands.insertOne({ dueAt: new Date(0) }) // told after the change before it
    await eventually('it is woken', () => woken.length > 0)

    expect(woken).to.have.length(1)
  })
  it('is not even told of work that has ended or rests, so that such work costs the other processes nothing', async () => {
    const next = spy(mongo.ChangeStream.prototype, 'emit')
    const { insertedId } = await errands.insertOne({ dueAt: new Date() })
    await errands.updateOne({ _id: insertedId }, { $set: { dueAt: NEVER } })
    await errands.insertOne({ dueAt: new Date() })
    await eventually('both that are due are told of', () => woken.length === 2)

    const told = next
      .getCalls()
      .filter(({ args: [event, change] }) => event === 'change' && (change as { ns?: { coll?: string } }).ns?.coll === 'errands')
    next.restore()
    expect(told).to.have.length(2)
  })
  it('does not wake the worker for steps of claimed work, which MongoDB may report as replacements, but for its release', async () => {
    const { insertedId } = await errands.insertOne({ dueAt: NEVER })
    await errands.replaceOne({ _id: insertedId }, { dueAt: new Date(0), claim: 'somebody' })
    await errands.replaceOne({ _id: insertedId }, { dueAt: new Date(0), claim: null }) // reported after the change before it
    await eventually('it is woken', () => woken.length > 0)

    expect(woken).to.have.length(1)
  })
})
