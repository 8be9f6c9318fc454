import { isServiceError } from '../errors.ts'
import type { LeverClient } from '../lever/client.ts'
import type { Log } from '../log.ts'
import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'
import type { FeatureSettings } from './features.ts'
import { walkConnections } from './find-connection.ts'
import { GRANTED } from './grant.ts'
import type { KeyPermission } from './key-permissions.ts'
import { neededPermissions } from './lever-access.ts'
import { missingPermissions } from './probe-key.ts'

interface Asking {
  remainingClient: (organization: string) => LeverClient
}

/**
 * Tests the connection's API key for the permissions that these settings need and that have not been tested yet. Does
 * nothing for an OAuth authorization. May be repeated.
 * @throws ServiceError `connection_not_active`; LeverCallError when Lever cannot be asked
 */
export async function tryKey(connection: ConnectionDocument, settings: FeatureSettings, asking: Asking): Promise<void> {
  const untried = untriedPermissions(connection, settings)
  if (untried.length === 0) return
  const lacked = await missingPermissions(asking.remainingClient(String(connection.organization)), untried)
  const permitted = untried.filter((permission) => !lacked.includes(permission))
  await ConnectionModel.updateOne(
    { _id: connection._id, 'grant.generation': connection.grant.generation },
    { $addToSet: { 'auth.permissions': { $each: permitted }, 'auth.lackedPermissions': { $each: lacked } } },
  )
}

function untriedPermissions({ status, auth }: ConnectionDocument, settings: FeatureSettings): KeyPermission[] {
  if (auth.kind !== 'apiKey' || !GRANTED.includes(status)) return []
  const tried = new Set<string>([...(auth.permissions ?? []), ...(auth.lackedPermissions ?? [])])
  return neededPermissions(settings).flatMap(({ name }) => (tried.has(name) ? [] : [name]))
}

/** The number of connections that one trial checks, so that its cost does not grow with their number. */
const PAGE = 200

/**
 * Returns a trial of keys that were added before their features needed more permissions, as after an update. Each call
 * checks the next page of connections. If one fails, the others are still tested.
 */
export function createOlderKeyTrial(asking: Asking & { log: Log }): () => Promise<void> {
  const next = walkConnections(PAGE)
  return async () => {
    const page = await next()
    for (const connection of page) {
      const organization = String(connection.organization)
      await tryKey(connection, connection.settings, asking).catch((error: unknown) => {
        if (!isServiceError(error, 'connection_not_active'))
          asking.log.warn({ organization, err: error }, 'permissions of an API key could not be checked')
      })
    }
  }
}
