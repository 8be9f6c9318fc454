/**
 * A real Chromium for a test file. It starts within a moment, so that every file has its own, also where files run in several processes;
 * a window is a browser of somebody's own, with its own cookies.
 */
import type { BrowserContextOptions, Page } from 'playwright-core'
import { launchBrowser } from '../../scripts/browser/launch-browser.ts'

export const WIDE = { width: 1280, height: 900 } as const
export const NARROW = { width: 360, height: 740 } as const

/** A page answers within milliseconds; this is for a machine that does much else. */
const PATIENCE_MS = 30_000

export interface Window {
  page: Page
  /** What the browser found wrong so far: blocked by the Content-Security-Policy, a file that did not load, a script that failed. */
  faults: string[]
  close: () => Promise<void>
}

export interface BrowserForTests {
  /** With the width of a desk, in English, unless said otherwise. */
  open(options?: BrowserContextOptions): Promise<Window>
  stop(): Promise<void>
}

/** `baseURL` is the site whose paths the windows open. Unpacks the browser first where that was never done: give the hook minutes. */
export async function startBrowser(baseURL: string): Promise<BrowserForTests> {
  const browser = await launchBrowser((line) => void process.stderr.write(`${line}\n`))
  return {
    async open(options = {}) {
      const context = await browser.newContext({ baseURL, viewport: WIDE, locale: 'en-US', reducedMotion: 'reduce', ...options })
      context.setDefaultTimeout(PATIENCE_MS)
      const faults: string[] = []
      context.on('page', (page) => watch(page, faults))
      return { page: await context.newPage(), faults, close: () => context.close() }
    },
    stop: () => browser.close(),
  }
}

function watch(page: Page, faults: string[]): void {
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) faults.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`))
  page.on('response', (response) => {
    const isFile = ['stylesheet', 'script', 'font', 'image'].includes(response.request().resourceType())
    if (isFile && response.status() >= 400) faults.push(`${response.url()} answered ${response.status()}`)
  })
}
