import { MongoBackend } from '@agendajs/mongo-backend'
import { Agenda } from 'agenda'
import type { Collection, Connection } from 'mongoose'
import { writeOnce } from '../duplicate-key.ts'
import type { Log } from '../log.ts'
import type { RecurringJob } from './recurring-job.ts'

export interface JobsOptions {
  /** An open connection. Agenda uses it and does not close it. */
  connection: Connection
  jobs: readonly RecurringJob[]
  log: Log
  /** How often Agenda checks for due jobs. */
  processEveryMs?: number
}

export interface RunningJobs {
  /** Starts no further job. Resolves when running jobs have ended, or after `graceMs`. */
  stop(graceMs: number): Promise<void>
}

const COLLECTION = 'agenda_jobs'
const PROCESS_EVERY_MS = 10_000
/**
 * Agenda locks a job for this long. By its design, a longer job is started a second time while it is still running.
 * Jobs here may run twice.
 */
const LOCK_MS = 60_000

/**
 * Starts the scheduler, which runs every job at its interval in one of the processes. Jobs only find work, so it does
 * no harm if one runs twice, late, or in two processes. It polls, because no job is urgent.
 */
export async function startJobs({ connection, jobs, log, processEveryMs = PROCESS_EVERY_MS }: JobsOptions): Promise<RunningJobs> {
  if (!connection.db) throw new Error('the connection to MongoDB must be open before jobs are started')
  const agenda = new Agenda({
    backend: new MongoBackend({ mongo: connection.db, collection: COLLECTION }),
    processEvery: processEveryMs,
    maxConcurrency: jobs.length,
    defaultConcurrency: 1,
    defaultLockLimit: 1, // further locked jobs would only wait
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
 * Creates the job's document unless it exists. A starting process thus leaves the times and locks of others
 * unchanged, which Agenda's own `every` does not.
 */
async function schedule(agenda: Agenda, documents: Collection, { name, everyMs }: RecurringJob): Promise<void> {
  await documents.deleteOne({ name, repeatInterval: { $ne: everyMs } }) // created by a version with another interval
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

/**
 * Agenda's own `stop` releases waiting jobs and does not wait for running ones. Its timers do not keep an exiting
 * process alive.
 */
async function stop(agenda: Agenda, running: ReadonlySet<Promise<void>>, graceMs: number): Promise<void> {
  await agenda.stop()
  const grace = new Promise<void>((resolve) => setTimeout(resolve, graceMs).unref())
  await Promise.race([Promise.all(running), grace])
}
