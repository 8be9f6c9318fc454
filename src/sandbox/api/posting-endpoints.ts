import type { Posting } from '../account/records.ts'
import type { World } from '../world.ts'
import { confidentialityFilter, visible } from './confidential.ts'
import { inRange, ok, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { pageOf } from './paging.ts'
import { select } from './selection.ts'

export const postingEndpoints: Endpoint[] = [
  { method: 'GET', path: '/postings', permission: 'List all postings', scope: 'postings:read:admin', handle: listPostings },
  {
    method: 'GET',
    path: '/postings/deleted',
    permission: 'List all postings',
    scope: 'postings:read:admin',
    handle: (call) =>
      pageOf(
        call,
        [],
        () => [],
        () => null,
      ),
  },
  { method: 'GET', path: '/postings/:id', permission: 'Retrieve a single posting', scope: 'postings:read:admin', handle: onePosting },
]

/** `state=published` alone lists the public channel; internal ones are asked for by `distributionChannel` (Lever's API documentation). */
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
    (posting) => postingJson(world, posting, query),
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

function onePosting(call: ApiCall): ApiAnswer {
  const id = call.params['id'] ?? ''
  return ok(postingJson(call.world, visible(call, 'postings', id, call.world.account.postings.get(id)), call.query))
}

/** The recorded shape; `urls` is null for drafts. */
function postingJson(world: World, posting: Posting, query: URLSearchParams): Record<string, unknown> {
  const user = (id: string | null): unknown => (id ? (world.account.users.get(id) ?? null) : null)
  const list = `${world.urls.url}/jobs`
  const show = `${list}/${posting.id}`
  const record = {
    ...posting,
    urls: posting.state === 'draft' ? null : { list, show, apply: `${show}/apply` },
    transcribeInterviews: false,
    screening: { enabled: false },
  }
  return select(query, record, {
    user: () => user(posting.user),
    owner: () => user(posting.owner),
    hiringManager: () => user(posting.hiringManager),
    followers: () => posting.followers.map(user),
  })
}
