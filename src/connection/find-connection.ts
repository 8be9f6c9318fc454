import { randomBytes } from 'node:crypto'
import { Types } from 'mongoose'
import { ConnectionModel, type ConnectionDocument, type ConnectionStatus } from './connection-model.ts'
import { BUILT_FEATURES, sortedFeatures } from './features.ts'

/** A connection as it was at `now` of the server's clock. */
export type ReadConnection = ConnectionDocument & {
  now: Date
  /** When it was asked for, on the monotonic clock of this process. */
  askedAt: number
}

/** The organization's connection; the first call makes a disconnected one with its endpoint key. */
export async function getConnection(organization: string): Promise<ReadConnection> {
  const filter = { organization: new Types.ObjectId(organization) }
  const found = await readConnection(filter)
  if (found) return found
  const endpointKey = randomBytes(24).toString('base64url')
  // of first calls at once, MongoDB itself turns the losers' inserts into updates: the filter is the unique index
  await ConnectionModel.updateOne(filter, { $setOnInsert: { endpointKey } }, { upsert: true, setDefaultsOnInsert: true })
  return getConnection(organization)
}

async function readConnection(filter: { organization: Types.ObjectId }): Promise<ReadConnection | null> {
  const askedAt = performance.now()
  const [found] = await ConnectionModel.aggregate<ReadConnection>([{ $match: filter }, { $addFields: { now: '$$NOW' } }])
  return found ? { ...withAllParts(found), now: found.now, askedAt } : null
}

export async function findConnectionByEndpointKey(endpointKey: string): Promise<ConnectionDocument | null> {
  const found = await ConnectionModel.findOne({ endpointKey }).lean<ConnectionDocument>()
  return found ? withAllParts(found) : null
}

export async function isDisconnected(organization: string): Promise<boolean> {
  return (await ConnectionModel.exists({ organization: new Types.ObjectId(organization), status: 'disconnected' })) !== null
}

/** Ids of the organizations whose connection has one of these statuses. */
export async function organizationsWithStatus(statuses: readonly ConnectionStatus[]): Promise<string[]> {
  return (await ConnectionModel.distinct('organization', { status: { $in: [...statuses] } })).map(String)
}

/** The endpoint keys of all connections, by the connection's id. */
export async function allEndpointKeys(): Promise<Map<string, string>> {
  const connections = await ConnectionModel.find({}, { endpointKey: 1 }).lean()
  return new Map(connections.map(({ _id, endpointKey }) => [String(_id), endpointKey]))
}

/**
 * Parts whose fields are all unset are not stored at all. A connection that is older than features has all of them until it is migrated;
 * features of a later version are left out, as a process of this one may run beside it.
 */
function withAllParts(found: ConnectionDocument): ConnectionDocument {
  const settings = { ...found.settings, features: sortedFeatures(found.settings.features ?? BUILT_FEATURES) }
  return { ...found, settings, auth: found.auth ?? {}, grant: found.grant ?? {}, webhooks: found.webhooks ?? {} }
}
