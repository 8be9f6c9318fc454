import type { ParameterizedContext } from 'koa'
import { isLoopbackHost } from '../../config.ts'
import { ServiceError } from '../../errors.ts'

/** A write sent by a page of another site. */
export class FromAnotherSite extends ServiceError {
  constructor() {
    super('forbidden', 'This request was sent from another site.', { hint: 'Open the page in Fulcrum and submit the form again.' })
    this.name = 'FromAnotherSite'
  }
}

/**
 * A write with a browser's cookie must come from a page of this site. Browsers send its origin in `Sec-Fetch-Site`, older ones in `Origin`.
 * A program that sends neither header has no cookie that another site could abuse.
 * @throws ServiceError `forbidden`
 */
export function assertSameOrigin(ctx: ParameterizedContext, publicUrl: string): void {
  const site = ctx.get('Sec-Fetch-Site')
  const origin = ctx.get('Origin')
  const siteFits = site === '' || site === 'same-origin' || site === 'none'
  const originFits = origin === '' || isOwnOrigin(ctx, origin, publicUrl)
  if (siteFits && originFits) return
  throw new FromAnotherSite()
}

function isOwnOrigin(ctx: ParameterizedContext, origin: string, publicUrl: string): boolean {
  if (origin === new URL(publicUrl).origin) return true
  // on the machine itself, `localhost` and `127.0.0.1` are the same service
  return origin === `${ctx.protocol}://${ctx.host}` && isLoopbackRequest(ctx, publicUrl)
}

/**
 * True if a browser or program on this machine calls the service directly under a local name, with no proxy in between. Always false unless
 * `publicUrl` is http on a loopback host: with any other URL there is a proxy in front, which may connect from this machine without a
 * forwarding header.
 */
export function isLoopbackRequest(ctx: ParameterizedContext, publicUrl: string): boolean {
  const { protocol, hostname } = new URL(publicUrl)
  if (protocol !== 'http:' || !isLoopbackHost(hostname)) return false
  const address = (ctx.req.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const isForwarded = FORWARDING_HEADERS.some((name) => ctx.get(name) !== '')
  // any other host name could be one that an attacker pointed here (DNS rebinding)
  return (
    isLoopbackHost(address) &&
    !isForwarded &&
    URL.canParse(`http://${ctx.get('Host')}`) &&
    isLoopbackHost(new URL(`http://${ctx.get('Host')}`).hostname)
  )
}

const FORWARDING_HEADERS = [
  'Forwarded',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Real-IP',
  'Via',
  'CF-Connecting-IP',
  'True-Client-IP',
]
