import { expect } from 'chai'
import { crawl } from '../../scripts/browser/crawl.ts'
import { startBrowser, type BrowserForTests } from '../support/browser.ts'
import { findingsIn, findingsInBothLanguages } from './audit-page.ts'
import { startFurnishedSite, type FurnishedSite } from './furnished-site.ts'

describe('the rules of axe-core, and the width of a phone,', function () {
  this.timeout(120_000)
  let site: FurnishedSite
  let browser: BrowserForTests

  before(async function () {
    this.timeout(300_000)
    site = await startFurnishedSite()
    browser = await startBrowser(site.url)
  })
  after(async () => {
    await browser.stop()
    await site.stop()
  })

  it('hold in the dialog, for one, for several, and when all is done', async () => {
    const found = await findingsInBothLanguages(browser, async (page, audit) => {
      const dialog = page.locator('dialog[open]')
      const exportIt = dialog.locator('footer button[type=submit]')
      await site.signIn(page)
      await page.goto('/candidates')
      await page.locator(`#export-${site.candidates.duplicate}`).click()
      await exportIt.waitFor()
      await audit()
      await page.keyboard.press('Escape')
      await page.locator('[data-select-all]').check()
      await page.locator('#export-chosen').click()
      await exportIt.waitFor()
      await audit()
      await exportIt.click()
      await dialog.locator('[data-finished=true]').waitFor()
      await audit()
    })

    expect(found).to.deep.equal([])
  })

  it('hold where nothing is there yet, and for the signed-out', async () => {
    const { api } = await site.organization()
    const steps = ['webhooks', 'users', 'activate'].map((step) => `/settings/ats/${step}`)

    const found = await findingsInBothLanguages(browser, async (page, audit) => {
      await page.goto('/sign-in')
      await audit()
      await site.signIn(page, '/', 'ana@acme.example', api)
      for (const path of ['/candidates', '/exports', '/activity', '/settings/ats', ...steps]) {
        await page.goto(path)
        await audit()
      }
    })

    expect(found).to.deep.equal([])
  })

  it('hold on the pages of the local Lever', async () => {
    const found = await findingsIn('en-US', browser, async (page, audit) => {
      await page.goto(`${site.lever.url}/settings/webhooks`)
      await audit()
      await page.getByRole('button', { name: 'Ana Duarte' }).click()
      await crawl(page, [`${site.lever.url}/`], audit)
    })

    expect(found).to.deep.equal([])
  })
})
