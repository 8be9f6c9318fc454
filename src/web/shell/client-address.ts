import ipaddr from 'ipaddr.js'
import type { ParameterizedContext } from 'koa'
import type { IncomingMessage } from 'node:http'

/** Where a request comes from, in the form in which addresses are counted: see {@link networkOf}. Behind `TRUSTED_PROXIES`, what they report. */
export function clientNetwork(ctx: ParameterizedContext): string {
  return networkOf(ctx.ip)
}

/**
 * The network that an address counts for: an IPv6 address by its /64, since one customer holds all of it; an IPv4-mapped one as IPv4; without a
 * port, which some proxies add. What is no address stays as it is.
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
