import { createHash } from 'node:crypto'
import type { IndexDescription } from 'mongodb'
import mongoose from 'mongoose'

export interface WantedIndex extends IndexDescription {
  name: string
  /** In order: 1 or -1 by field. */
  key: Record<string, number>
}

export interface WantedIndexes {
  collection: string
  /** May be empty: then only the collection is created. */
  indexes: WantedIndex[]
}

/** Returns the indexes of all models that have been imported, in an order that does not depend on the imports. */
export function modelIndexes(): WantedIndexes[] {
  return Object.values(mongoose.models)
    .map(({ schema, collection }) => ({
      collection: collection.name,
      indexes: schema.indexes().map(([key, options]) => named({ ...options, key } as IndexDescription)),
    }))
    .toSorted((a, b) => (a.collection < b.collection ? -1 : 1))
}

/** Unnamed indexes get the name that MongoDB's driver gives them. */
function named(index: IndexDescription): WantedIndex {
  return { name: Object.entries(index.key).flat().join('_'), ...index } as WantedIndex
}

/** Returns the same text as long as no definition changes. */
export function fingerprintOf(wanted: readonly WantedIndexes[]): string {
  return createHash('sha256').update(JSON.stringify(wanted)).digest('hex')
}
