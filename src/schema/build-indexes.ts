import type { Collection, Db, IndexDescriptionInfo } from 'mongodb'
import { DUPLICATE_KEY } from '../duplicate-key.ts'
import { dropIndexIfExists } from './schema-step.ts'
import { fingerprintOf, type WantedIndex, type WantedIndexes } from './wanted-indexes.ts'

type ExistingIndex = IndexDescriptionInfo & { name: string }

const BRIDGE = 'bridge '
/** Of a collation, in MongoDB. */
const DEFAULT_STRENGTH = 3
const NAMESPACE_NOT_FOUND = 26
const NAMESPACE_EXISTS = 48
const INDEX_OPTIONS_CONFLICT = 85
const INDEX_KEY_SPECS_CONFLICT = 86

/**
 * Creates the collections and indexes that are missing, and replaces indexes whose definition has changed. Other indexes are kept, because an
 * operator may have added them. May be repeated, and may run in several processes at once.
 *
 * MongoDB itself compares the definitions: one command for each collection builds what is missing and ignores what exists, in a fifth of the
 * time of one command for each index. Only a collection where it reports a conflict is looked at index by index.
 * @throws Error that names the index, if stored documents break its promise
 */
export async function buildIndexes(db: Db, wanted: readonly WantedIndexes[]): Promise<void> {
  await Promise.all(
    wanted.map(async ({ collection, indexes }) => {
      if (indexes.length === 0) return createCollection(db, collection)
      const target = db.collection(collection)
      if (await create(target, indexes)) return
      for (const index of indexes) if (!(await create(target, [index]))) await replace(target, index)
    }),
  )
}

/** Drops what a process that was killed while it replaced an index has left. Call it after {@link buildIndexes}. */
export async function dropBridges(db: Db, wanted: readonly WantedIndexes[]): Promise<void> {
  await Promise.all(
    wanted.map(async ({ collection }) => {
      const bridges = (await existingIndexes(db.collection(collection))).filter(({ name }) => name.startsWith(BRIDGE))
      for (const { name } of bridges) await dropIndexIfExists(db, collection, name)
    }),
  )
}

async function createCollection(db: Db, name: string): Promise<void> {
  try {
    await db.createCollection(name)
  } catch (error) {
    if ((error as { code?: unknown }).code !== NAMESPACE_EXISTS) throw error
  }
}

/** Resolves to false if an index with the same name or the same keys has another definition. */
async function create(target: Collection, indexes: readonly WantedIndex[]): Promise<boolean> {
  try {
    await target.createIndexes([...indexes])
    return true
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === INDEX_OPTIONS_CONFLICT || code === INDEX_KEY_SPECS_CONFLICT) return false
    throw code === DUPLICATE_KEY ? brokenPromise(target, indexes) : error
  }
}

/** Says what MongoDB's own error says, except for the values, which it quotes. */
function brokenPromise({ collectionName }: Collection, indexes: readonly WantedIndex[]): Error {
  const names = indexes.filter(({ unique }) => unique).map(({ name }) => name)
  return new Error(`${names.join(' or ')} of ${collectionName} cannot be built: stored documents have equal values`)
}

/**
 * Replaces the index that is in the way. At every moment one of three indexes keeps the promise of a unique index: the old one, the new one,
 * or the bridge, which is the new one with the direction of its last field reversed. MongoDB keeps indexes with different directions side by
 * side, and uniqueness does not depend on the direction.
 */
async function replace(target: Collection, wanted: WantedIndex): Promise<void> {
  const bridge = bridgeFor(wanted)
  await create(target, [bridge]) // on a conflict, an index that serves as the bridge exists already
  for (const { name } of (await existingIndexes(target)).filter((index) => isInTheWay(index, wanted))) await target.dropIndex(name)
  await target.createIndexes([wanted])
  await target.dropIndex(bridge.name).catch(() => undefined) // `dropBridges` follows
}

function bridgeFor(wanted: WantedIndex): WantedIndex {
  const fields = Object.entries(wanted.key)
  const key = Object.fromEntries(fields.map(([field, direction], at) => [field, at === fields.length - 1 ? -direction : direction]))
  // two versions may need different bridges for one index
  const fingerprint = fingerprintOf([{ collection: '', indexes: [wanted] }]).slice(0, 8)
  return { ...wanted, key, name: `${BRIDGE}${fingerprint} ${wanted.name}` }
}

/** True for an index of the same name, and for one that MongoDB does not allow beside the wanted one whatever its name is. */
function isInTheWay(existing: ExistingIndex, wanted: WantedIndex): boolean {
  return existing.name === wanted.name || identityOf(existing) === identityOf(wanted)
}

function identityOf({ key, unique, sparse, partialFilterExpression, collation }: Omit<ExistingIndex, 'name'>): string {
  const compared = collation && [collation.locale, collation.strength ?? DEFAULT_STRENGTH]
  return JSON.stringify([Object.entries(key), unique === true, sparse === true, partialFilterExpression, compared])
}

async function existingIndexes(target: Collection): Promise<ExistingIndex[]> {
  try {
    return (await target.indexes()) as ExistingIndex[]
  } catch (error) {
    if ((error as { code?: unknown }).code === NAMESPACE_NOT_FOUND) return []
    throw error
  }
}
