import type { Collection, Document } from 'mongodb'
import { DUPLICATE_KEY, lacksMajority } from '../duplicate-key.ts'
import { ServiceError } from '../errors.ts'
import { withStorageTimeout, STORAGE_TIMEOUT_MS } from './storage-timeout.ts'

const LARGEST_GROUP = 500
/** How many groups are written in parallel, so that a group does not wait until the one before is durable. */
const GROUPS_AT_ONCE = 4

interface Waiting {
  document: Document
  settle: { resolve: (outcome: InsertOutcome) => void; reject: (error: unknown) => void }
}
export type InsertOutcome = 'stored' | 'repeat'
export type InsertGrouped = (document: Document) => Promise<InsertOutcome>

/**
 * Inserts documents of concurrent callers in groups, a few groups at a time, so that many share one durable write (majority, journaled). A
 * group contains the documents of one turn of the event loop, or all that arrive while every writer is busy. Each caller gets its own
 * outcome: `repeat` if its unique key exists already.
 * @throws ServiceError `storage_unavailable` if the document may not be stored
 */
export function groupInserts(collection: () => Collection): InsertGrouped {
  let waiting: Waiting[] = []
  let writing = 0

  async function writeAll(): Promise<void> {
    writing += 1
    await new Promise(setImmediate)
    while (waiting.length > 0) {
      const group = waiting.slice(0, LARGEST_GROUP)
      waiting = waiting.slice(LARGEST_GROUP)
      await insertGroup(collection, group)
    }
    writing -= 1
  }

  return (document) =>
    new Promise((resolve, reject) => {
      waiting.push({ document, settle: { resolve, reject } })
      if (writing < GROUPS_AT_ONCE && waiting.length === 1) void writeAll()
    })
}

async function insertGroup(collection: () => Collection, group: Waiting[]): Promise<void> {
  const documents = group.map(({ document }) => document)
  try {
    const options = { ordered: false, writeConcern: { w: 'majority', j: true }, timeoutMS: STORAGE_TIMEOUT_MS } as const
    await withStorageTimeout(collection().insertMany(documents, options))
    for (const { settle } of group) settle.resolve('stored')
  } catch (error) {
    const faults = faultsByIndex(error)
    group.forEach(({ settle }, index) => {
      if (faults === null || (faults.get(index) ?? DUPLICATE_KEY) !== DUPLICATE_KEY) settle.reject(notStored(error))
      else settle.resolve(faults.has(index) ? 'repeat' : 'stored')
    })
  }
}

/** Returns the error codes of documents that were not written, by position; null if the error does not tell. */
function faultsByIndex(error: unknown): Map<number, number> | null {
  const { name, writeErrors } = (error ?? {}) as BulkWriteFailure
  if (name !== 'MongoBulkWriteError' || lacksMajority(error)) return null
  const errors = Array.isArray(writeErrors) ? writeErrors : writeErrors ? [writeErrors] : []
  return errors.length === 0 ? null : new Map(errors.map(({ index, code }) => [index, code]))
}

interface BulkWriteFailure {
  name?: string
  writeErrors?: WriteFault | WriteFault[]
}

interface WriteFault {
  index: number
  code: number
}

function notStored(cause: unknown): ServiceError {
  return new ServiceError('storage_unavailable', 'The delivery could not be stored; deliver it again.', { cause })
}
