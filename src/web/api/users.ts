import { z } from 'zod'
import type { Accounts } from '../../accounts/accounts.ts'
import { actorOf } from '../../accounts/caller.ts'
import { EmailAddress } from '../../accounts/email-address.ts'
import type { Person } from '../../accounts/people.ts'
import { PERSON_ROLES } from '../../accounts/person-model.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { Name } from './organizations.ts'
import { pageOf, pageQuery } from './paging.ts'
import { parseInput } from '../shell/parse-input.ts'

const UserInput = z
  .strictObject({
    name: Name,
    role: z.enum(PERSON_ROLES).meta({ description: '`admin`: everything. `sourcer`: candidates and their own exports.' }),
    active: z.boolean().default(true).meta({ description: 'Inactive people cannot sign in or export, and their sessions end at once.' }),
  })
  .meta({ id: 'UserInput' })
const UserView = z
  .object({ email: z.string(), name: z.string(), role: z.enum(PERSON_ROLES), active: z.boolean(), createdAt: z.date() })
  .meta({ id: 'User' })
const EmailParams = z.strictObject({ email: z.string().meta({ description: 'An email address.' }) })

const TAG = 'People'

export function userEndpoints({ accounts }: { accounts: Accounts }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'put',
      path: '/users/{email}',
      tag: TAG,
      summary: 'Add a person, or change their name, role and status',
      access: 'admin',
      params: EmailParams,
      body: UserInput,
      answers: { 200: { description: 'Changed', schema: UserView }, 201: { description: 'Added', schema: UserView } },
      handle: async ({ caller, params, body }) => {
        const { email } = parseInput(z.object({ email: EmailAddress }), params)
        const { person, created } = await accounts.putPerson(caller.organization, email, body, actorOf(caller))
        return { status: created ? 201 : 200, body: userView(person) }
      },
    }),
    defineEndpoint({
      method: 'get',
      path: '/users',
      tag: TAG,
      summary: 'List people',
      access: 'admin',
      query: pageQuery,
      answers: { 200: { description: 'Newest first', schema: pageOf(UserView) } },
      handle: async ({ caller, query }) => {
        const { data, nextCursor } = await accounts.listPeople(caller.organization, query)
        return { status: 200, body: { data: data.map(userView), nextCursor } }
      },
    }),
    defineEndpoint({
      method: 'delete',
      path: '/users/{email}',
      tag: TAG,
      summary: 'Remove a person and end their sessions',
      access: 'admin',
      params: EmailParams,
      answers: { 204: { description: 'Removed' } },
      problems: ['user_not_found'],
      handle: async ({ caller, params }) => {
        await accounts.deletePerson(caller.organization, params.email, actorOf(caller))
        return { status: 204 }
      },
    }),
  ]
}

function userView({ email, name, role, active, createdAt }: Person): z.output<typeof UserView> {
  return { email, name, role, active, createdAt }
}
