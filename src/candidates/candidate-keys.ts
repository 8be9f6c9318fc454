import { normalizeEmail } from '../accounts/email-address.ts'
import { withoutTrailingSlashes } from '../trailing-slashes.ts'

/** The form in which e-mail addresses of candidates are compared: the same as for everybody. */
export function emailKey(email: string): string {
  return normalizeEmail(email)
}

/**
 * The form in which profile links are compared: host in lower case without `www.`, path without a slash at its end; no scheme,
 * no fragment. LinkedIn's country hosts, its queries (tracking) and the case of its paths make no difference; elsewhere they do.
 */
export function linkKey(link: string): string {
  if (!URL.canParse(link.trim())) return link.trim().toLowerCase()
  const url = new URL(link.trim())
  const host = url.host.replace(/^www\./, '')
  const path = withoutTrailingSlashes(decoded(url.pathname))
  if (host === 'linkedin.com' || host.endsWith('.linkedin.com')) return `linkedin.com${path.toLowerCase()}`
  return `${host}${path}${url.search}`
}

/** Text in the form in which it is searched: lower case, without accents, white space and controls as single spaces. */
export function searchForm(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[\s\p{Cc}]+/gu, ' ').trim() // prettier-ignore
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path).normalize('NFC')
  } catch {
    return path
  }
}
