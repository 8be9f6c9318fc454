import { Types } from 'mongoose'
import { mayFollow } from '../lever/may-follow.ts'
import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'

/**
 * Returns the address to which Lever has permanently redirected this account's API, such as in another region; null
 * if the API is at the configured address. A redirect from a different configured address, or to an address that is
 * no longer allowed, does not count.
 */
export function apiHostOf({ leverApi }: Pick<ConnectionDocument, 'leverApi'>, configured: string, amongLoopback: boolean): string | null {
  if (!leverApi?.url || leverApi.configured !== configured) return null
  return mayFollow(new URL(configured), new URL(leverApi.url), { amongLoopback }) ? leverApi.url : null
}

/** Stores the address for all processes; null removes it. */
export async function keepApiHost(organization: string, configured: string, url: string | null): Promise<void> {
  const change = url === null ? { $unset: { leverApi: 1 } } : { $set: { leverApi: { configured, url } } }
  await ConnectionModel.updateOne({ organization: new Types.ObjectId(organization), status: { $ne: 'disconnected' } }, change)
}
