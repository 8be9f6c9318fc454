import type { Collection, Document, Filter, UpdateFilter } from 'mongodb'
import mongoose from 'mongoose'

/** One change to stored documents. The number of the newest step is the version of the schema. */
export interface SchemaStep {
  number: number
  /** For the log, such as `date the erasure switch`. */
  name: string
  /** True for a step that a new unique index needs. All other steps run once unique indexes are built. */
  beforeIndexes?: boolean
  /** May be interrupted anywhere and repeated. Mongoose's default connection is open. */
  run: (context: StepContext) => Promise<unknown>
}

export interface StepContext {
  /** Aborted when the process stops, or when another process has taken over. */
  signal: AbortSignal
  /** Counts and logs a document that the step leaves as it is. */
  skip: (collection: string, id: unknown, error: unknown) => void
}

/** The version of the schema that these steps lead to. */
export function newestOf(steps: readonly SchemaStep[]): number {
  return steps.at(-1)?.number ?? 0
}

/** Calls `change` for each document, and skips those that it cannot change. */
export async function forEachDocument<T extends { _id: unknown }>(
  { signal, skip }: StepContext,
  collection: string,
  documents: AsyncIterable<T>,
  change: (document: T) => Promise<unknown>,
): Promise<void> {
  for await (const document of documents) {
    signal.throwIfAborted()
    try {
      await change(document)
    } catch (error) {
      if (!isFaultOfDocument(error)) throw error
      skip(collection, document._id, error)
    }
  }
}

/** Updates all matching documents in one command. If one of them cannot be updated, updates them one by one and skips those that fail. */
export async function updateEach(
  context: StepContext,
  collection: Collection,
  filter: Filter<Document>,
  update: UpdateFilter<Document> | Document[],
): Promise<void> {
  context.signal.throwIfAborted()
  try {
    await collection.updateMany(filter, update)
  } catch (error) {
    if (!isFaultOfDocument(error)) throw error
    const ids = collection.find(filter, { projection: { _id: 1 } })
    await forEachDocument(context, collection.collectionName, ids, ({ _id }) => collection.updateOne({ _id }, update))
  }
}

/** MongoDB's codes for an update that does not fit the document: wrong type, wrong path, fails validation, too large, duplicate key. */
const DOCUMENT_FAULTS: readonly unknown[] = [2, 14, 28, 121, 10_334, 11_000, 17_419]

/** False for faults that may be over at the next try, such as a lost connection. */
function isFaultOfDocument(error: unknown): boolean {
  if (error instanceof mongoose.mongo.MongoServerError) return DOCUMENT_FAULTS.includes(error.code)
  if (error instanceof mongoose.Error.CastError) return true
  return !(error instanceof mongoose.mongo.MongoError || error instanceof mongoose.MongooseError)
}
