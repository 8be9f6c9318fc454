/** Member ids, by which LinkedIn's pages link to each other, are case-sensitive. Their first letters show the product they belong to. */
const MEMBER_ID = /^A[A-Za-z]{2}AA[\w-]{5,}$/
const ID = /^[\w=-]+$/
/** Pages of the signed-in user, and placeholders that tools write if they found no page. */
const RESERVED = new Set(['me', 'edit', 'unknown', 'unavailable', 'undefined', 'null', 'none', 'na', 'n-a', 'profile', 'view'])
/** Path prefixes in links of the mobile site and of LinkedIn's emails. */
const PREFIXES = new Set(['mwlite', 'm', 'comm'])

/**
 * Identifies the person of a LinkedIn page: a public page by its name, which ignores case, or a member by the id of the product, which
 * does not. A person has one of each, and nothing shows which belong together, so each kind counts as a separate site.
 * @param segments of the path, decoded
 */
export function linkedInProfile(segments: readonly string[], query: URLSearchParams): string | null {
  const [named = '', ...rest] = PREFIXES.has(segments[0]?.toLowerCase() ?? '') ? segments.slice(1) : segments
  const kind = named.toLowerCase()
  if (kind === 'in') return publicPage(rest[0])
  if (kind === 'pub') return formerPublicPage(rest)
  if (kind === 'profile' && rest[0] === 'view') return viewedPage(query.get('id'))
  if (kind === 'sales') return salesPage(rest)
  if (kind === 'talent') return pageAfter(rest, 'profile', 'talent')
  if (kind === 'recruiter') return pageAfter(rest, 'profile', 'recruiter')
  return null
}

function publicPage(name: string | undefined): string | null {
  if (!name) return null
  if (MEMBER_ID.test(name)) return memberPage(name)
  const folded = name.toLowerCase()
  return RESERVED.has(folded) ? null : `linkedin.com/in/${folded}`
}

/** The page for a product's id: `ACw…` is Sales Navigator, `AEM…` is Recruiter. */
function memberPage(id: string): string {
  if (id.startsWith('ACw')) return `linkedin.com/sales/${id}`
  if (id.startsWith('AEM')) return `linkedin.com/talent/${id}`
  return `linkedin.com/member-${id.slice(0, 3)}/${id}`
}

/**
 * `/pub/ana-lopez/1a/2b3/4c5` was the form until 2015. `/pub/dir/…` is a search, and a name alone lists people of the
 * same name.
 */
function formerPublicPage([name = '', ...numbers]: readonly string[]): string | null {
  const [a, b, c] = numbers
  if (name === 'dir' || !a || !b || !c || ![a, b, c].every((part) => /^[\da-z]+$/i.test(part))) return null
  return `linkedin.com/pub/${[name, a, b, c].join(':').toLowerCase()}`
}

function viewedPage(id: string | null): string | null {
  const plain = id?.trim() ?? ''
  if (/^\d+$/.test(plain)) return Number(plain) === 0 ? null : `linkedin.com/view/${plain}`
  if (MEMBER_ID.test(plain)) return memberPage(plain)
  return ID.test(plain) ? `linkedin.com/view-id/${plain}` : null
}

/** The text after the id's comma says how the page was found. */
function salesPage([kind = '', page]: readonly string[]): string | null {
  const [id = ''] = (page ?? '').split(',', 1)
  if (!ID.test(id)) return null
  if (kind === 'lead' || kind === 'people') return `linkedin.com/sales/${id}`
  return kind === 'profile' ? `linkedin.com/sales-profile/${id}` : null
}

/** Recruiter names the project or search before the page: `/talent/hire/123/manage/all/profile/AEM…`. */
function pageAfter(segments: readonly string[], before: string, site: string): string | null {
  const [id = ''] = (segments[segments.indexOf(before) + 1] ?? '').split(',', 1)
  return segments.includes(before) && ID.test(id) ? `linkedin.com/${site}/${id}` : null
}
