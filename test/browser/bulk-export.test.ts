import { expect } from 'chai'
import { startBrowser, type BrowserForTests } from '../support/browser.ts'
import { newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../support/service.ts'
import { findingsIn } from './audit-page.ts'

const PEOPLE = 60

describe('a selection in the browser', function () {
  this.timeout(120_000)
  let service: ServiceForTests
  let browser: BrowserForTests
  let api: Api

  before(async function () {
    this.timeout(300_000)
    service = await startService({ LEVER_REQUESTS_PER_SECOND: '40', LEVER_TIMEOUT_MS: '4000', SETTLE_MS: '4000' })
    await service.lever.settings({ rateLimit: { enabled: false } })
    ;({ api } = await service.connected())
    await Promise.all(Array.from({ length: PEOPLE }, () => api.post('candidates', newPerson({ project: 'Search' }))))
    browser = await startBrowser(service.url)
  })
  after(async () => {
    await browser.stop()
    await service.stop()
  })

  it('is kept across pages, is sent as one bulk export, and is followed until it finishes', async () => {
    const { body } = await api.post<{ url: string }>('sign-in-links', { userEmail: SOURCER, path: '/candidates' })

    const found = await findingsIn('en-US', browser, async (page, audit) => {
      await page.goto(body.url)
      await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
      await page.getByText('50 selected').waitFor()
      await page.getByRole('link', { name: 'Older candidates' }).click()
      await page.getByText('50 selected').waitFor()
      await page.getByRole('button', { name: 'Select all that match' }).click()
      await page.getByText(`${PEOPLE} selected`).waitFor()
      await page.getByRole('button', { name: 'Export to ATS', exact: true }).first().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('heading', { name: `Export ${PEOPLE} candidates to Lever` }).waitFor()
      await audit()
      await dialog.getByRole('button', { name: 'Export', exact: true }).click()
      await dialog.getByText(` of ${PEOPLE} `).first().waitFor()
      await dialog.getByText(`Done: ${PEOPLE} of ${PEOPLE} exported.`).waitFor({ timeout: 60_000 })
      await dialog
        .getByRole('link', { name: /Open in Lever/ })
        .first()
        .waitFor()
      await dialog.getByRole('button', { name: 'Open this bulk export' }).click()
      await page.getByRole('heading', { name: `Export of ${PEOPLE} candidates` }).waitFor()
      await page.getByRole('button', { name: 'Result as CSV' }).waitFor()
      await audit()
      await page.goto('/exports/batches')
      await audit()
      await page.goto('/candidates')
      expect(await page.getByRole('status').filter({ hasText: 'selected' }).count()).to.equal(0)
    })

    expect(found).to.deep.equal([])
  })
})
