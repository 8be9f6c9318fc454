import type { Posting, User } from '../account/records.ts'
import { addPosting, changePosting } from '../actions/change-posting.ts'
import { confidentialityFilter } from './confidential.ts'
import { created, inRange, ok, performAs, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { LeverError } from './lever-error.ts'
import { pageOf } from './paging.ts'
import { changedPostingInput, newPostingInput } from './posting-input.ts'
import { postingOf } from './posting-of.ts'
import { postingJson, POSTING_ROLES } from './posting-shape.ts'

const READ = 'postings:read:admin'
const WRITE = 'postings:write:admin'
const ONE = '/postings/:id'

export const postingEndpoints: Endpoint[] = [
  { method: 'GET', path: '/postings', permission: 'List all postings', scope: READ, handle: listPostings },
  { method: 'GET', path: '/postings/deleted', permission: 'List all postings', scope: READ, handle: listDeleted },
  {
    method: 'GET',
    path: ONE,
    permission: 'Retrieve a single posting',
    scope: READ,
    handle: (call) => ok(postingJson(call.world, postingOf(call), 'read', call.query)),
  },
  { method: 'POST', path: '/postings', permission: 'Create a posting', scope: WRITE, handle: createPosting },
  { method: 'POST', path: ONE, permission: 'Update a posting', scope: WRITE, handle: updatePosting },
  // the documentation has only POST; Lever's Postman collection has PUT
  { method: 'PUT', path: ONE, permission: 'Update a posting', scope: WRITE, handle: updatePosting },
  { method: 'GET', path: `${ONE}/users`, permission: 'List all posting users', scope: READ, handle: listUsers },
]

/** `state=published` lists only the public channel; `distributionChannel` selects internal ones (Lever's API documentation). */
function listPostings(call: ApiCall): ApiAnswer {
  const { query, world } = call
  const mayShow = confidentialityFilter(call)
  const updated = inRange(query, 'updated_at')
  const matches = updated ? (posting: Posting) => updated(posting.updatedAt) : postingFilter(query)
  const postings = [...world.account.postings.values()].filter((posting) => mayShow(posting) && matches(posting))
  const newestFirst = postings.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1))
  return pageOf(
    call,
    newestFirst,
    (posting) => [posting.createdAt, posting.id],
    (posting) => postingJson(world, posting, 'read', query),
  )
}

function postingFilter(query: URLSearchParams): (posting: Posting) => boolean {
  const channels = query.getAll('distributionChannel')
  const given = (name: string, values: (posting: Posting) => (string | null)[]): ((posting: Posting) => boolean) => {
    const wanted = query.getAll(name)
    return (posting) => wanted.length === 0 || values(posting).some((value) => value !== null && wanted.includes(value))
  }
  const filters = [
    given('state', (posting) => [posting.state]),
    given('distributionChannel', (posting) => posting.distributionChannels ?? []),
    given('team', (posting) => [posting.categories.team]),
    given('department', (posting) => [posting.categories.department]),
    given('location', (posting) => posting.categories.allLocations),
    given('commitment', (posting) => [posting.categories.commitment]),
    given('level', (posting) => [posting.categories.level]),
    given('tag', (posting) => posting.tags),
    given('group', (posting) => [posting.categories.department]),
  ]
  const publicOnly = query.getAll('state').includes('published') && channels.length === 0
  return (posting) =>
    filters.every((matches) => matches(posting)) &&
    (!publicOnly || posting.state !== 'published' || Boolean(posting.distributionChannels?.includes('public')))
}

function listDeleted(call: ApiCall): ApiAnswer {
  const within = inRange(call.query, 'deleted_at')
  const deleted = call.world.account.deletedPostings.filter(({ deletedAt }) => within?.(deletedAt) ?? true)
  return pageOf(
    call,
    deleted,
    ({ id, deletedAt }) => [deletedAt, id],
    (posting) => posting,
  )
}

function createPosting(call: ApiCall): ApiAnswer {
  const user = performAs(call, 'required') as User
  const { fields, requisitionCodes } = newPostingInput(call)
  const posting = addPosting(call.world, fields, requisitionCodes ?? [], user)
  return created({ ...postingJson(call.world, posting, 'written'), id: posting.id })
}

/** Only given fields change. */
function updatePosting(call: ApiCall): ApiAnswer {
  performAs(call, 'required')
  const posting = postingOf(call)
  if (posting.confidentiality === 'confidential') throw new LeverError(403, 'A confidential posting cannot be changed through the API')
  const { fields, requisitionCodes } = changedPostingInput(call, posting)
  changePosting(call.world, posting, fields, requisitionCodes)
  return ok(postingJson(call.world, posting, 'written'), posting.id)
}

/** The answer has no envelope and is empty: Lever lists only users with an additional role (recorded). */
function listUsers(call: ApiCall): ApiAnswer {
  const { id, text } = postingOf(call)
  return { status: 200, body: { posting: { id, text }, users: [], roles: POSTING_ROLES } }
}
