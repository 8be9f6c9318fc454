import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { NARROW, WIDE } from '../support/browser.ts'

/**
 * What is wrong with the open page, a line each: what axe-core finds, at the width of a desk and of a phone, and in the dark where
 * asked; and whether the page is wider than a phone.
 */
export async function auditPage(page: Page, { inTheDark }: { inTheDark: boolean }): Promise<string[]> {
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
