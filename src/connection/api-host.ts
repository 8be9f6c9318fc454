import { Types } from 'mongoose'
import { mayFollow } from '../lever/may-follow.ts'
import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'

/**
 * Where Lever has redirected this account's API for good, such as to another region; null: it is at the configured address. One that was
 * learned from another configured address, or that could not be followed today, does not count.
 */
export function apiHostOf({ leverApi }: Pick<ConnectionDocument, 'leverApi'>, configured: string, amongLoopback: boolean): string | null {
  if (!leverApi?.url || leverApi.configured !== configured) return null
  return mayFollow(new URL(configured), new URL(leverApi.url), { amongLoopback }) ? leverApi.url : null
}

/** Keeps it for every process; null forgets it. */
export async function keepApiHost(organization: string, configured: string, url: string | null): Promise<void> {
  const change = url === null ? { $unset: { leverApi: 1 } } : { $set: { leverApi: { configured, url } } }
  await ConnectionModel.updateOne({ organization: new Types.ObjectId(organization), status: { $ne: 'disconnected' } }, change)
}
