import mongoose from 'mongoose'

/** Fields that a read updates. */
const NOTED_AT_READS = new Set(['lastUsedAt', 'lastSeenAt', '__v'])
/** Collections that jobs write on a schedule, whatever is called. */
const BY_THE_CLOCK = new Set(['export_audit_runs'])
/** Fields of rules that a worker updates whenever it checks a rule. */
const OF_LOOKS = new Set(['dueAt', 'claim', 'leaseUntil', 'fence', 'updatedAt'])

/** Every document of an organization in any collection, as text by `collection/id`. */
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

/** The documents that were added, removed or changed, as `collection/id`. */
export function changesBetween(before: Record<string, string>, after: Record<string, string>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== after[key])
}

function withoutNotes(name: string, value: unknown): unknown {
  return NOTED_AT_READS.has(name) ? undefined : value
}

function withoutLooks(name: string, value: unknown): unknown {
  return OF_LOOKS.has(name) ? undefined : withoutNotes(name, value)
}
