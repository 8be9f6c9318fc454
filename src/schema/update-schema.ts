import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from 'mongodb'
import type { Log } from '../log.ts'
import { buildIndexes, dropBridges } from './build-indexes.ts'
import { readSchemaState, SCHEMA_STATE, takeSchemaLease, type SchemaLease, type SchemaState } from './schema-state.ts'
import { newestOf, type SchemaStep } from './schema-step.ts'
import { fingerprintOf, type WantedIndexes } from './wanted-indexes.ts'

export interface SchemaOptions {
  /** A connection for the state alone. */
  db: Db
  /** Opens the connection that steps and indexes use. Not called if the database is newer, or up to date. */
  open: () => Promise<Db>
  steps: readonly SchemaStep[]
  indexes: readonly WantedIndexes[]
  /** How long a migration may go without a heartbeat before another process takes over. */
  leaseMs: number
  /** Called when there is something to do, here or in another process. */
  onMigration: () => void
  /** Aborted when the process stops. */
  signal: AbortSignal
  log: Log
}

export class StepFailed extends Error {
  constructor(step: string, cause: unknown) {
    super(`this part of the migration failed: ${step}`, { cause })
    this.name = 'StepFailed'
  }
}

const LOOK_AGAIN_MS = 300
const INDEXES = 'build indexes'

/**
 * Brings the database to this version: runs the steps that it lacks and builds the indexes that have changed, in one process at a time. The
 * other processes wait. If the database is up to date, one read says so. May be repeated.
 * @throws SchemaNewer, StepFailed
 */
export async function updateSchema(options: SchemaOptions): Promise<void> {
  const { db, steps, indexes, leaseMs, signal, log } = options
  const [newest, fingerprint] = [newestOf(steps), fingerprintOf(indexes)]
  let waitsFor: string | undefined
  while (!signal.aborted) {
    const state = await readSchemaState(db, newest)
    if (state?.version === newest && state.indexes === fingerprint) return
    options.onMigration()
    const lease = await takeSchemaLease(db, { newest, leaseMs })
    if (lease) return await underLease(lease, options, { newest, fingerprint })
    const doing = state?.doing ?? INDEXES
    if (doing !== waitsFor) log.info({ step: doing }, 'another process migrates the database; waiting for it')
    waitsFor = doing
    await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined)
  }
}

async function underLease(lease: SchemaLease, options: SchemaOptions, target: Target): Promise<void> {
  try {
    await migrate(lease, options, target)
  } finally {
    await lease.release()
  }
}

interface Target {
  newest: number
  fingerprint: string
}

async function migrate(lease: SchemaLease, options: SchemaOptions, { newest, fingerprint }: Target): Promise<void> {
  const db = await options.open()
  const isNew = lease.state.version === undefined && (await isEmpty(db))
  const pending = isNew ? [] : options.steps.filter(({ number }) => isPending(lease.state, number))
  const run = stepRunner(lease, options, pending.length)
  const build = () => attempt(INDEXES, lease, () => buildIndexes(db, options.indexes))

  for (const step of pending.filter(({ beforeIndexes }) => beforeIndexes)) await run(step, db)
  if (pending.length > 0 || lease.state.indexes !== fingerprint) await build()
  const after = pending.filter(({ beforeIndexes }) => !beforeIndexes)
  for (const step of after) await run(step, db)
  if (after.length > 0) await build() // a step may have dropped an index that is wanted again
  if (!isNew) await dropBridges(db, options.indexes)
  await lease.write({ $set: { version: newest, indexes: fingerprint }, $unset: { done: 1 } })
  options.log.info({ version: newest, steps: pending.length }, 'the database is up to date')
}

function isPending({ version = 0, done = [] }: SchemaState, number: number): boolean {
  return number > version && !done.includes(number)
}

function stepRunner(lease: SchemaLease, { log, signal }: SchemaOptions, of: number): (step: SchemaStep, db: Db) => Promise<void> {
  let done = 0
  return async (step, db) => {
    signal.throwIfAborted()
    await attempt(step.name, lease, () => step.run(db))
    await lease.write({ $addToSet: { done: step.number } })
    done += 1
    log.info({ step: step.name, version: step.number, done, of }, 'migration step done')
  }
}

/** @throws StepFailed */
async function attempt(name: string, lease: SchemaLease, run: () => Promise<unknown>): Promise<void> {
  await lease.write({ $set: { doing: name } })
  try {
    await run()
  } catch (error) {
    throw new StepFailed(name, error)
  }
}

/** True if no collection has a document, whether or not an interrupted first start has created collections. */
async function isEmpty(db: Db): Promise<boolean> {
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
    if (name === SCHEMA_STATE || name.startsWith('system.')) continue
    if ((await db.collection(name).findOne({}, { projection: { _id: 1 } })) !== null) return false
  }
  return true
}
