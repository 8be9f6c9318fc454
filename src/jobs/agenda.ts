import { MongoBackend } from '@agendajs/mongo-backend'
import { Agenda } from 'agenda'
import type { Collection, Connection } from 'mongoose'
import { writeOnce } from '../duplicate-key.ts'
import type { Log } from '../log.ts'
import type { RecurringJob } from './recurring-job.ts'

export interface JobsOptions {
  /** Open; Agenda uses it and leaves it open. */
  connection: Connection
  jobs: readonly RecurringJob[]
  log: Log
  /** How often the clock is looked at. */
  processEveryMs?: number
}

export interface RunningJobs {
  /** Starts no further job and resolves when those that run have ended, or after `graceMs`. */
  stop(graceMs: number): Promise<void>
}

const COLLECTION = 'agenda_jobs'
const PROCESS_EVERY_MS = 10_000
/** A job that takes longer is begun again beside itself, by design of Agenda; jobs here may run twice. */
const LOCK_MS = 60_000

/**
 * Starts the alarm clock: every job at its interval, in one of the processes that run it. Jobs only find work, so that one which
 * runs twice, late or in two processes does no harm. Polls, since nothing here is due at once.
 */
export async function startJobs({ connection, jobs, log, processEveryMs = PROCESS_EVERY_MS }: JobsOptions): Promise<RunningJobs> {
  if (!connection.db) throw new Error('the connection to MongoDB must be open before jobs are started')
  const agenda = new Agenda({
    backend: new MongoBackend({ mongo: connection.db, collection: COLLECTION }),
    processEvery: processEveryMs,
    maxConcurrency: jobs.length,
    defaultConcurrency: 1,
    defaultLockLimit: 1, // more than the concurrency would be locked and left waiting
    defaultLockLifetime: LOCK_MS,
  })
  agenda.on('error', (error) => log.warn({ err: error }, 'the job scheduler had an error'))
  const running = new Set<Promise<void>>()
  for (const job of jobs) agenda.define(job.name, (_job, done) => void runOnce(job, running, log, done))

  await agenda.start()
  const documents = connection.collection(COLLECTION)
  await documents.createIndex({ name: 1 }, { unique: true, name: 'one_document_a_job' })
  for (const job of jobs) await schedule(agenda, documents, job)
  return { stop: (graceMs) => stop(agenda, running, graceMs) }
}

/**
 * Makes the job's document unless it is there: a process that starts leaves time and lock of the others as they are, which
 * Agenda's own `every` does not.
 */
async function schedule(agenda: Agenda, documents: Collection, { name, everyMs }: RecurringJob): Promise<void> {
  await documents.deleteOne({ name, repeatInterval: { $ne: everyMs } }) // of a version with another interval
  await writeOnce(() => agenda.create(name).repeatEvery(everyMs).unique({ name }, { insertOnly: true }).save())
}

async function runOnce(job: RecurringJob, running: Set<Promise<void>>, log: Log, done: () => void): Promise<void> {
  const run = job
    .run()
    .catch((error: unknown) => log.warn({ job: job.name, err: error }, 'a job failed; it runs again at its next scheduled time'))
  running.add(run)
  await run
  running.delete(run)
  done()
}

/** Agenda's own `stop` gives waiting jobs back and does not wait for those that run; its timers do not keep a process that exits. */
async function stop(agenda: Agenda, running: ReadonlySet<Promise<void>>, graceMs: number): Promise<void> {
  await agenda.stop()
  const grace = new Promise<void>((resolve) => setTimeout(resolve, graceMs).unref())
  await Promise.race([Promise.all(running), grace])
}
