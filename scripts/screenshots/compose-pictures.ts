import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** The journey's steps in order, each with its caption. */
const STEPS = [
  ['03-connect', 'Authorize'],
  ['05-lever-consent', 'Accept in Lever'],
  ['07-webhooks-created', 'Create webhooks'],
  ['09-users-matched', 'Match people'],
  ['11-active', 'Activate'],
  ['13-export-dialog', 'See what will be sent'],
  ['14-export-done', 'Export'],
  ['15-lever-candidate', 'There it is, in Lever'],
] as const

const ON_THE_PHONE = ['17-candidates-selected', '13-export-dialog', '07-webhooks-created', 'page-settings-ats'] as const

const STYLE = `
  body { margin: 0; padding: 24px; font: 500 15px 'Inter Variable', system-ui, sans-serif; color: #232a35; background: #eceff3 }
  main { display: grid; grid-template-columns: repeat(4, 1fr); gap: 22px }
  figure { margin: 0 }
  figure img { display: block; width: 100%; object-fit: cover; object-position: top; border: 1px solid #cfd5dd; border-radius: 8px; background: #fff }
  .steps img { height: 285px }
  .phones img { height: 440px; border-radius: 18px }
  figcaption { display: flex; gap: 8px; align-items: center; margin: 10px 2px 0 }
  figcaption b { display: grid; place-items: center; width: 22px; height: 22px; border-radius: 50%; font-size: 12px; color: #fff; background: #3b5bdb }
`

/** Composes pictures from `folder` for the README: the journey, and the view on a phone. */
export async function composePictures(page: Page, folder: string, readmeFolder: string): Promise<void> {
  const shown = async (name: string): Promise<string> =>
    `data:image/png;base64,${(await readFile(join(folder, `${name}.png`))).toString('base64')}`
  const steps = await Promise.all(
    STEPS.map(
      async ([name, caption], index) =>
        `<figure><img src="${await shown(`${name}-narrow-light`)}"><figcaption><b>${index + 1}</b>${caption}</figcaption></figure>`,
    ),
  )
  const phones = await Promise.all(ON_THE_PHONE.map(async (name) => `<figure><img src="${await shown(`${name}-narrow-dark`)}"></figure>`))
  await save(page, `<main class="steps">${steps.join('')}</main>`, join(readmeFolder, 'journey.png'))
  await save(page, `<main class="phones">${phones.join('')}</main>`, join(readmeFolder, 'phone.png'))
}

async function save(page: Page, content: string, path: string): Promise<void> {
  await page.setViewportSize({ width: 1000, height: 400 })
  await page.goto('about:blank')
  await page.setContent(`<!doctype html><style>${STYLE}</style>${content}`)
  await page.screenshot({ path, fullPage: true })
}
