import type { IncomingMessage } from 'node:http'
import { networkOf } from './client-address.ts'

/**
 * The network that a request came from, to count by: an IPv4 address, or the /64 of an IPv6 one, since one sender may use all of it. Behind
 * `trustedProxies` proxies it is what the outermost of them wrote into `X-Forwarded-For`; what stands before that is the sender's own claim.
 */
export function senderNetwork(request: Pick<IncomingMessage, 'headers' | 'socket'>, trustedProxies: number): string {
  return networkOf(addressOf(request, trustedProxies))
}

function addressOf({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>, trustedProxies: number): string {
  const direct = socket.remoteAddress ?? ''
  if (trustedProxies <= 0) return direct
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',')
  const hops = forwarded.split(',').map((hop) => hop.trim())
  return hops.slice(-trustedProxies)[0] || direct
}
