import type { IndexDescription } from 'mongodb'
import mongoose from 'mongoose'

export interface DeclaredIndex extends IndexDescription {
  name: string
  /** In order: usually 1 or -1 by field. */
  key: Record<string, number>
}

export interface DeclaredIndexes {
  collection: string
  /** May be empty: then only the collection is created. */
  indexes: DeclaredIndex[]
}

/** An index that no model declares any more, although databases of earlier versions have it. */
export interface RetiredIndex {
  collection: string
  name: string
  /** The schema version that drops it: one after the version that stopped using it, because that version runs beside older processes. */
  from: number
}

/** Returns the indexes of all models that have been imported. */
export function modelIndexes(): DeclaredIndexes[] {
  return Object.values(mongoose.models).map(({ schema, collection }) => ({
    collection: collection.name,
    indexes: schema.indexes().map(([key, { background: _ignoredByMongoDb, ...options }]) => named({ ...options, key } as IndexDescription)),
  }))
}

/** Unnamed indexes get the name that MongoDB's driver gives them. */
function named(index: IndexDescription): DeclaredIndex {
  return { name: Object.entries(index.key).flat().join('_'), ...index } as DeclaredIndex
}
