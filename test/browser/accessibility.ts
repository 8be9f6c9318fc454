import { expect } from 'chai'
import { crawl } from '../../scripts/browser/crawl.ts'
import { startBrowser, type BrowserForTests } from '../support/browser.ts'
import { findingsIn, findingsInBothLanguages, type Looks } from './audit-page.ts'
import { startFurnishedSite, type FurnishedSite } from './furnished-site.ts'

/** Pages that no link leads to: what is said when something went wrong. */
const UNLINKED = ['/nothing-here', '/oauth/lever/callback?state=unknown&code=x', '/sign-in/link/used']

/** Pages that links must lead to, so that a crawl that finds fewer pages fails. */
const EXPECTED = [
  '/candidates',
  '/candidates/:id',
  '/candidates/import',
  '/exports',
  '/exports/batches/:id',
  '/activity',
  '/activity/deliveries/:id',
  '/settings/ats',
  '/settings/ats/webhooks',
  '/settings/ats/users',
  '/settings/ats/activate',
  '/settings/ats/disconnect',
  '/settings/people',
  '/settings/api-keys',
]

/** Every page, by its links and in states that no link leads to, in the looks given. */
export function describeAccessibility(looks: Looks): void {
  describe(`axe-core rules and the width of a phone, in ${looks === 'all' ? 'every look' : 'the main look'},`, function () {
    this.timeout(240_000)
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

    it('hold on every linked page', async () => {
      const kinds = new Set<string>()

      const found = await findingsInBothLanguages(
        browser,
        async (page, audit) => {
          await site.signIn(page)
          for (const kind of await crawl(page, ['/', `/candidates/${site.candidates.exported}`, ...UNLINKED], audit)) kinds.add(kind)
        },
        looks,
      )

      expect(found).to.deep.equal([])
      expect([...kinds]).to.include.members(EXPECTED)
    })

    it('hold in the dialog, for one candidate, for several, and when all exports have finished', async () => {
      const found = await findingsInBothLanguages(
        browser,
        async (page, audit) => {
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
        },
        looks,
      )

      expect(found).to.deep.equal([])
    })

    it('hold on empty pages and for signed-out people', async () => {
      const { api } = await site.organization()
      const steps = ['webhooks', 'users', 'activate'].map((step) => `/settings/ats/${step}`)

      const found = await findingsInBothLanguages(
        browser,
        async (page, audit) => {
          await page.goto('/sign-in')
          await audit()
          await site.signIn(page, '/', 'ana@acme.example', api)
          for (const path of ['/candidates', '/exports', '/activity', '/settings/ats', ...steps]) {
            await page.goto(path)
            await audit()
          }
        },
        looks,
      )

      expect(found).to.deep.equal([])
    })

    it('hold on the pages of the local Lever', async () => {
      const found = await findingsIn(
        'en-US',
        browser,
        async (page, audit) => {
          await page.goto(`${site.lever.url}/settings/webhooks`)
          await audit()
          await page.getByRole('button', { name: 'Ana Duarte' }).click()
          await crawl(page, [`${site.lever.url}/`], audit)
        },
        looks,
      )

      expect(found).to.deep.equal([])
    })
  })
}
