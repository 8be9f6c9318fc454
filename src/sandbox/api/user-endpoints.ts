import { z } from 'zod'
import { canonicalEmail } from '../account/contact-store.ts'
import { auditUser } from '../actions/audit.ts'
import type { User } from '../account/records.ts'
import { created, flag, ok, parseBody, type ApiCall, type Endpoint } from './endpoint.ts'
import { badRequest, notFound } from './lever-error.ts'
import { newId } from '../ids.ts'
import { emailParameters } from './email-parameters.ts'
import { pageOf } from './paging.ts'
import { plainBody } from './request-body.ts'

const NewUser = z.object({
  name: z.string().min(1),
  email: z.email(),
  accessRole: z.string().default('interviewer'),
  externalDirectoryId: z.string().nullable().default(null),
  jobTitle: z.string().nullable().default(null),
  managerId: z.string().nullable().default(null),
})
const ReplacedUser = NewUser.extend({ accessRole: z.string() })

export const userEndpoints: Endpoint[] = [
  { method: 'GET', path: '/users', permission: 'List all users', scope: 'users:read:admin', handle: listUsers },
  {
    method: 'GET',
    path: '/users/:id',
    permission: 'Retrieve a single user',
    scope: 'users:read:admin',
    handle: (call) => ok(shownUser(call)),
  },
  { method: 'POST', path: '/users', permission: 'Create a user', scope: 'users:write:admin', handle: createUser },
  { method: 'PUT', path: '/users/:id', permission: 'Update a user', scope: 'users:write:admin', handle: replaceUser },
  {
    method: 'POST',
    path: '/users/:id/deactivate',
    permission: 'Deactivate a user',
    scope: 'users:write:admin',
    handle: (call) => setDeactivated(call, call.world.now()),
  },
  {
    method: 'POST',
    path: '/users/:id/reactivate',
    permission: 'Reactivate a user',
    scope: 'users:write:admin',
    handle: (call) => setDeactivated(call, null),
  },
]

/** Only active ones unless `includeDeactivated=true`; newest first (recorded); email regardless of case (assumed). */
function listUsers(call: ApiCall): ReturnType<typeof pageOf> {
  const { query, world } = call
  const emailOf = world.settings.answers.userEmail === 'exact' ? (email: string) => email : canonicalEmail
  const emails = emailParameters(call).map(emailOf)
  const roles = [...query.getAll('accessRole'), ...query.getAll('accessRole[]')]
  const directoryIds = query.getAll('external_directory_id')
  const users = [...world.account.users.values()].filter(
    (user) =>
      (flag(query, 'includeDeactivated') || user.deactivatedAt === null) &&
      (emails.length === 0 || emails.includes(emailOf(user.email))) &&
      (roles.length === 0 || roles.includes(user.accessRole)) &&
      (directoryIds.length === 0 || directoryIds.includes(user.externalDirectoryId ?? '')),
  )
  const newestFirst = users.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1))
  return pageOf(
    call,
    newestFirst,
    (user) => [user.createdAt, user.id],
    (user) => user,
  )
}

/** Includes deactivated users (assumed). */
function shownUser(call: ApiCall): User {
  const user = userOf(call)
  if (user.deactivatedAt !== null && call.world.settings.answers.deactivatedUser !== 'shown') throw notFound('users', user.id)
  return user
}

function userOf(call: ApiCall): User {
  const user = call.world.account.users.get(call.params['id'] ?? '')
  if (!user) throw notFound('users', call.params['id'] ?? '')
  return user
}

function createUser(call: ApiCall): ReturnType<typeof created> {
  const fields = parseBody(NewUser, plainBody(call.body))
  const { world } = call
  const taken = [...world.account.users.values()].some((user) => canonicalEmail(user.email) === canonicalEmail(fields.email))
  if (taken) throw badRequest(`email: a user with ${fields.email} exists`)
  const user: User = {
    id: newId(),
    ...fields,
    username: fields.email.split('@')[0] as string,
    photo: null,
    createdAt: world.now(),
    deactivatedAt: null,
    linkedContactIds: null,
  }
  world.account.users.set(user.id, user)
  auditUser(world, 'user:added', user, null)
  return created(user)
}

/** Clears what is omitted (Lever's API documentation). */
function replaceUser(call: ApiCall): ReturnType<typeof ok> {
  const user = userOf(call)
  const fields = parseBody(ReplacedUser, plainBody(call.body))
  Object.assign(user, fields, { username: fields.email.split('@')[0] })
  auditUser(call.world, 'user:updated', user, null)
  return ok(user, user.id)
}

function setDeactivated(call: ApiCall, deactivatedAt: number | null): ReturnType<typeof ok> {
  const user = userOf(call)
  user.deactivatedAt = deactivatedAt
  auditUser(call.world, deactivatedAt === null ? 'user:reactivated' : 'user:deactivated', user, null)
  return ok(user, user.id)
}
