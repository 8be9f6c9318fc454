import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

const WIDTHS = { wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 740 } } as const
const SCHEMES = ['light', 'dark'] as const

export interface Camera {
  /** Saves the open page in every look, each as a file named after it. */
  shoot(page: Page, name: string): Promise<void>
  /** Saves the visible part of the page in one look. */
  shootFor(page: Page, file: string, look: { width: keyof typeof WIDTHS; scheme: (typeof SCHEMES)[number] }): Promise<void>
}

/** Writes PNGs into `folder`; those for the README into `readmeFolder`. Leaves pages wide and light. */
export async function createCamera(folder: string, readmeFolder: string): Promise<Camera> {
  await Promise.all([folder, readmeFolder].map((path) => mkdir(path, { recursive: true })))
  return {
    async shoot(page, name) {
      for (const [width, size] of Object.entries(WIDTHS)) {
        for (const colorScheme of SCHEMES) {
          await page.setViewportSize(size)
          await page.emulateMedia({ colorScheme })
          await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true })
        }
      }
      await settle(page)
    },
    async shootFor(page, file, { width, scheme }) {
      await page.setViewportSize(WIDTHS[width])
      await page.emulateMedia({ colorScheme: scheme })
      await page.screenshot({ path: join(readmeFolder, `${file}.png`) })
      await settle(page)
    },
  }
}

async function settle(page: Page): Promise<void> {
  await page.setViewportSize(WIDTHS.wide)
  await page.emulateMedia({ colorScheme: 'light' })
}
