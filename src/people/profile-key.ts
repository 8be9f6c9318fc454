import { PROFILE_SITES } from './profile-sites.ts'

/** `URL` omits the port only where it is the scheme's own, and links are compared without their scheme. */
const DEFAULT_PORTS = ['', '80', '443']
/** Longer texts do not identify a page. */
const LONGEST = 2000

/**
 * The canonical form of a person's own page on a known site, such as `linkedin.com/in/ana-lopez` or `github.com/ana`. Null for any page
 * that several people may share or that is not known to belong to one person: a company's page, a website, a bare host. Accepts links
 * without a scheme, since Lever has some.
 */
export function profileKey(link: string): string | null {
  const known = recent.get(link)
  if (known !== undefined) return known
  if (recent.size >= MOST_RECENT) recent.clear()
  const key = readProfile(link)
  recent.set(link, key)
  return key
}

/** A row's links are asked about a dozen times while it is imported, and reading an address costs more than all else. */
const recent = new Map<string, string | null>()
const MOST_RECENT = 2000

function readProfile(link: string): string | null {
  const url = readLink(link)
  if (!url || !DEFAULT_PORTS.includes(url.port) || url.username !== '' || url.password !== '') return null
  const host = url.hostname.replace(/\.$/, '').replace(/^www\./, '')
  const site = PROFILE_SITES.find(({ hosts }) => hosts.some((known) => (typeof known === 'string' ? known === host : known.test(host))))
  const segments = site ? segmentsOf(url.pathname) : null
  return (segments && site?.read(segments, url.searchParams, host)) ?? null
}

/** The site of a profile: two different profiles on one site mean two people. */
export function siteOf(profile: string): string {
  return profile.slice(0, profile.lastIndexOf('/'))
}

/**
 * The form in which links count as equal, whether or not they identify a person: no scheme, no `www.`, no trailing slash; otherwise as
 * written.
 */
export function linkForm(link: string): string {
  const profile = profileKey(link)
  if (profile !== null) return profile
  const url = readLink(link)
  if (!url) return link.trim()
  return `${url.host.replace(/^www\./, '')}${url.pathname.replace(/\/$/, '')}${url.search}${url.hash}`
}

function readLink(link: string): URL | null {
  const text = link.slice(0, LONGEST).replace(/\p{Cf}/gu, '').trim() // prettier-ignore
  const address = /^https?:/i.test(text) ? text : `https://${text.replace(/^\/+/, '')}`
  if (/\s/.test(text) || !URL.canParse(address)) return null
  return new URL(address)
}

/** The decoded segments; null if one cannot be decoded or hides a slash. */
function segmentsOf(path: string): string[] | null {
  try {
    const segments = path.split('/').filter((segment) => segment !== '').map((segment) => decodeURIComponent(segment).normalize('NFC').trim()) // prettier-ignore
    return segments.some((segment) => /[/\p{Cc}]/u.test(segment)) ? null : segments
  } catch {
    return null
  }
}
