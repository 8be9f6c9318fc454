import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { NARROW, WIDE, type BrowserForTests } from '../support/browser.ts'

/**
 * `main`: axe-core on English pages at the width of a desk, in light colors. `all`: also in Spanish, at the width of a phone, and, for
 * contrast, in the dark.
 */
export type Looks = 'main' | 'all'

/** Opens pages, and calls `audit` on each that is to be audited. */
type Walk = (page: Page, audit: () => Promise<void>) => Promise<unknown>

type Locale = 'en-US' | 'es-ES'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What is wrong with the pages of the walk, in a window of its own. */
export async function findingsIn(locale: Locale, browser: BrowserForTests, walk: Walk, looks: Looks = 'all'): Promise<string[]> {
  const { page, faults, close } = await browser.open({ locale })
  const found: string[] = []
  await walk(page, async () => void found.push(...(await auditPage(page, locale, looks))))
  await close()
  return [...found, ...faults]
}

/** The same in two windows at once, each in its language. */
export async function findingsInBothLanguages(browser: BrowserForTests, walk: Walk, looks: Looks): Promise<string[]> {
  return (await Promise.all((['en-US', 'es-ES'] as const).map((locale) => findingsIn(locale, browser, walk, looks)))).flat()
}

/** What is wrong with the open page, one line a finding: what axe-core finds, and whether the page is wider than a phone. */
async function auditPage(page: Page, locale: Locale, looks: Looks): Promise<string[]> {
  const found: string[] = []
  if (looks === 'all' || locale === 'en-US') found.push(...(await violations(page, 'wide')))
  await page.setViewportSize(NARROW)
  const tooWide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  if (Number(tooWide) > 0) found.push(`${page.url()} is ${String(tooWide)} px wider than a phone`)
  if (looks === 'all') found.push(...(await violations(page, 'narrow')))
  if (looks === 'all' && locale === 'en-US') {
    await page.emulateMedia({ colorScheme: 'dark' })
    found.push(...(await violations(page, 'dark', ['color-contrast'])))
    await page.emulateMedia({ colorScheme: 'light' })
  }
  await page.setViewportSize(WIDE)
  return found
}

/** Only the lines leave the browser: axe-core's whole result is a hundred times as long. */
async function violations(page: Page, look: string, rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(AXE)
  const options = { resultTypes: ['violations'], ...(rules ? { runOnly: rules } : {}) }
  const lines = await page.evaluate<string[]>(`axe.run(${JSON.stringify(options)}).then(({ violations }) =>
    violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => id + ': ' + help + ': ' + html)))`)
  return lines.map((line) => `${page.url()} (${look}) ${line}`)
}
