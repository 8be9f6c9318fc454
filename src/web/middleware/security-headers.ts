import helmet from 'koa-helmet'
import type { Middleware } from 'koa'

/**
 * Headers that keep a browser from doing what no page of ours asks for. Forms may go on to Lever's authorization server,
 * since the consent starts with one. Pico's icons are `data:` images.
 */
export function securityHeaders(options: { publicUrl: string; authUrl: string }): Middleware {
  const isSecure = options.publicUrl.startsWith('https:')
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        formAction: ["'self'", new URL(options.authUrl).origin],
        ...(isSecure ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: isSecure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    // `no-referrer` would make browsers send `Origin: null` with our own forms
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  })
}
