import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import Koa, { type Middleware } from 'koa'
import helmet from 'koa-helmet'

/**
 * Returns headers that block browser features no page here needs. Forms may lead to Lever's authorization server, since a
 * form starts the authorization. Pico's icons are `data:` images.
 */
export function createSecurityHeaders(options: { publicUrl: string; authUrl: string }): Record<string, string> {
  const isSecure = options.publicUrl.startsWith('https:')
  const protect = helmet({
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
  const answer = new ServerResponse(new IncomingMessage(new Socket()))
  void protect(new Koa().createContext(answer.req, answer), () => Promise.resolve())
  answer.setHeader('Permissions-Policy', PERMISSIONS)
  return Object.fromEntries(Object.entries(answer.getHeaders()).map(([name, value]) => [name, String(value)]))
}

/** Browser features that no page uses. Copy buttons write to the clipboard. */
const PERMISSIONS = (
  'accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation gyroscope hid idle-detection magnetometer ' +
  'microphone midi payment picture-in-picture publickey-credentials-create publickey-credentials-get screen-wake-lock serial usb ' +
  'web-share xr-spatial-tracking browsing-topics'
)
  .split(' ')
  .map((name) => `${name}=()`)
  .join(', ')

/** Sets the headers on every answer; they are computed once, since they never change. */
export function securityHeaders(headers: Readonly<Record<string, string>>): Middleware {
  return (ctx, next) => {
    ctx.set(headers)
    return next()
  }
}
