import { Types, type ClientSession } from 'mongoose'
import { writeOnce } from '../duplicate-key.ts'
import { equalSecrets } from '../secrets/opaque-token.ts'
import { macOfEnd, NO_RECORDS, trailKeyFrom, type ChainEnd, type Trail } from './audit-chain.ts'
import { AuditEventModel } from './audit-event-model.ts'
import { AuditHeadModel, type AuditHeadDocument } from './audit-head-model.ts'

/** The stored end of a chain. `lost` means that the head is missing, or was not written with the key. */
export type Head = { state: 'sound'; end: ChainEnd } | { state: 'lost'; mac: string | null }

/** Creates the head of an organization that `session`'s transaction creates. */
export async function beginTrail(organization: string, secret: Buffer, session: ClientSession): Promise<void> {
  const key = trailKeyFrom(secret, organization)
  await AuditHeadModel.create([headOf({ organization, key }, NO_RECORDS)], { session })
}

export async function readHead(trail: Trail): Promise<Head> {
  return headFrom(trail, await AuditHeadModel.findById(trail.organization).read('primary').lean<AuditHeadDocument>())
}

/** Reads the head, and then the last record, so that the head is never ahead of the records. */
export async function readHeadAndNewest(trail: Trail): Promise<{ head: Head; newest: ChainEnd }> {
  const organization = Types.ObjectId.createFromHexString(trail.organization)
  const last = [{ $match: { organization } }, { $sort: { seq: -1 } }, { $limit: 1 }, { $project: { seq: 1, hash: 1 } }] as const
  const [found] = await AuditHeadModel.aggregate<AuditHeadDocument & { newest: ChainEnd[] }>([
    { $match: { _id: organization } },
    { $lookup: { from: AuditEventModel.collection.name, pipeline: [...last], as: 'newest' } },
  ]).read('primary')
  if (!found) return { head: headFrom(trail, null), newest: await newestEnd(trail.organization) }
  return { head: headFrom(trail, found), newest: endOf(found.newest[0]) }
}

export async function newestEnd(organization: string): Promise<ChainEnd> {
  return endOf(await AuditEventModel.findOne({ organization }, { seq: 1, hash: 1 }).sort({ seq: -1 }).read('primary').lean<ChainEnd>())
}

function endOf(record: ChainEnd | null | undefined): ChainEnd {
  return record ? { seq: record.seq, hash: record.hash } : NO_RECORDS
}

function headFrom({ organization, key }: Trail, found: AuditHeadDocument | null): Head {
  if (!found) return { state: 'lost', mac: null }
  const end = { seq: found.count, hash: found.hash ?? '' }
  const mac: unknown = found.mac
  const isGenuine = typeof mac === 'string' && equalSecrets(mac, macOfEnd(end, organization, key))
  return isGenuine ? { state: 'sound', end } : { state: 'lost', mac: found.mac ?? null }
}

/** Moves the head up to a durable record. If this fails, the next record moves it. */
export async function moveHead(trail: Trail, end: ChainEnd): Promise<void> {
  const { _id, ...fields } = headOf(trail, end)
  await AuditHeadModel.collection.updateOne({ _id, count: { $lt: end.seq } }, { $set: fields }, { writeConcern: { w: 1 } })
}

/** Replaces a lost head. A head that somebody else has replaced in between stays. */
export async function replaceLostHead(trail: Trail, mac: string | null, end: ChainEnd): Promise<void> {
  const head = headOf(trail, end)
  await writeOnce(() => AuditHeadModel.replaceOne({ _id: head._id, mac }, head, { upsert: true }))
}

/** For an organization whose records are deleted too. May be repeated. */
export async function dropHead(organization: string): Promise<number> {
  return (await AuditHeadModel.deleteOne({ _id: organization })).deletedCount
}

/** Writes the head, whatever it was before. */
export async function putHead(trail: Trail, end: ChainEnd): Promise<void> {
  const head = headOf(trail, end)
  await AuditHeadModel.replaceOne({ _id: head._id }, head, { upsert: true })
}

function headOf({ organization, key }: Trail, end: ChainEnd): AuditHeadDocument {
  const _id = Types.ObjectId.createFromHexString(organization)
  return { _id, count: end.seq, hash: end.hash, mac: macOfEnd(end, organization, key) }
}
