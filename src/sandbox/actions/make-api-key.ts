import type { ApiKey } from '../account/access-records.ts'
import { newHexToken, newId } from '../ids.ts'
import type { World } from '../world.ts'

/** `permissions: null` allows everything. Shown once on the settings page; permissions cannot be changed later. */
export function makeApiKey(world: World, fields: Pick<ApiKey, 'name' | 'permissions' | 'confidential'>): ApiKey {
  const apiKey: ApiKey = { id: newId(), key: newHexToken(), ...fields, createdAt: world.now(), revokedAt: null }
  world.account.apiKeys.set(apiKey.key, apiKey)
  world.changed()
  return apiKey
}
