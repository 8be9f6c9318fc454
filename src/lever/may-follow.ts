import { isLoopbackHost } from '../config.ts'

/**
 * Whether a call to Lever may follow a redirect, and take the credential along: among Lever's own hosts over https, and for a Lever on this
 * machine within its origin. Everything else would hand the credential to a stranger.
 */
export function mayFollow(from: URL, to: URL): boolean {
  if (to.username !== '' || to.password !== '') return false
  if (isLevers(from)) return isLevers(to)
  return isLoopbackHost(from.hostname) && to.origin === from.origin
}

/** On the usual port: `URL` leaves it out. */
function isLevers({ protocol, hostname, port }: URL): boolean {
  return protocol === 'https:' && port === '' && hostname.endsWith('.lever.co')
}
