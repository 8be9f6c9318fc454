import { z } from 'zod'
import type { Accounts } from '../../accounts/accounts.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { pageOf, pageQuery } from './paging.ts'
import { plainLine } from './request-fields.ts'

export const Name = plainLine(200)

const OrganizationInput = z
  .strictObject({ name: Name, sourceName: Name.meta({ description: 'The source of exported candidates in Lever.' }) })
  .meta({ id: 'OrganizationInput' })
const OrganizationView = z.object({ id: z.string(), name: z.string(), sourceName: z.string() }).meta({ id: 'Organization' })
const CreatedOrganization = OrganizationView.extend({ apiKey: z.string().meta({ description: 'Shown once.' }) })

const TAG = 'Organizations'

export function organizationEndpoints({ accounts }: { accounts: Accounts }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'post',
      path: '/organizations',
      tag: TAG,
      summary: 'Create an organization and its first API key',
      access: 'operator',
      body: OrganizationInput,
      answers: { 201: { description: 'The organization and its key. The key is shown only once.', schema: CreatedOrganization } },
      replay: async (_input, { id, secret, status }) => ({ status, body: { ...(await accounts.getOrganization(id)), apiKey: secret } }),
      handle: async ({ body }) => {
        const created = await accounts.createOrganization(body)
        return { status: 201, body: created, result: { id: created.id, secret: created.apiKey } }
      },
    }),
    defineEndpoint({
      method: 'get',
      path: '/organizations',
      tag: TAG,
      summary: 'List organizations',
      access: 'operator',
      query: pageQuery,
      answers: { 200: { description: 'Newest first', schema: pageOf(OrganizationView) } },
      handle: async ({ query }) => ({ status: 200, body: await accounts.listOrganizations(query) }),
    }),
  ]
}
