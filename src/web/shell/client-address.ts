import ipaddr from 'ipaddr.js'
import type { ParameterizedContext } from 'koa'
import type { IncomingMessage } from 'node:http'

/**
 * Returns the sender's network, by which requests are counted; see {@link networkOf}. Behind `TRUSTED_PROXIES`, the address that they
 * report.
 */
export function clientNetwork(ctx: ParameterizedContext): string {
  return networkOf(ctx.ip)
}

/**
 * Returns the network that an address is counted under: the /64 of an IPv6 address, since one customer holds all of it; an IPv4-mapped
 * address as IPv4. Removes a port, which some proxies add. Anything that is not an address is returned unchanged.
 */
export function networkOf(address: string): string {
  const plain = withoutPort(address.trim())
  if (!ipaddr.isValid(plain)) return plain
  const parsed = ipaddr.process(plain)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  const bytes = parsed.toByteArray()
  return `${ipaddr.fromByteArray([...bytes.slice(0, 8), ...Array.from({ length: 8 }, () => 0)]).toString()}/64`
}

function withoutPort(address: string): string {
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(address) ?? []
  const [, ipv4] = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address) ?? []
  return (bracketed ?? ipv4 ?? address).split('%')[0] ?? ''
}

/**
 * Returns the network that a request came from, for counting: an IPv4 address, or the /64 of an IPv6 address, since one sender may use all
 * of it. Behind `trustedProxies` proxies, it is what the outermost of them wrote into `X-Forwarded-For`; earlier entries are the sender's
 * own claims.
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
