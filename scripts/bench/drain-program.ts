/** Processes queued documents that need no work, in one of three ways, and reports the rate per second. */
import { MongoBackend } from '@agendajs/mongo-backend'
import { Agenda } from 'agenda'
import mongoose, { model, Schema } from 'mongoose'
import { createLog } from '../../src/log.ts'
import { claimWork, heartbeat } from '../../src/work/claim.ts'
import { workFields, type WorkDocument } from '../../src/work/work-fields.ts'
import { startWorker } from '../../src/work/worker.ts'
import { writeStep } from '../../src/work/write-step.ts'
import { readGiven, tell } from './program.ts'

export type DrainKind = 'worker' | 'loop' | 'agenda'

const AT_ONCE = 32
const LEASE_MS = 15_000
const DURABLY = { w: 'majority', j: true } as const

const { kind, databaseUri, many } = readGiven() as { kind: DrainKind; databaseUri: string; many: number }
const schema = new Schema({ ...workFields, status: String }, { collection: 'errands' })
schema.index({ status: 1, lane: 1, dueAt: 1 })
const ErrandModel = model('Errand', schema)

await mongoose.connect(databaseUri, { writeConcern: { w: 'majority' } })
await ErrandModel.createIndexes()
const tookMs = await { worker: byWorker, loop: byLoop, agenda: byAgenda }[kind]()
await tell({ perSecond: (many * 1000) / tookMs })
process.exit(0)

async function queue(): Promise<void> {
  const errand = { status: 'queued', dueAt: new Date(0), lane: 1, fence: 0, leaseUntil: null, claim: null }
  await ErrandModel.collection.insertMany(Array.from({ length: many }, () => ({ ...errand })))
}

/** The way in which exports and deliveries are processed. */
async function byWorker(): Promise<number> {
  await queue()
  let done = 0
  return new Promise((resolve) => {
    const startedAt = performance.now()
    const worker = startWorker<WorkDocument>({
      name: 'errands',
      atOnce: AT_ONCE,
      pollMs: 1000,
      leaseMs: LEASE_MS,
      claim: (atMost) => claimWork<WorkDocument>(ErrandModel, { statuses: ['queued'], atMost, leaseMs: LEASE_MS }),
      keep: (claimed) => heartbeat(ErrandModel, claimed, LEASE_MS),
      async run(claimed) {
        await writeStep(ErrandModel, claimed, { set: { status: 'done' }, release: 'never' })
        done += 1
        if (done === many) void worker.stop(0).then(() => resolve(performance.now() - startedAt))
      },
      log: createLog({ level: 'warn' }),
    })
  })
}

/** Each loop takes a document, marks it done, and takes the next: no batches, leases or heartbeats, the same durability. */
async function byLoop(): Promise<number> {
  await queue()
  const startedAt = performance.now()
  const { collection } = ErrandModel
  const takeTurns = async (): Promise<void> => {
    for (;;) {
      const taken = await collection.findOneAndUpdate(
        { status: 'queued' },
        { $set: { status: 'running' } },
        { sort: { lane: 1, dueAt: 1 } },
      )
      if (!taken) return
      await collection.updateOne({ _id: taken._id, status: 'running' }, { $set: { status: 'done' } }, { writeConcern: DURABLY })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, takeTurns))
  return performance.now() - startedAt
}

/** One job per document, with the only settings with which Agenda processes a backlog. */
async function byAgenda(): Promise<number> {
  const { db } = mongoose.connection
  if (!db) throw new Error('not connected')
  const agenda = new Agenda({
    backend: new MongoBackend({ mongo: db, collection: 'errand_jobs' }),
    processEvery: 200,
    maxConcurrency: AT_ONCE,
    defaultConcurrency: AT_ONCE,
    defaultLockLimit: AT_ONCE,
    defaultLockLifetime: 60_000,
  })
  let done = 0
  const finished = new Promise<void>((resolve) => {
    agenda.define('errand', (_job, end) => {
      end()
      done += 1
      if (done === many) resolve()
    })
  })
  for (let index = 0; index < many; index += 1) await agenda.now('errand')
  const startedAt = performance.now()
  await agenda.start()
  await finished
  return performance.now() - startedAt
}
