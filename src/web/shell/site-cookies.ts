import type { ParameterizedContext } from 'koa'

export interface CookieOptions {
  /** Without it, the cookie lasts until the browser is closed. */
  maxAgeMs?: number
}

export interface SiteCookies {
  get(ctx: ParameterizedContext, name: string): string | undefined
  /** Returns the names of sent cookies that begin with `prefix`, oldest first if the browser follows RFC 6265, 5.4. */
  names(ctx: ParameterizedContext, prefix: string): string[]
  set(ctx: ParameterizedContext, name: string, value: string, options?: CookieOptions): void
  clear(ctx: ParameterizedContext, name: string): void
}

/**
 * Returns the cookies of this site. They have their own names, since programs on other ports of the host share the jar: `HttpOnly`,
 * `SameSite=Lax`, `Path=/`, and if `publicUrl` is https, `Secure` with the `__Host-` prefix, regardless of what a proxy says about the
 * request. A value must not contain `;`, `,` or white space; base64url does not.
 */
export function createSiteCookies(publicUrl: string): SiteCookies {
  const isSecure = publicUrl.startsWith('https:')
  const fullName = (name: string) => (isSecure ? `__Host-${name}` : name)
  const attributes = `; Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  const write = (ctx: ParameterizedContext, name: string, value: string, age: string) =>
    ctx.append('Set-Cookie', `${fullName(name)}=${value}${attributes}${age}`)

  return {
    get: (ctx, name) => readCookie(ctx.get('Cookie'), fullName(name)),
    names: (ctx, prefix) =>
      cookiesIn(ctx.get('Cookie')).flatMap(([key]) => (key.startsWith(fullName(prefix)) ? [key.slice(fullName('').length)] : [])),
    set: (ctx, name, value, options = {}) =>
      write(ctx, name, value, options.maxAgeMs === undefined ? '' : `; Max-Age=${Math.floor(options.maxAgeMs / 1000)}`),
    clear: (ctx, name) => write(ctx, name, '', '; Max-Age=0'),
  }
}

function readCookie(header: string, name: string): string | undefined {
  return cookiesIn(header).find(([key, value]) => key === name && value !== '')?.[1]
}

function cookiesIn(header: string): (readonly [name: string, value: string])[] {
  return header.split(';').map((pair) => [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()])
}
