import { z } from 'zod'
import type { Accounts } from '../../accounts/accounts.ts'
import { API_KEY_ACCESS } from '../../accounts/api-key-model.ts'
import { actorOf } from '../../accounts/caller.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { IdParams } from './request-fields.ts'
import { Name } from './organizations.ts'
import { pageOf, pageQuery } from './paging.ts'

const ExpiresAt = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((at) => at.getTime() > Date.now(), 'must be in the future')
const ApiKeyInput = z
  .strictObject({
    name: Name,
    access: z
      .enum(API_KEY_ACCESS)
      .default('full')
      .meta({ description: '`full`: everything that an admin can do. `read`: `GET` and the previews.' }),
    expiresAt: ExpiresAt.optional().meta({
      description: 'When the key stops working. Without it, the key does not expire.',
      override: { type: 'string', format: 'date-time' },
    }),
  })
  .meta({ id: 'ApiKeyInput' })

const AccessView = z.enum(API_KEY_ACCESS)
const ExpiryView = z.date().nullable().meta({ description: 'Null for a key that does not expire.' })
const MadeBy = z
  .object({
    email: z.string(),
    name: z.string(),
    left: z.boolean().meta({ description: 'True once the person was removed or deactivated. The key keeps working until it is revoked.' }),
  })
  .meta({ id: 'ApiKeyMaker' })
const ApiKeyView = z
  .object({
    id: z.string(),
    name: z.string(),
    access: AccessView,
    expiresAt: ExpiryView,
    lastFour: z.string().meta({ description: 'The last four characters, to tell keys apart.' }),
    createdAt: z.date(),
    lastUsedAt: z.date().nullable().meta({ description: 'Accurate to the minute.' }),
    madeBy: MadeBy.nullable().meta({ description: 'Null if a program or the operator created the key.' }),
  })
  .meta({ id: 'ApiKey' })
const CreatedApiKey = z.object({
  id: z.string(),
  name: z.string(),
  apiKey: z.string().meta({ description: 'Shown once.' }),
  access: AccessView,
  expiresAt: ExpiryView,
})

const TAG = 'API keys'

export function apiKeyEndpoints({ accounts }: { accounts: Accounts }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'post',
      path: '/api-keys',
      tag: TAG,
      summary: 'Create an API key',
      access: 'admin',
      body: ApiKeyInput,
      answers: { 201: { description: 'The key. It is shown only once.', schema: CreatedApiKey } },
      replay: async ({ caller }, { id, secret, status }) => {
        const { name, access, expiresAt } = await accounts.getApiKey(caller.organization, id)
        return { status, body: { id, name, apiKey: secret, access, expiresAt } }
      },
      handle: async ({ caller, body }) => {
        const created = await accounts.createApiKey(caller.organization, body, caller)
        return { status: 201, body: created, result: { id: created.id, secret: created.apiKey } }
      },
    }),
    defineEndpoint({
      method: 'get',
      path: '/api-keys',
      tag: TAG,
      summary: 'List API keys',
      access: 'admin',
      query: pageQuery,
      answers: { 200: { description: 'Newest first', schema: pageOf(ApiKeyView) } },
      handle: async ({ caller, query }) => ({ status: 200, body: await accounts.listApiKeys(caller.organization, query) }),
    }),
    defineEndpoint({
      method: 'delete',
      path: '/api-keys/{id}',
      tag: TAG,
      summary: 'Revoke an API key immediately',
      access: 'admin',
      params: IdParams,
      answers: { 204: { description: 'Revoked' } },
      handle: async ({ caller, params }) => {
        await accounts.deleteApiKey(caller.organization, params.id, actorOf(caller))
        return { status: 204 }
      },
    }),
  ]
}
