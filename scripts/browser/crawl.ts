import type { Page } from 'playwright-core'

/** Returns what addresses of one page have in common: without ids and event names, and with only the names of query parameters. */
export function kindOf(address: string): string {
  const { pathname, searchParams } = new URL(address, 'http://here')
  const path = pathname
    .replaceAll(/\b([0-9a-f]{24}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/g, ':id')
    .replace(/(webhooks)\/[a-zA-Z]+\//, '$1/:event/')
  const names = [...new Set(searchParams.keys())].toSorted()
  return names.length === 0 ? path : `${path}?${names.join('&')}`
}

/** Downloads, and the API with its documentation, which belongs to Swagger UI. */
const NO_PAGE = /\.csv\b|^\/api\//

/**
 * Opens every page that links lead to, one of each kind, beginning with `start`, and calls `visit` on each.
 * @returns the kinds of pages seen
 */
export async function crawl(page: Page, start: readonly string[], visit: () => Promise<void>): Promise<string[]> {
  const known = new Map(start.map((address) => [kindOf(address), address]))
  const seen = new Set<string>()
  for (const address of known.values()) {
    await page.goto(address)
    const kind = kindOf(page.url())
    if (seen.has(kind)) continue
    seen.add(kind)
    for (const link of await linksOf(page)) if (!known.has(kindOf(link))) known.set(kindOf(link), link)
    await visit()
  }
  return [...seen]
}

async function linksOf(page: Page): Promise<string[]> {
  const { origin } = new URL(page.url())
  const found = await page
    .locator('a[href]:not([download])')
    .evaluateAll((links) => links.map((link) => (link as { href?: string }).href ?? ''))
  return found
    .filter((href) => href.startsWith(`${origin}/`) && !NO_PAGE.test(href.slice(origin.length)))
    .map((href) => href.replace(/#.*$/, ''))
}
