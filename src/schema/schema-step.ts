import type { Db } from 'mongodb'

/** One change to stored documents or indexes. The number of the newest step is the version of the schema. */
export interface SchemaStep {
  number: number
  /** For the log, such as `date the erasure switch`. */
  name: string
  /** True for a step that a new unique index needs. All other steps run once the indexes are built. */
  beforeIndexes?: boolean
  /** May be interrupted anywhere and repeated. Mongoose's default connection is open. */
  run(db: Db): Promise<unknown>
}

/** The version of the schema that these steps lead to. */
export function newestOf(steps: readonly SchemaStep[]): number {
  return steps.at(-1)?.number ?? 0
}

const INDEX_NOT_FOUND = new Set<unknown>([26, 27])

/** Returns a step that drops an index that no model has any more. Does nothing if it does not exist. */
export function dropIndex(number: number, collection: string, index: string): SchemaStep {
  return { number, name: `drop index ${index} of ${collection}`, run: (db) => dropIndexIfExists(db, collection, index) }
}

export async function dropIndexIfExists(db: Db, collection: string, index: string): Promise<void> {
  try {
    await db.collection(collection).dropIndex(index)
  } catch (error) {
    if (!INDEX_NOT_FOUND.has((error as { code?: unknown }).code)) throw error
  }
}
