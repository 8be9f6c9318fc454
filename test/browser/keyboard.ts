import type { Locator, Page } from 'playwright-core'
import { eventually } from '../support/eventually.ts'

/** More than any page has that can be reached. */
const MOST_STOPS = 250

/** A heading that a script moves to is nothing to press, and shows it or not. */
const SHOWS_FOCUS = `(() => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement)
  return document.activeElement.matches('[tabindex="-1"]') || boxShadow !== 'none' || (outlineStyle !== 'none' && outlineWidth !== '0px')
})()`
const HTML = 'document.activeElement.outerHTML.slice(0, 200)'

/**
 * Presses Tab until the place has the focus.
 * @throws Error when it is never reached, or where somebody who looks would not see which element has the focus
 */
export async function tabTo(page: Page, place: Locator): Promise<void> {
  await place.waitFor()
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await page.keyboard.press('Tab')
    if (!(await page.evaluate(SHOWS_FOCUS))) await untilShown(page)
    if (await hasFocus(place)) return
  }
  throw new Error(`the keyboard does not reach ${String(place)}`)
}

/** It may be drawn gradually, or move while a part of the page is replaced. */
async function untilShown(page: Page): Promise<void> {
  await eventually(`the focus shows: ${String(await page.evaluate(HTML))}`, () => page.evaluate<boolean>(SHOWS_FOCUS))
}

export async function hasFocus(place: Locator): Promise<boolean> {
  return (await place.and(place.page().locator(':focus')).count()) > 0
}
