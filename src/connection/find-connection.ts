import { randomBytes } from 'node:crypto'
import { Types } from 'mongoose'
import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'

const DUPLICATE_KEY = 11000

/** The organization's connection; the first call makes a disconnected one with its endpoint key. */
export async function getConnection(organization: string): Promise<ConnectionDocument> {
  const filter = { organization: new Types.ObjectId(organization) }
  const found = await ConnectionModel.findOne(filter).lean<ConnectionDocument>()
  if (found) return found
  const endpointKey = randomBytes(24).toString('base64url')
  try {
    await ConnectionModel.updateOne(filter, { $setOnInsert: { endpointKey } }, { upsert: true, setDefaultsOnInsert: true })
  } catch (error) {
    if ((error as { code?: unknown }).code !== DUPLICATE_KEY) throw error // two first calls at once: the other's stands
  }
  return ConnectionModel.findOne(filter).orFail().lean<ConnectionDocument>()
}

export function findConnectionByEndpointKey(endpointKey: string): Promise<ConnectionDocument | null> {
  return ConnectionModel.findOne({ endpointKey }).lean<ConnectionDocument>()
}
