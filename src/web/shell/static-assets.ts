import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Middleware, ParameterizedContext } from 'koa'
import { answerOtherMethod } from './answer-not-found.ts'

const { resolve } = createRequire(import.meta.url)
const own = (name: string) => fileURLToPath(new URL(`../assets/${name}`, import.meta.url))

/** Every file that pages load, by its public name. Nothing else from the packages is served. */
const FILES: Record<string, () => string> = {
  'fulcrum.css': () => own('fulcrum.css'),
  'candidates.css': () => own('candidates.css'),
  'candidates-import.js': () => own('candidates-import.js'),
  'candidates-selection.js': () => own('candidates-selection.js'),
  'export-dialog.js': () => own('export-dialog.js'),
  'export-job.js': () => own('export-job.js'),
  'fulcrum.svg': () => own('fulcrum.svg'),
  'site.js': () => own('site.js'),
  'pico.css': () => resolve('@picocss/pico/css/pico.min.css'),
  'htmx.js': () => resolve('htmx.org/dist/htmx.min.js'),
  'inter.css': () => resolve('@fontsource-variable/inter/wght.css'),
  'api-docs.js': () => own('api-docs.js'),
  'swagger-ui.css': () => resolve('swagger-ui-dist/swagger-ui.css'),
  'swagger-ui.js': () => resolve('swagger-ui-dist/swagger-ui-bundle.js'),
}
const FONT = /^files\/inter-((cyrillic|greek|latin)(-ext)?|vietnamese)-wght-normal\.woff2$/
const METHODS: readonly string[] = ['GET', 'HEAD']
const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
}

interface Asset {
  bytes: Buffer
  gzipped: Buffer | null
  type: string
  version: string
}
const loaded = new Map<string, Asset>()

function findPath(name: string): string | undefined {
  if (Object.hasOwn(FILES, name)) return FILES[name]?.()
  return FONT.test(name) ? resolve(`@fontsource-variable/inter/${name}`) : undefined
}

function findAsset(name: string): Asset | undefined {
  const known = loaded.get(name)
  if (known) return known
  const path = findPath(name)
  if (path === undefined) return undefined
  const bytes = readFileSync(path)
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
  const version = createHash('sha256').update(bytes).digest('base64url').slice(0, 12)
  const asset = { bytes, type, version, gzipped: type === TYPES['woff2'] ? null : gzipSync(bytes) }
  loaded.set(name, asset)
  return asset
}

/**
 * Returns the address of a file under `assets/`; it contains the version, so that browsers can cache the file permanently.
 * @throws Error for a name that is not served
 */
export function assetUrl(name: string): string {
  const asset = findAsset(name)
  if (!asset) throw new Error(`no asset is called ${name}`)
  return `/assets/${name}?v=${asset.version}`
}

/** Serves `/assets/…`: cached for a year at the address with the current version, otherwise for an hour. */
export function staticAssets(): Middleware {
  return async (ctx, next) => {
    const asset = ctx.path.startsWith('/assets/') ? findAsset(ctx.path.slice('/assets/'.length)) : undefined
    if (!asset) await next()
    else if (METHODS.includes(ctx.method)) serve(ctx, asset)
    else answerOtherMethod(ctx, METHODS)
  }
}

function serve(ctx: ParameterizedContext, { bytes, gzipped, type, version }: Asset): void {
  const isGzipped = gzipped !== null && ctx.acceptsEncodings('gzip', 'identity') === 'gzip'
  ctx.status = 200
  ctx.type = type
  ctx.etag = `${version}${isGzipped ? '-gzip' : ''}`
  ctx.vary('Accept-Encoding')
  ctx.set('Cache-Control', ctx.query['v'] === version ? 'public, max-age=31536000, immutable' : 'public, max-age=3600')
  if (isGzipped) ctx.set('Content-Encoding', 'gzip')
  if (ctx.fresh) ctx.status = 304
  else ctx.body = isGzipped ? gzipped : bytes
}
