import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { NARROW, WIDE, type BrowserForTests } from '../support/browser.ts'

/** Opens pages, and calls `audit` where each is to be looked at. */
type Walk = (page: Page, audit: () => Promise<void>) => Promise<unknown>

/** What is wrong with what the walk shows, in a window of its own; in the dark too where English. */
export async function findingsIn(locale: string, browser: BrowserForTests, walk: Walk): Promise<string[]> {
  const { page, faults, close } = await browser.open({ locale })
  const found: string[] = []
  await walk(page, async () => void found.push(...(await auditPage(page, { inTheDark: locale === 'en-US' }))))
  await close()
  return [...found, ...faults]
}

/** The same in two windows at once, each in its language. */
export async function findingsInBothLanguages(browser: BrowserForTests, walk: Walk): Promise<string[]> {
  return (await Promise.all(['en-US', 'es-ES'].map((locale) => findingsIn(locale, browser, walk)))).flat()
}

/**
 * What is wrong with the open page, a line each: what axe-core finds, at the width of a desk and of a phone, and in the dark where
 * asked; and whether the page is wider than a phone.
 */
async function auditPage(page: Page, { inTheDark }: { inTheDark: boolean }): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = await violations(page, 'wide')
  await page.setViewportSize(NARROW)
  const tooWide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  if (Number(tooWide) > 0) found.push(`${page.url()} is ${String(tooWide)} px wider than a phone`)
  found.push(...(await violations(page, 'narrow')))
  if (inTheDark) {
    await page.emulateMedia({ colorScheme: 'dark' })
    found.push(...(await violations(page, 'dark', ['color-contrast'])))
    await page.emulateMedia({ colorScheme: 'light' })
  }
  await page.setViewportSize(WIDE)
  return found
}

async function violations(page: Page, look: string, rules?: readonly string[]): Promise<string[]> {
  const options = { resultTypes: ['violations'], ...(rules ? { runOnly: rules } : {}) }
  const results = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(options)})`)
  return results.violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${page.url()} (${look}) ${id}: ${help}: ${html}`))
}
