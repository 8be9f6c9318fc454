import type { ApiKey } from '../account/access-records.ts'
import type { User } from '../account/records.ts'
import { newHexToken, newId } from '../ids.ts'
import type { World } from '../world.ts'
import { audit } from './audit.ts'

/** `permissions: null` allows everything. The settings page shows the key once; its permissions cannot be changed later. */
export function makeApiKey(world: World, fields: Pick<ApiKey, 'name' | 'permissions' | 'confidential'>, by: User | null = null): ApiKey {
  const apiKey: ApiKey = { id: newId(), key: newHexToken(), ...fields, createdAt: world.now(), revokedAt: null }
  world.account.apiKeys.set(apiKey.key, apiKey)
  audit(world, 'key:added', { id: apiKey.id, type: 'key', label: apiKey.name }, by)
  return apiKey
}

export function revokeApiKey(world: World, apiKey: ApiKey, by: User | null = null): void {
  if (apiKey.revokedAt !== null) return
  apiKey.revokedAt = world.now()
  audit(world, 'key:removed', { id: apiKey.id, type: 'key', label: apiKey.name }, by)
}
