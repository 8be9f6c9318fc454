import { isLoopbackHost } from '../config.ts'

/**
 * True if a call to Lever may follow a redirect with its credential: between Lever's own hosts over https, or within the origin of a local
 * Lever. Any other redirect would give the credential to a stranger. `amongLoopback` (only with `LEVER_ENVIRONMENT=local`) also allows a
 * redirect from one local Lever to another.
 */
export function mayFollow(from: URL, to: URL, { amongLoopback = false }: { amongLoopback?: boolean | undefined } = {}): boolean {
  if (to.username !== '' || to.password !== '') return false
  if (isLevers(from)) return isLevers(to)
  if (!isLoopbackHost(from.hostname)) return false
  return to.origin === from.origin || (amongLoopback && to.protocol === 'http:' && isLoopbackHost(to.hostname))
}

/** Requires the default port, which `URL` leaves out. */
function isLevers({ protocol, hostname, port }: URL): boolean {
  return protocol === 'https:' && port === '' && hostname.endsWith('.lever.co')
}
