import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from 'mongodb'
import type { Log } from '../log.ts'
import { createMissing, dropLeftover, findUnfinished, replaceIndex, type ChangedIndex } from './build-indexes.ts'
import type { DeclaredIndex, DeclaredIndexes, RetiredIndex } from './declared-indexes.ts'
import { stepRunner } from './run-step.ts'
import { readSchemaState, SCHEMA_STATE, takeSchemaLease, type SchemaLease, type SchemaState } from './schema-state.ts'
import { newestOf, type SchemaStep } from './schema-step.ts'
import { unlessAborted } from './unless-aborted.ts'

export interface SchemaOptions {
  db: Db
  steps: readonly SchemaStep[]
  indexes: readonly DeclaredIndexes[]
  /** Indexes that databases of earlier versions have and this version does not. */
  retired: readonly RetiredIndex[]
  /** Names of indexes that queries name in a `hint`: without them, these queries fail. */
  hinted: readonly string[]
  /** How long a migration may go without a heartbeat before another process takes over. */
  leaseMs: number
  /** Aborted when the process stops. */
  signal: AbortSignal
  log: Log
}

/** A part of the migration failed and is tried again. The message names the part. */
export class MigrationFailed extends Error {
  constructor(doing: string, cause: unknown) {
    super(`this part of the migration failed: ${doing}`, { cause })
    this.name = 'MigrationFailed'
  }
}

const LOOK_AGAIN_MS = 300
const INDEXES = 'build indexes'

/**
 * Brings the database to this version: runs the steps that it lacks, in one process at a time, and builds the indexes without which the service
 * must not run. The other processes wait. Resolves when nothing is left to do, or when the process stops. May be repeated.
 * @throws SchemaNewer, MigrationFailed
 */
export async function updateSchema(options: SchemaOptions): Promise<void> {
  let waitsFor: string | undefined
  while (!options.signal.aborted) {
    const state = await readSchemaState(options.db, newestOf(options.steps))
    if (await isUpToDate(options, state)) return
    if (await underLease(options, (lease) => migrate(lease, options, state === null))) continue
    const doing = state?.doing ?? INDEXES
    if (doing !== waitsFor) options.log.info({ step: doing }, 'another process migrates the database; waiting for it')
    waitsFor = doing
    await pause(options)
  }
}

/**
 * Builds and replaces the other indexes, and drops those that are not used any more. Resolves when nothing is left to do, or when the process
 * stops. May be repeated.
 * @throws SchemaNewer, MigrationFailed
 */
export async function finishIndexes(options: SchemaOptions): Promise<void> {
  const { db, steps, indexes, signal } = options
  const retired = options.retired.filter(({ from }) => from <= newestOf(steps))
  while (!signal.aborted) {
    await readSchemaState(db, newestOf(steps))
    const { missing, leftovers } = await findUnfinished(db, indexes, retired)
    const changed = await attempt(INDEXES, signal, () => createMissing(db, missing))
    if (changed.length === 0 && leftovers.length === 0) return
    const isMine = await underLease(options, async (lease) => {
      await replaceAll(lease, options, changed)
      // read again, because another process may have held the lease until now
      for (const one of (await findUnfinished(db, indexes, retired)).leftovers) await dropLeftover(db, one, lease.assertHeld)
    })
    if (!isMine) await pause(options)
  }
}

async function underLease(options: SchemaOptions, run: (lease: SchemaLease) => Promise<void>): Promise<boolean> {
  const lease = await takeSchemaLease(options.db, { newest: newestOf(options.steps), leaseMs: options.leaseMs })
  if (!lease) return false
  try {
    await run(lease)
  } finally {
    await lease.release()
  }
  return true
}

/** Creates the indexes that are only missing, which needs no lease. */
async function isUpToDate(options: SchemaOptions, state: SchemaState | null): Promise<boolean> {
  if (state?.version !== newestOf(options.steps)) return false
  return (await createNeeded(options)).length === 0
}

async function migrate(lease: SchemaLease, options: SchemaOptions, hasNoState: boolean): Promise<void> {
  const { db, steps, signal, log } = options
  const isNew = hasNoState && (await collectionsOf(db)).length === 0
  const pending = isNew ? [] : steps.filter(({ number }) => isPending(lease.state, number))
  const run = stepRunner(lease, { ...options, of: pending.length })

  for (const step of pending.filter(({ beforeIndexes }) => beforeIndexes)) await attempt(step.name, signal, () => run(step))
  await lease.write({ $set: { doing: INDEXES } })
  await replaceAll(lease, options, await createNeeded(options))
  for (const step of pending.filter(({ beforeIndexes }) => !beforeIndexes)) await attempt(step.name, signal, () => run(step))
  await lease.write({ $set: { version: newestOf(steps) }, $unset: { done: 1 } })
  if (pending.length > 0) log.info({ version: newestOf(steps), steps: pending.length }, 'the database is up to date')
}

function isPending({ version = 0, done = [] }: SchemaState, number: number): boolean {
  return number > version && !done.includes(number)
}

/** A new collection gets all its indexes at once, since they cost next to nothing while it is empty. */
async function createNeeded({ db, indexes, hinted, signal }: SchemaOptions): Promise<ChangedIndex[]> {
  const existing = await collectionsOf(db)
  const isNeeded = ({ unique, name }: DeclaredIndex): boolean => unique === true || hinted.includes(name)
  const needed = indexes.flatMap((one) => {
    if (!existing.includes(one.collection)) return [one]
    const ofExisting = one.indexes.filter(isNeeded)
    return ofExisting.length > 0 ? [{ ...one, indexes: ofExisting }] : []
  })
  return attempt(INDEXES, signal, () => createMissing(db, needed))
}

async function replaceAll(lease: SchemaLease, { db, signal, log }: SchemaOptions, changed: readonly ChangedIndex[]): Promise<void> {
  for (const one of changed) {
    const name = `replace index ${one.index.name} of ${one.collection}`
    await lease.write({ $set: { doing: name } })
    await attempt(name, signal, () => replaceIndex(db, one, lease.assertHeld))
    log.info({ collection: one.collection, index: one.index.name }, 'an index was replaced, because its definition has changed')
  }
}

async function collectionsOf(db: Db): Promise<string[]> {
  const collections = await db.listCollections({}, { nameOnly: true }).toArray()
  return collections.map(({ name }) => name).filter((name) => name !== SCHEMA_STATE && !name.startsWith('system.'))
}

/** @throws MigrationFailed, also when the process stops */
async function attempt<T>(doing: string, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  try {
    return await unlessAborted(signal, run)
  } catch (error) {
    throw new MigrationFailed(doing, error)
  }
}

async function pause({ signal }: SchemaOptions): Promise<void> {
  await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined)
}
