import { randomBytes } from 'node:crypto'
import { Types } from 'mongoose'
import { keepBriefly } from '../concurrency/keep-briefly.ts'
import { shareReads } from '../concurrency/share-reads.ts'
import { afterConnectionChange, ConnectionModel, type ConnectionDocument } from './connection-model.ts'
import { BUILT_FEATURES, sortedFeatures } from './features.ts'

/** A connection as read at `now`, by the database's clock. */
export type ReadConnection = ConnectionDocument & {
  now: Date
  /** When the read began, on the monotonic clock of this process. */
  askedAt: number
}

/** Returns the organization's connection. The first call creates a disconnected one with its endpoint key. */
export const getConnection = shareReads(readOrCreate)

async function readOrCreate(organization: string): Promise<ReadConnection> {
  const filter = { organization: new Types.ObjectId(organization) }
  const found = await readConnection(filter)
  if (found) return found
  const endpointKey = randomBytes(24).toString('base64url')
  // if several first calls run at once, MongoDB turns all inserts but one into updates, because the filter is the
  // unique index
  await ConnectionModel.updateOne(filter, { $setOnInsert: { endpointKey } }, { upsert: true, setDefaultsOnInsert: true })
  return readOrCreate(organization)
}

async function readConnection(filter: { organization: Types.ObjectId }): Promise<ReadConnection | null> {
  const askedAt = performance.now()
  const [found] = await ConnectionModel.aggregate<ReadConnection>([{ $match: filter }, { $addFields: { now: '$$NOW' } }])
  return found ? { ...withAllParts(found), now: found.now, askedAt } : null
}

const ENDPOINT_KEPT_MS = 1000
const endpoints = keepBriefly(findConnectionByEndpointKey, ENDPOINT_KEPT_MS)
afterConnectionChange(endpoints.forget)

/** Keeps each connection for a second, because webhooks arrive in bursts. Changes by other processes are seen only after that. */
export const findRecentByEndpointKey = endpoints.read

export async function findConnectionByEndpointKey(endpointKey: string): Promise<ConnectionDocument | null> {
  const found = await ConnectionModel.findOne({ endpointKey }).lean<ConnectionDocument>()
  return found ? withAllParts(found) : null
}

export const isDisconnected = shareReads(async (organization): Promise<boolean> => {
  return (await ConnectionModel.exists({ organization: new Types.ObjectId(organization), status: 'disconnected' })) !== null
})

/**
 * Returns a function that returns the next `size` connections at each call, or all if there are fewer, and goes around without end. It begins
 * at a random connection, so that processes that restart often do not always read the same ones.
 */
export function walkConnections(size: number): () => Promise<ConnectionDocument[]> {
  let last: Types.ObjectId | null = null
  return async () => {
    last ??= await randomConnection()
    if (last === null) return []
    const after = await findInOrder({ $gt: last }, size)
    const around = after.length < size ? await findInOrder({ $lte: last }, size - after.length) : []
    const next = [...after, ...around]
    last = next.at(-1)?._id ?? null
    return next
  }
}

async function randomConnection(): Promise<Types.ObjectId | null> {
  const [one] = await ConnectionModel.aggregate<{ _id: Types.ObjectId }>([{ $sample: { size: 1 } }, { $project: { _id: 1 } }])
  return one?._id ?? null
}

async function findInOrder(_id: { $gt: Types.ObjectId } | { $lte: Types.ObjectId }, atMost: number): Promise<ConnectionDocument[]> {
  const query = ConnectionModel.find({ _id }).sort({ _id: 1 }).limit(atMost).batchSize(atMost)
  return (await query.lean<ConnectionDocument[]>()).map(withAllParts)
}

/** Returns the endpoint keys of all connections, by connection id. */
export async function allEndpointKeys(): Promise<Map<string, string>> {
  const connections = await ConnectionModel.find({}, { endpointKey: 1 }).lean()
  return new Map(connections.map(({ _id, endpointKey }) => [String(_id), endpointKey]))
}

/**
 * MongoDB does not store a part whose fields are all unset. A connection older than features has all of them until it
 * is migrated. Features of a later version are left out, because a process of this version may run at the same time
 * as one of that version.
 */
function withAllParts(found: ConnectionDocument): ConnectionDocument {
  const settings = { ...found.settings, features: sortedFeatures(found.settings.features ?? BUILT_FEATURES) }
  return { ...found, settings, auth: found.auth ?? {}, grant: found.grant ?? {}, webhooks: found.webhooks ?? {} }
}
