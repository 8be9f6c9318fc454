import { expect } from 'chai'
import { crawl } from '../../scripts/browser/crawl.ts'
import { startBrowser, type BrowserForTests } from '../support/browser.ts'
import { findingsInBothLanguages } from './audit-page.ts'
import { startFurnishedSite, type FurnishedSite } from './furnished-site.ts'

/** Pages that no link leads to: what is said when something went wrong. */
const UNLINKED = ['/nothing-here', '/oauth/lever/callback?state=unknown&code=x', '/sign-in/link/used']

/** Pages that must be among those that links lead to, so that a crawl that finds less does not pass for a better one. */
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

describe('every page, for everybody', function () {
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

  it('breaks no rule of axe-core and fits a phone, in both languages', async () => {
    const kinds = new Set<string>()

    const found = await findingsInBothLanguages(browser, async (page, audit) => {
      await site.signIn(page)
      for (const kind of await crawl(page, ['/', `/candidates/${site.candidates.exported}`, ...UNLINKED], audit)) kinds.add(kind)
    })

    expect(found).to.deep.equal([])
    expect([...kinds]).to.include.members(EXPECTED)
  })
})
