import type { Collection } from 'mongoose'
import type { Sealed, SecretPlace } from './sealer.ts'

/** A sealed value where it stands, so that it can be sealed anew in its place. Each part that keeps some lists its own. */
export interface SealedField {
  collection: Collection
  /** `_id` of the document. */
  id: unknown
  /** Dotted path in the document. */
  field: string
  sealed: Sealed
  place: SecretPlace
}
