import compress from 'koa-compress'
import type { Middleware } from 'koa'

/** Shorter answers fit into one packet anyway. */
const FROM_BYTES = 1024

/**
 * Compresses answers with gzip. Someone who makes a browser open pages here, and sees how long they are, could guess what is on them by
 * putting guesses into their addresses (BREACH). So requests that another site started are answered uncompressed, and browsers that do not
 * say who started a request do not send the session with it unless it is a navigation (`SameSite=Lax`). CSRF tokens are masked besides.
 */
export function compression(): Middleware {
  const compressed = compress({
    threshold: FROM_BYTES,
    gzip: { level: 4 },
    br: false,
    deflate: false,
    zstd: false,
  })
  return (ctx, next) => (OTHER_SITES.has(ctx.get('Sec-Fetch-Site')) ? next() : compressed(ctx, next))
}

const OTHER_SITES = new Set(['cross-site', 'same-site'])
