import { z } from 'zod'
import type { Accounts } from '../../accounts/accounts.ts'
import { actorOf } from '../../accounts/caller.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { IdParams } from './id-params.ts'
import { Name } from './organizations.ts'
import { pageOf, pageQuery } from './paging.ts'

const ApiKeyView = z
  .object({
    id: z.string(),
    name: z.string(),
    lastFour: z.string().meta({ description: 'The last four characters, to tell keys apart.' }),
    createdAt: z.date(),
    lastUsedAt: z.date().nullable().meta({ description: 'Known to the minute.' }),
  })
  .meta({ id: 'ApiKey' })
const CreatedApiKey = z.object({ id: z.string(), name: z.string(), apiKey: z.string().meta({ description: 'Shown once.' }) })

const TAG = 'API keys'

export function apiKeyEndpoints({ accounts }: { accounts: Accounts }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'post',
      path: '/api-keys',
      tag: TAG,
      summary: 'Make an API key',
      access: 'admin',
      body: z.strictObject({ name: Name }),
      answers: { 201: { description: 'The key, for the only time', schema: CreatedApiKey } },
      replay: async ({ caller }, { id, secret, status }) => {
        const { name } = await accounts.getApiKey(caller.organization, id)
        return { status, body: { id, name, apiKey: secret } }
      },
      handle: async ({ caller, body }) => {
        const created = await accounts.createApiKey(caller.organization, body, actorOf(caller))
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
      summary: 'Revoke an API key, at once',
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
