import { isLoopbackHost } from '../config.ts'

/**
 * Whether a call to Lever may follow a redirect, and take the credential along: among Lever's own hosts over https, and for a Lever on this
 * machine within its origin. Everything else would hand the credential to a stranger.
 * `amongLoopback` (with `LEVER_ENVIRONMENT=local` alone): from one Lever on this machine to another one, in place of two of Lever's hosts.
 */
export function mayFollow(from: URL, to: URL, { amongLoopback = false }: { amongLoopback?: boolean | undefined } = {}): boolean {
  if (to.username !== '' || to.password !== '') return false
  if (isLevers(from)) return isLevers(to)
  if (!isLoopbackHost(from.hostname)) return false
  return to.origin === from.origin || (amongLoopback && to.protocol === 'http:' && isLoopbackHost(to.hostname))
}

/** On the usual port: `URL` leaves it out. */
function isLevers({ protocol, hostname, port }: URL): boolean {
  return protocol === 'https:' && port === '' && hostname.endsWith('.lever.co')
}
