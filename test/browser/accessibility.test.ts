import { expect } from 'chai'
import { startBrowser, type BrowserForTests } from '../support/browser.ts'
import { auditPage } from './audit-page.ts'
import { crawl } from '../../scripts/browser/crawl.ts'
import { startFurnishedSite, type FurnishedSite } from './furnished-site.ts'

/** Pages that no link leads to: the way on from a form, and what is said when something went wrong. */
const UNLINKED = ['/nothing-here', '/oauth/lever/callback?state=unknown&code=x', '/sign-in/link/used']

/** Pages that must be among those that links lead to, so that a crawl that finds less does not pass for a better one. */
const EXPECTED = [
  '/candidates',
  '/candidates/:id',
  '/candidates/import',
  '/exports',
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

  async function auditAll(locale: string): Promise<string[]> {
    const { page, faults, close } = await browser.open({ locale })
    const found: string[] = []
    await site.signIn(page)
    const audit = async (): Promise<void> => void found.push(...(await auditPage(page, { inTheDark: locale === 'en-US' })))
    const kinds = await crawl(page, ['/', ...UNLINKED], audit)
    await close()
    expect([...found, ...faults]).to.deep.equal([])
    return kinds
  }

  it('breaks no rule of axe-core and fits a phone, in both languages', async () => {
    const [kinds] = await Promise.all([auditAll('en-US'), auditAll('es-ES')])

    expect(kinds).to.include.members(EXPECTED)
  })
})
