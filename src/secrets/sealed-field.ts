import type { Collection } from 'mongoose'
import type { Sealed, SecretPlace } from './sealer.ts'

/**
 * A sealed value with its location, so that it can be resealed in place. Each part that stores sealed values lists
 * its own.
 */
export interface SealedField {
  collection: Collection
  /** The `_id` of the document. */
  id: unknown
  /** The dotted path in the document. */
  field: string
  sealed: Sealed
  place: SecretPlace
}
