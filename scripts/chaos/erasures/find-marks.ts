import { Binary, ObjectId, type Db } from 'mongodb'
import { MARKS } from './marked-people.ts'

/**
 * Finds which of these marks and phones occur anywhere in the database, and in which collections: in any field or field name at any depth,
 * in any letter case, or in bytes as UTF-8 or UTF-16, including GridFS and queues.
 */
export async function findMarks(db: Db, wanted: ReadonlySet<string>): Promise<Map<string, string[]>> {
  const found = new Map<string, Set<string>>()
  for (const { name } of await db.listCollections({ type: 'collection' }).toArray()) {
    for await (const document of db.collection(name).find()) {
      for (const text of textsIn(document))
        for (const [mark] of text.matchAll(MARKS)) if (wanted.has(mark.toLowerCase())) add(found, mark.toLowerCase(), name)
    }
  }
  return new Map([...found].map(([mark, collections]) => [mark, [...collections].toSorted()]))
}

function add(found: Map<string, Set<string>>, mark: string, collection: string): void {
  found.set(mark, (found.get(mark) ?? new Set()).add(collection))
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (value instanceof Binary) yield* readingsOf(Buffer.from(value.buffer))
  else if (Array.isArray(value)) for (const item of value) yield* textsIn(item)
  else if (typeof value === 'object' && value !== null && !(value instanceof ObjectId) && !(value instanceof Date)) {
    for (const [field, item] of Object.entries(value)) {
      yield field
      yield* textsIn(item)
    }
  }
}

function* readingsOf(bytes: Buffer): Generator<string> {
  yield bytes.toString('utf8')
  yield bytes.toString('utf16le')
  yield bytes.subarray(1).toString('utf16le')
}

const PLANTED = 'planted_traces'

/**
 * Plants traces of every form, and removes them again.
 * @returns the forms that the search misses; if there are any, the search proves nothing
 */
export async function findBlindSpots(db: Db, { mark, phone }: { mark: string; phone: string }): Promise<string[]> {
  const forms: Record<string, object> = {
    text: { a: { b: [`to ${mark.toUpperCase()}!`] } },
    name: { [`of-${mark}`]: 1 },
    phone: { phones: [{ value: phone }] },
    'UTF-8 bytes': { data: Buffer.from(`x${mark}`) },
    'UTF-16 bytes': { data: Buffer.from(mark, 'utf16le') },
    'UTF-16 bytes at an odd place': { data: Buffer.concat([Buffer.from('x'), Buffer.from(mark, 'utf16le')]) },
  }
  const blind: string[] = []
  for (const [form, document] of Object.entries(forms)) {
    const { insertedId } = await db.collection(PLANTED).insertOne({ ...document })
    const found = await findMarks(db, new Set([mark, phone]))
    if (![...found.values()].some((collections) => collections.includes(PLANTED))) blind.push(form)
    await db.collection(PLANTED).deleteOne({ _id: insertedId })
  }
  await db.collection(PLANTED).drop()
  return blind
}
