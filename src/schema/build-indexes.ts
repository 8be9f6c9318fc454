import { createHash } from 'node:crypto'
import type { Collection, Db } from 'mongodb'
import { DUPLICATE_KEY } from '../duplicate-key.ts'
import { isAsDeclared, isInTheWay, type ExistingIndex } from './compare-indexes.ts'
import type { DeclaredIndex, DeclaredIndexes, RetiredIndex } from './declared-indexes.ts'

const BRIDGE = 'bridge '
const NAMESPACE_NOT_FOUND = 26
const INDEX_NOT_FOUND = 27
const NAMESPACE_EXISTS = 48
const INDEX_OPTIONS_CONFLICT = 85
const INDEX_KEY_SPECS_CONFLICT = 86

/** A declared index, and one with another definition that keeps it from being created. */
export interface ChangedIndex {
  collection: string
  index: DeclaredIndex
}

/** Throws if this process may not drop an index any more. Called right before each drop. */
export type AssertMayDrop = () => Promise<void>

/**
 * Creates the collections and indexes that are missing, and waits for those that are being built. May run in several processes at once. MongoDB
 * itself compares the definitions: one command for each collection builds what is missing and ignores what exists.
 * @returns the indexes whose definition has changed
 * @throws Error that names the index, if stored documents break its promise
 */
export async function createMissing(db: Db, declared: readonly DeclaredIndexes[]): Promise<ChangedIndex[]> {
  const changed = await allSettled(
    declared.map(async ({ collection, indexes }) => {
      if (indexes.length === 0) await createCollection(db, collection)
      const target = db.collection(collection)
      if (indexes.length === 0 || (await create(target, indexes))) return []
      const found: ChangedIndex[] = []
      for (const index of indexes) if (!(await create(target, [index]))) found.push({ collection, index })
      return found
    }),
  )
  return changed.flat()
}

/**
 * Replaces the index that is in the way. At every moment one of three indexes keeps the promise of a unique index: the old one, the new one,
 * or the bridge, which is the new one with the direction of a field reversed. MongoDB keeps indexes with different directions side by side,
 * and uniqueness does not depend on the direction.
 */
export async function replaceIndex(db: Db, { collection, index }: ChangedIndex, assertMayDrop: AssertMayDrop): Promise<void> {
  const target = db.collection(collection)
  const bridge = bridgeFor(index)
  if (bridge) await create(target, [bridge]) // on a conflict, an index that serves as the bridge exists already
  const inTheWay = (await existingIndexes(target)).filter((existing) => isInTheWay(existing, index))
  for (const { name } of inTheWay) await drop(target, name, assertMayDrop)
  await assertMayDrop()
  await target.createIndexes([index])
  if (bridge) await drop(target, bridge.name, assertMayDrop)
}

export type Leftover = Pick<RetiredIndex, 'collection' | 'name'>

/** What a start does not wait for. */
export interface Unfinished {
  /** Collections without some of their declared indexes. */
  missing: DeclaredIndexes[]
  /** Retired indexes, and bridges that a killed process has left. */
  leftovers: Leftover[]
}

/** Reads the indexes of every collection. An index that is being built counts as existing. */
export async function findUnfinished(db: Db, declared: readonly DeclaredIndexes[], retired: readonly Leftover[]): Promise<Unfinished> {
  const found = await allSettled(
    declared.map(async ({ collection, indexes }) => {
      const existing = await existingIndexes(db.collection(collection))
      const isRetired = (name: string): boolean => retired.some((one) => one.collection === collection && one.name === name)
      const isComplete = indexes.every((index) => existing.some((one) => isAsDeclared(one, index)))
      return {
        missing: isComplete ? [] : [{ collection, indexes }],
        leftovers: existing.flatMap(({ name }) => (name.startsWith(BRIDGE) || isRetired(name) ? [{ collection, name }] : [])),
      }
    }),
  )
  return { missing: found.flatMap(({ missing }) => missing), leftovers: found.flatMap(({ leftovers }) => leftovers) }
}

export async function dropLeftover(db: Db, { collection, name }: Leftover, assertMayDrop: AssertMayDrop): Promise<void> {
  await drop(db.collection(collection), name, assertMayDrop)
}

/** Like `Promise.all`, but rejects only after everything has ended, so that nothing continues unobserved. */
async function allSettled<T>(running: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(running)
  return Promise.all(running)
}

async function createCollection(db: Db, name: string): Promise<void> {
  await db.createCollection(name).catch(unlessCode(NAMESPACE_EXISTS))
}

/** Resolves to false if an index with the same name or the same fields has another definition. */
async function create(target: Collection, indexes: readonly DeclaredIndex[]): Promise<boolean> {
  try {
    await target.createIndexes([...indexes])
    return true
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === INDEX_OPTIONS_CONFLICT || code === INDEX_KEY_SPECS_CONFLICT) return false
    throw code === DUPLICATE_KEY ? brokenPromise(target, indexes) : error
  }
}

/** Replaces MongoDB's own error, which quotes the equal values. */
function brokenPromise({ collectionName }: Collection, indexes: readonly DeclaredIndex[]): Error {
  const names = indexes.filter(({ unique }) => unique).map(({ name }) => name)
  return new Error(`${names.join(' or ')} of ${collectionName} cannot be built: stored documents have equal values`)
}

async function drop(target: Collection, name: string, assertMayDrop: AssertMayDrop): Promise<void> {
  await assertMayDrop()
  await target.dropIndex(name).catch(unlessCode(NAMESPACE_NOT_FOUND, INDEX_NOT_FOUND))
}

/** Returns null for an index without a direction to reverse, such as a text index. */
function bridgeFor(index: DeclaredIndex): DeclaredIndex | null {
  const fields = Object.entries(index.key)
  const reversed = fields.findLastIndex(([, direction]) => typeof direction === 'number')
  if (reversed === -1) return null
  const key = Object.fromEntries(fields.map(([field, direction], at) => [field, at === reversed ? -direction : direction]))
  // two versions may need different bridges for one index
  const fingerprint = createHash('sha256').update(JSON.stringify(index)).digest('hex').slice(0, 8)
  return { ...index, key, name: `${BRIDGE}${fingerprint} ${index.name}` }
}

async function existingIndexes(target: Collection): Promise<ExistingIndex[]> {
  const indexes = await target.indexes().catch(unlessCode(NAMESPACE_NOT_FOUND))
  return (indexes ?? []) as ExistingIndex[]
}

function unlessCode(...expected: number[]): (error: unknown) => void {
  return (error) => {
    if (!expected.includes((error as { code?: number }).code ?? 0)) throw error
  }
}
