import { Stream } from 'node:stream'
import compress from 'koa-compress'
import type { Middleware } from 'koa'

/** Shorter answers fit into one packet anyway. */
const FROM_BYTES = 1024

/**
 * Compresses answers with gzip, except for requests that another site started. Otherwise, an attacker who makes a browser request pages
 * with guesses in their addresses could learn from the lengths of the answers what the pages contain (BREACH). Browsers that do not say
 * which site started a request send the session with it only if it is a navigation (`SameSite=Lax`). CSRF tokens are also masked.
 */
export function compression(): Middleware {
  const compressed = compress({
    threshold: FROM_BYTES,
    gzip: { level: 4 },
    br: false,
    deflate: false,
    zstd: false,
  })
  return async (ctx, next) => {
    if (OTHER_SITES.has(ctx.get('Sec-Fetch-Site'))) return next()
    let plain: unknown
    await compressed(ctx, async () => {
      await next()
      plain = ctx.body
    })
    if (ctx.body !== plain) cutOffTogether(plain, ctx.body)
  }
}

/** `pipe`, which koa-compress uses, passes no error on: the answer would never end. */
function cutOffTogether(plain: unknown, sent: unknown): void {
  if (plain instanceof Stream && sent instanceof Stream.Duplex) plain.once('error', (error: Error) => sent.destroy(error))
}

const OTHER_SITES = new Set(['cross-site', 'same-site'])
