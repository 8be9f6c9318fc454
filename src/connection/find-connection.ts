import { randomBytes } from 'node:crypto'
import { Types } from 'mongoose'
import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'
import { BUILT_FEATURES, sortedFeatures } from './features.ts'

/** The organization's connection; the first call makes a disconnected one with its endpoint key. */
export async function getConnection(organization: string): Promise<ConnectionDocument> {
  const filter = { organization: new Types.ObjectId(organization) }
  const found = await ConnectionModel.findOne(filter).lean<ConnectionDocument>()
  if (found) return withAllParts(found)
  const endpointKey = randomBytes(24).toString('base64url')
  // of first calls at once, MongoDB itself turns the losers' inserts into updates: the filter is the unique index
  await ConnectionModel.updateOne(filter, { $setOnInsert: { endpointKey } }, { upsert: true, setDefaultsOnInsert: true })
  return withAllParts(await ConnectionModel.findOne(filter).orFail().lean<ConnectionDocument>())
}

export async function findConnectionByEndpointKey(endpointKey: string): Promise<ConnectionDocument | null> {
  const found = await ConnectionModel.findOne({ endpointKey }).lean<ConnectionDocument>()
  return found ? withAllParts(found) : null
}

/**
 * Parts whose fields are all unset are not stored at all. A connection that is older than features has all of them until it is migrated;
 * features of a later version are left out, as a process of this one may run beside it.
 */
function withAllParts(found: ConnectionDocument): ConnectionDocument {
  const settings = { ...found.settings, features: sortedFeatures(found.settings.features ?? BUILT_FEATURES) }
  return { ...found, settings, auth: found.auth ?? {}, grant: found.grant ?? {}, webhooks: found.webhooks ?? {} }
}
