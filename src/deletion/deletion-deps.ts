import type { ClientSession } from 'mongoose'
import type { Log } from '../log.ts'

/** Deletes what one collection has of an organization. Resolves to the number of documents; may be repeated. */
interface Remover {
  collection: string
  remove: (organization: string) => Promise<number>
}

export interface DeletionDeps {
  /** Ends every access to the organization in the transaction. @throws ServiceError `not_found` */
  endOrganization: (organization: string, session: ClientSession) => Promise<Record<string, number>>
  /** Settles exports, removes our webhooks in Lever and destroys the grant. May be repeated. */
  disconnect: (organization: string) => Promise<void>
  /** What belongs to documents that are deleted after it, such as files. */
  first: readonly Remover[]
  /** What other steps need to the end, such as the organization's key. */
  last: readonly Remover[]
  wake: () => void
  leaseMs: number
  log: Log
}
