import mongoose from 'mongoose'

/** Noted at reads. */
const NOTED_AT_READS = new Set(['lastUsedAt', 'lastSeenAt', '__v'])

/** Every document that an organization has, in any collection, as text by collection and id. */
export async function snapshotOf(organization: string): Promise<Record<string, string>> {
  const id = new mongoose.Types.ObjectId(organization)
  const snapshot: Record<string, string> = {}
  for (const { name } of (await mongoose.connection.db?.listCollections().toArray()) ?? []) {
    const documents = mongoose.connection.collection(name).find({ $or: [{ organization: { $in: [id, organization] } }, { _id: id }] })
    for await (const document of documents) snapshot[`${name}/${String(document['_id'])}`] = JSON.stringify(document, withoutNotes)
  }
  return snapshot
}

function withoutNotes(name: string, value: unknown): unknown {
  return NOTED_AT_READS.has(name) ? undefined : value
}
