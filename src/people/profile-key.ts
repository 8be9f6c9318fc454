import { PROFILE_SITES } from './profile-sites.ts'

/** `URL` omits only the default port of the link's scheme, and links are compared without their scheme. */
const DEFAULT_PORTS = ['', '80', '443']
/** Longer texts do not identify a page. */
const LONGEST = 2000

/**
 * Returns the canonical form of a person's own page on a known site, such as `linkedin.com/in/ana-lopez` or
 * `github.com/ana`. Returns null for any page that several people may share or that is not known to belong to one
 * person: a company's page, a website, a bare host. Accepts links without a scheme, since Lever has some.
 */
export function profileKey(link: string): string | null {
  const known = recent.get(link)
  if (known !== undefined) return known
  if (recent.size >= MOST_RECENT) recent.clear()
  const key = readProfile(link)
  recent.set(link, key)
  return key
}

/** An import reads the links of a row about a dozen times, and parsing a link costs more than all else. */
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

/** Returns the site of a profile. Two different profiles on one site mean two people. */
export function siteOf(profile: string): string {
  return profile.slice(0, profile.lastIndexOf('/'))
}

/**
 * Returns the form in which links are compared, whether or not they identify a person: no scheme, no `www.`, no
 * trailing slash; otherwise as written.
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

/** Returns the decoded segments; null if one cannot be decoded or contains an encoded slash. */
function segmentsOf(path: string): string[] | null {
  try {
    const segments = path.split('/').filter((segment) => segment !== '').map((segment) => decodeURIComponent(segment).normalize('NFC').trim()) // prettier-ignore
    return segments.some((segment) => /[/\p{Cc}]/u.test(segment)) ? null : segments
  } catch {
    return null
  }
}
