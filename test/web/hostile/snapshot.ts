import mongoose from 'mongoose'

/** Noted at reads. */
const NOTED_AT_READS = new Set(['lastUsedAt', 'lastSeenAt', '__v'])
/** Written by jobs when their time has come, whatever is asked meanwhile. */
const BY_THE_CLOCK = new Set(['export_audit_runs'])
/** Of rules, which a worker looks at from time to time: when next, and by whom now. */
const OF_LOOKS = new Set(['dueAt', 'claim', 'leaseUntil', 'fence', 'updatedAt'])

/** Every document that an organization has, in any collection, as text by collection and id. */
export async function snapshotOf(organization: string): Promise<Record<string, string>> {
  const id = new mongoose.Types.ObjectId(organization)
  const snapshot: Record<string, string> = {}
  for (const { name } of (await mongoose.connection.db?.listCollections().toArray()) ?? []) {
    if (BY_THE_CLOCK.has(name)) continue
    const documents = mongoose.connection.collection(name).find({ $or: [{ organization: { $in: [id, organization] } }, { _id: id }] })
    for await (const document of documents)
      snapshot[`${name}/${String(document['_id'])}`] = JSON.stringify(document, name === 'export_rules' ? withoutLooks : withoutNotes)
  }
  return snapshot
}

/** Which documents came, went or changed, as `collection/id`. */
export function changesBetween(before: Record<string, string>, after: Record<string, string>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== after[key])
}

function withoutNotes(name: string, value: unknown): unknown {
  return NOTED_AT_READS.has(name) ? undefined : value
}

function withoutLooks(name: string, value: unknown): unknown {
  return OF_LOOKS.has(name) ? undefined : withoutNotes(name, value)
}
