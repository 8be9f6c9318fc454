/** Grants, tokens, API keys, redirect URIs. */
import { z } from 'zod'
import type { ApiKey } from '../account/access-records.ts'
import { makeApiKey } from '../actions/make-api-key.ts'
import { PERMISSIONS } from '../api/api-routes.ts'
import { liveGrants, revokeGrant } from '../oauth/grants.ts'
import type { World } from '../world.ts'
import { controlBody, unknown, type Control } from './control-body.ts'

const Permission = z.string().refine((name) => PERMISSIONS.includes(name), 'is not a permission of the settings page')
const NewKey = z.strictObject({
  name: z.string().default('Key'),
  permissions: z.array(Permission).optional(),
  confidential: z.boolean().default(false),
})
const RedirectUris = z.strictObject({ redirectUris: z.array(z.url()) })

export function accessControls(world: World, control: Control): void {
  control('POST', '/grants/revoke', () => {
    for (const grant of liveGrants(world)) revokeGrant(world, grant)
  })
  control('POST', '/tokens/expire', () => {
    for (const token of world.account.accessTokens.values()) token.expiresAt = 0
    world.changed()
  })
  control('GET', '/permissions', () => ({ data: PERMISSIONS }))
  control('POST', '/api-keys', (ctx): ApiKey => {
    const { name, permissions, confidential } = controlBody(ctx, NewKey)
    return makeApiKey(world, { name, permissions: permissions ?? null, confidential })
  })
  control('POST', '/api-keys/:id/revoke', (_ctx, key) => {
    const apiKey = world.account.apiKeys.get(key)
    if (!apiKey) throw unknown('API key', 'given')
    apiKey.revokedAt = world.now()
    world.changed()
  })
  control('POST', '/redirect-uris', (ctx) => {
    const { redirectUris } = controlBody(ctx, RedirectUris)
    const [app] = world.account.apps.values()
    if (app) app.redirectUris = [...new Set([...app.redirectUris, ...redirectUris])]
    world.changed()
    return { redirectUris: app?.redirectUris ?? [] }
  })
}
