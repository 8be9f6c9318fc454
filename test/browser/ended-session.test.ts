import { expect } from 'chai'
import type { BrowserContext, Page } from 'playwright-core'
import { startBrowser, type BrowserForTests } from '../support/browser.ts'
import { LEVER_ADMIN } from '../support/lever.ts'
import { newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../support/service.ts'
import { signIn } from './sign-in.ts'

const NAMES = ['Ona Ended', 'Pau Ended', 'Quim Ended']

describe('Export to ATS after the session ended', function () {
  this.timeout(120_000)
  let site: ServiceForTests
  let api: Api
  let browser: BrowserForTests

  before(async function () {
    this.timeout(300_000)
    site = await startService({ LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
    ;({ api } = await site.connected())
    await api.put(`user-mappings/${LEVER_ADMIN}`, { leverEmail: LEVER_ADMIN })
    for (const name of NAMES) await api.post('candidates', newPerson({ name }))
    browser = await startBrowser(site.url)
  })
  after(async () => {
    await browser.stop()
    await site.stop()
  })

  const row = (page: Page, name: string) => page.getByRole('row', { name })
  const heading = (page: Page, name: string) => page.getByRole('heading', { name })
  const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).first().click()
  const exports = async () => (await api.get<{ data: { requestedBy: string }[] }>('exports')).body.data
  /** In another tab, as the page says. */
  const signInElsewhere = async (context: BrowserContext, userEmail = SOURCER): Promise<void> => {
    const tab = await context.newPage()
    await signIn(tab, api, '/', userEmail)
    await tab.close()
  }

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with scripts' : 'without scripts'

    it(`keeps the chosen candidates, and offers them again after signing in, ${how}`, async () => {
      const { page, faults } = await browser.open({ javaScriptEnabled })
      await signIn(page, api, '/candidates', SOURCER)
      await row(page, 'Ona Ended').getByRole('checkbox').check()
      await row(page, 'Pau Ended').getByRole('checkbox').check()
      await page.context().clearCookies()

      await press(page, 'Export to ATS')
      await heading(page, 'Your session has ended').waitFor()
      await signInElsewhere(page.context())
      await press(page, 'Send again')

      await heading(page, 'Export 2 candidates to Lever').waitFor()
      expect(faults).to.deep.equal([])
    })

    it(`keeps the candidate next to whom the button was pressed, ${how}`, async () => {
      const { page } = await browser.open({ javaScriptEnabled })
      await signIn(page, api, '/candidates', SOURCER)
      await page.context().clearCookies()

      await press(row(page, 'Quim Ended') as never, 'Export to ATS')
      await signInElsewhere(page.context())
      await press(page, 'Send again')

      await heading(page, 'Export Quim Ended to Lever').waitFor()
    })

    it(`exports nobody automatically for the next person who signs in, ${how}`, async () => {
      const { page } = await browser.open({ javaScriptEnabled })
      await signIn(page, api, '/candidates', SOURCER)
      await press(row(page, 'Quim Ended') as never, 'Export to ATS')
      await heading(page, 'Export Quim Ended to Lever').waitFor()
      await page.context().clearCookies()

      await press(page, 'Export')
      await heading(page, 'Your session has ended').waitFor()
      await signInElsewhere(page.context(), LEVER_ADMIN)
      await press(page, 'Send again')

      await page.getByText(`You are now signed in as Ana Duarte (${LEVER_ADMIN}).`).waitFor()
      expect(await exports()).to.deep.equal([])
    })
  }

  it('restores the selection in its tab, for the same person only', async () => {
    const { page } = await browser.open()
    await signIn(page, api, '/candidates', SOURCER)
    await row(page, 'Ona Ended').getByRole('checkbox').check()
    await page.context().clearCookies()

    await page.getByRole('link', { name: 'Candidates', exact: true }).click()
    await page.waitForURL('**/sign-in?next=%2Fcandidates')
    await signIn(page, api, '/candidates', LEVER_ADMIN)
    const ofAna = await row(page, 'Ona Ended').getByRole('checkbox').isChecked()
    await page.context().clearCookies()
    await signIn(page, api, '/candidates', SOURCER)

    await page.getByText('1 selected').waitFor()
    expect(ofAna).to.equal(false)
  })

  it('leads to the sign-in page if all matches were to be selected', async () => {
    for (let at = 0; at < 50; at += 1) await api.post('candidates', newPerson())
    const { page, faults } = await browser.open()
    await signIn(page, api, '/candidates', SOURCER)
    await page.context().clearCookies()

    await press(page, 'Select all that match')

    await page.waitForURL('**/sign-in?next=%2Fcandidates')
    expect(faults).to.deep.equal([])
  })
})
