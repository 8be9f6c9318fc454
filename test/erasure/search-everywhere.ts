import mongoose from 'mongoose'

/**
 * Searches the whole database for the texts. Returns the collection of each document that contains one, in any field at any depth, as text
 * in any case, or in bytes as UTF-8 or UTF-16. Files in GridFS are searched chunk by chunk.
 */
export async function searchEverywhere(...texts: string[]): Promise<string[]> {
  const { db } = mongoose.connection
  if (!db) throw new Error('the database is not connected')
  const wanted = texts.map((text) => text.toLowerCase())
  const holders = new Set<string>()
  for (const { name } of await db.listCollections({ type: 'collection' }).toArray()) {
    for await (const document of db.collection(name).find()) if (holds(document, wanted)) holders.add(name)
  }
  return [...holders].toSorted()
}

function holdsAsText(bytes: Buffer, wanted: string[]): boolean {
  return [bytes.toString('utf8'), bytes.toString('utf16le'), bytes.subarray(1).toString('utf16le')].some((text) => holds(text, wanted))
}

function holds(value: unknown, wanted: string[]): boolean {
  if (typeof value === 'string') return wanted.some((text) => value.toLowerCase().includes(text))
  if (value instanceof mongoose.mongo.Binary) return holdsAsText(Buffer.from(value.buffer), wanted)
  if (Array.isArray(value)) return value.some((item) => holds(item, wanted))
  if (typeof value !== 'object' || value === null || value instanceof mongoose.mongo.BSON.ObjectId || value instanceof Date) return false
  return Object.entries(value).some(([field, item]) => holds(field, wanted) || holds(item, wanted))
}
