import { isDeepStrictEqual } from 'node:util'
import type { IndexDescriptionInfo } from 'mongodb'
import type { DeclaredIndex } from './declared-indexes.ts'

export type ExistingIndex = IndexDescriptionInfo & { name: string }

/** MongoDB's default strength of a collation. */
const DEFAULT_STRENGTH = 3

/** True if the database has the index as it is declared. */
export function isAsDeclared(existing: ExistingIndex, declared: DeclaredIndex): boolean {
  const lifetime = existing['expireAfterSeconds'] === declared.expireAfterSeconds
  return existing.name === declared.name && isSame(existing, declared) && lifetime
}

/** True for an index of the same name, and for one that MongoDB does not allow beside the declared one whatever its name is. */
export function isInTheWay(existing: ExistingIndex, declared: DeclaredIndex): boolean {
  return existing.name === declared.name || isSame(existing, declared)
}

/** Compares what distinguishes two indexes for MongoDB. The order of a filter's members does not matter, but the order of the fields does. */
function isSame(existing: ExistingIndex, declared: DeclaredIndex): boolean {
  return isDeepStrictEqual(identityOf(existing), identityOf(declared))
}

function identityOf({ key, unique, sparse, partialFilterExpression: filter, collation }: Omit<ExistingIndex, 'name'>): unknown[] {
  const compared = collation && [collation.locale, collation.strength ?? DEFAULT_STRENGTH]
  return [Object.entries(key), unique === true, sparse === true, filter, compared]
}
