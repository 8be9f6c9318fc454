import { expect } from 'chai'
import { startBrowser, type BrowserForTests } from '../support/browser.ts'
import { newPerson } from '../support/service.ts'
import { startFurnishedSite, type FurnishedSite } from './furnished-site.ts'

describe('the pages without JavaScript', function () {
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

  it('set up a connection and export a candidate onto a job', async () => {
    const { api } = await site.organization()
    await api.post('candidates', newPerson({ name: 'Nora Script' }))
    const { page, faults } = await browser.open({ javaScriptEnabled: false })
    const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click()

    await site.signIn(page, '/settings/ats', 'ana@acme.example', api)
    await press('Authorize')
    await page.getByRole('button', { name: 'Ana Duarte' }).click()
    await page.waitForURL(`${site.url}/settings/ats/webhooks`) // this Lever account has accepted before
    await press('Create webhooks in Lever')
    await press('Save & Proceed')
    const row = page.getByRole('row', { name: 'Bo Lindqvist' })
    await row.getByLabel('Lever email').fill('bo@acme.example')
    await row.getByLabel('Active').check()
    await press('Save & Proceed')
    await press('Activate')
    await site.signIn(page, '/candidates', 'bo@acme.example', api)
    await page.getByRole('row', { name: 'Nora Script' }).getByRole('button', { name: 'Export to ATS' }).click()
    await page.getByLabel('Job').selectOption({ label: 'Backend Engineer · San Francisco, CA · Engineering' })
    await press('Show what will be sent')
    await page.getByText('Nobody with these e-mail addresses is in Lever.').waitFor()
    await press('Export')
    const way = page.getByRole('link', { name: 'Open Nora Script in Lever' })
    while (!(await way.isVisible())) await page.getByRole('button', { name: 'Refresh' }).click()

    const [made] = (await site.lever.allOpportunities()).filter(({ name }) => name === 'Nora Script')
    expect(made).to.include({ stage: 'lead-new' })
    expect(await way.getAttribute('href')).to.equal(made?.urls.show)
    expect(faults).to.deep.equal([])
  })
})
