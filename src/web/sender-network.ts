import type { IncomingMessage } from 'node:http'
import { isIPv4, isIPv6 } from 'node:net'

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

function networkOf(text: string): string {
  const address = withoutPort(text)
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  if (mapped && isIPv4(mapped)) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::')
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')]
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  const network = [...before, ...zeros, ...after].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}

function groupsOf(part: string): string[] {
  return part === '' ? [] : part.split(':')
}

/** Some proxies add the port: `203.0.113.7:4711`, `[2001:db8::1]:4711`. */
function withoutPort(text: string): string {
  return /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text
}
