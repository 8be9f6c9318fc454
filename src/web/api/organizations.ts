import { z } from 'zod'
import type { Accounts } from '../../accounts/accounts.ts'
import { actorOf } from '../../accounts/caller.ts'
import type { Deletions } from '../../deletion/deletions.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { pageOf, pageQuery } from './paging.ts'
import { plainLine } from './request-fields.ts'

export const Name = plainLine(200)

const OrganizationInput = z
  .strictObject({ name: Name, sourceName: Name.meta({ description: 'The source of exported candidates in Lever.' }) })
  .meta({ id: 'OrganizationInput' })
const OrganizationView = z.object({ id: z.string(), name: z.string(), sourceName: z.string() }).meta({ id: 'Organization' })
const CreatedOrganization = OrganizationView.extend({ apiKey: z.string().meta({ description: 'Shown once.' }) })

const StartedDeletion = z
  .object({ erasureId: z.string().meta({ description: 'The `id` of the receipt.' }) })
  .meta({ id: 'OrganizationDeletion' })

const TAG = 'Organizations'

const Params = z.object({ id: z.string() })

interface OrganizationDeps {
  accounts: Accounts
  deletions: Pick<Deletions, 'deleteOrganization'>
}

export function organizationEndpoints({ accounts, deletions }: OrganizationDeps): Endpoint[] {
  return [
    defineEndpoint({
      method: 'post',
      path: '/organizations',
      tag: TAG,
      summary: 'Create an organization and its first API key',
      access: 'operator',
      body: OrganizationInput,
      answers: { 201: { description: 'The organization and its key. The key is shown only once.', schema: CreatedOrganization } },
      replay: async (_input, { id, secret, status }) => ({
        status,
        body: { ...(await accounts.getListedOrganization(id)), apiKey: secret },
      }),
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
    defineEndpoint({
      method: 'get',
      path: '/organizations/{id}',
      tag: TAG,
      summary: 'Get an organization',
      access: 'operator',
      params: Params,
      answers: { 200: { description: 'The organization', schema: OrganizationView } },
      handle: async ({ params }) => ({ status: 200, body: await accounts.getListedOrganization(params.id) }),
    }),
    defineEndpoint({
      method: 'delete',
      path: '/organizations/{id}',
      tag: TAG,
      summary: 'Delete an organization and all of its data',
      description:
        'API keys, sessions and sign-in links stop working at once, and requests no longer find the organization. Fulcrum then ends its connection to Lever and deletes all of its data. `GET /erasures` has the receipt once nothing is left.',
      access: 'operator',
      params: Params,
      answers: { 202: { description: 'The deletion has begun', schema: StartedDeletion } },
      handle: async ({ params, caller }) => ({
        status: 202,
        body: { erasureId: await deletions.deleteOrganization(params.id, actorOf(caller)) },
      }),
    }),
  ]
}
