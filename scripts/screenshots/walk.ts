import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { crawl, kindOf } from '../browser/crawl.ts'
import type { LocalInstance } from '../local-instance.ts'
import type { Camera } from './camera.ts'

const CSV = join(import.meta.dirname, '..', 'samples', 'candidates.csv')

interface Walk {
  instance: LocalInstance
  page: Page
  camera: Camera
}

/** Goes from the sign-in page to an active connection, through both products' pages. */
export async function setUp({ instance, page, camera }: Walk): Promise<void> {
  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click()
  await page.goto(`${instance.url}/sign-in`)
  await camera.shoot(page, '01-sign-in')
  await press('Sign in as Ana Duarte')
  await camera.shoot(page, '02-candidates-before-setup')
  await page.goto(`${instance.url}/settings/ats`)
  await camera.shoot(page, '03-connect')
  await press('Authorize')
  await page.getByRole('heading', { name: 'Sign in to Lever' }).waitFor()
  await camera.shoot(page, '04-lever-sign-in')
  await page.getByRole('button', { name: 'Ana Duarte' }).click()
  await page.getByRole('button', { name: 'Accept' }).waitFor()
  await camera.shoot(page, '05-lever-consent')
  await press('Accept')
  await page.waitForURL(`${instance.url}/settings/ats/webhooks`)
  await camera.shoot(page, '06-webhooks')
  await press('Create webhooks in Lever')
  await camera.shoot(page, '07-webhooks-created')
  await press('Save & Proceed')
  await camera.shoot(page, '08-users')
  await press('Match by email')
  await camera.shoot(page, '09-users-matched')
  await press('Save & Proceed')
  await camera.shoot(page, '10-activate')
  await press('Activate')
  await camera.shoot(page, '11-active')
}

/** Exports a person to a job, a person who is already in Lever, a selection, and a file. */
export async function exportSome({ instance, page, camera }: Walk): Promise<void> {
  await page.goto(`${instance.url}/candidates`)
  await open(page, 'Ibrahim Yılmaz')
  await page.getByRole('dialog').getByLabel('Job').fill('backend')
  await page.getByRole('option', { name: /^Backend Engineer/ }).waitFor()
  await camera.shoot(page, '12-export-job-search')
  await page
    .getByRole('listbox')
    .getByRole('option', { name: /^Backend Engineer/ })
    .click()
  await page.getByRole('dialog').getByText('ENG-7').waitFor({ state: 'attached' })
  await camera.shoot(page, '13-export-dialog')
  for (const scheme of ['light', 'dark'] as const) await camera.shootFor(page, `export-dialog-${scheme}`, { width: 'wide', scheme })
  await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click()
  await page.locator('[data-finished=true]').waitFor()
  await camera.shoot(page, '14-export-done')
  await page.goto((await page.getByRole('link', { name: 'Open Ibrahim Yılmaz in Lever' }).getAttribute('href')) ?? '')
  await camera.shoot(page, '15-lever-candidate')
  await page.goto(`${instance.url}/candidates?q=grace`)
  await open(page, 'Grace Hopper')
  await camera.shoot(page, '16-export-duplicate')
  await page.goto(`${instance.url}/candidates`)
  for (const name of ['Élodie Lefèvre', 'Ama Serwaa Mensah', 'Mateus Conceição']) await page.getByLabel(`Select ${name}`).check()
  await camera.shoot(page, '17-candidates-selected')
  await page.locator('form[data-selection] .toolbar').getByRole('button', { name: 'Export to ATS' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).waitFor()
  await camera.shoot(page, '18-export-selection')
  await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click()
  await page.locator('[data-finished=true]').waitFor()
  await camera.shoot(page, '19-export-selection-done')
  await page.goto(`${instance.url}/candidates/import`)
  await page.locator('input[type=file]').setInputFiles(CSV)
  await page.locator('#import-preview table').first().waitFor()
  await camera.shoot(page, '20-import-preview')
}

async function open(page: Page, name: string): Promise<void> {
  await page.getByRole('row', { name }).getByRole('button', { name: 'Export to ATS' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).waitFor()
}

/** Takes pictures of every page of the open site that links lead to, one of each kind. */
export async function shootAll({ page, camera }: Walk, start: string, prefix: string): Promise<void> {
  await crawl(page, [start], async () => {
    const name = kindOf(page.url())
      .replaceAll(/[^a-z0-9]+/gi, '-')
      .replaceAll(/^-|-$/g, '')
    await camera.shoot(page, `${prefix}-${name || 'home'}`)
  })
}
