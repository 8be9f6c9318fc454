/** The shape of postings in answers (recorded answers). */
import type { Posting } from '../account/records.ts'
import type { World } from '../world.ts'
import { select } from './selection.ts'

/** Roles of an account without custom roles (recorded). */
export const POSTING_ROLES = [
  { id: 'admin', name: 'Admin', isReadOnly: true },
  { id: 'limited', name: 'Limited Team Member', isReadOnly: true, conditions: {} },
  { id: 'owner', name: 'Super Admin', isReadOnly: true },
  { id: 'team', name: 'Team Member', isReadOnly: true },
]

/**
 * `urls` is null for postings that are not on the job site (recorded for drafts and closed ones, assumed for others). The answer to a
 * write has an empty `allLocations` (recorded).
 */
export function postingJson(
  world: World,
  posting: Posting,
  view: 'read' | 'written',
  query = new URLSearchParams(),
): Record<string, unknown> {
  const user = (id: string | null): unknown => (id ? (world.account.users.get(id) ?? null) : null)
  const { customQuestions: _, ...shown } = posting
  const record = {
    ...shown,
    ...(view === 'written' ? { categories: { ...posting.categories, allLocations: [] } } : {}),
    urls: postingUrls(world, posting),
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

function postingUrls(world: World, posting: Posting): { list: string; show: string; apply: string } | null {
  if (posting.state !== 'published' && posting.state !== 'internal') return null
  const list = `${world.urls.url}/jobs`
  const show = `${list}/${posting.id}`
  return { list, show, apply: `${show}/apply` }
}
