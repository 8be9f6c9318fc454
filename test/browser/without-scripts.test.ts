import { expect } from 'chai'
import { startBrowser, type BrowserForTests } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { newPerson, SOURCER, startService, type ServiceForTests } from '../support/service.ts'
import { signIn } from './sign-in.ts'

describe('pages without JavaScript', function () {
  this.timeout(120_000)
  let site: ServiceForTests
  let browser: BrowserForTests

  before(async function () {
    this.timeout(300_000)
    site = await startService({ LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
    browser = await startBrowser(site.url)
  })
  after(async () => {
    await browser.stop()
    await site.stop()
  })

  it('set up a connection and export a candidate to a job', async () => {
    const { api } = await site.organization()
    await api.post('candidates', newPerson({ name: 'Nora Script' }))
    const { page, faults } = await browser.open({ javaScriptEnabled: false })
    const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click()

    await signIn(page, api, '/settings/ats')
    await press('Authorize')
    await page.getByRole('button', { name: 'Ana Duarte' }).click()
    await press('Accept')
    await page.waitForURL(`${site.url}/settings/ats/webhooks`)
    await press('Create webhooks in Lever')
    await press('Save & Proceed')
    const row = page.getByRole('row', { name: 'Bo Lindqvist' })
    await row.getByLabel('Lever email').fill('bo@acme.example')
    await row.getByLabel('Active').check()
    await press('Save & Proceed')
    await press('Activate')
    await signIn(page, api, '/candidates', SOURCER)
    await press('Continue') // the browser is signed in as Ana
    await page.getByRole('row', { name: 'Nora Script' }).getByRole('button', { name: 'Export to ATS' }).click()
    await page.getByLabel('Job').selectOption({ label: 'Backend Engineer · San Francisco, CA · Engineering' })
    await press('Show what will be sent')
    await page.getByText('No one in Lever has these email addresses.').waitFor()
    await press('Export')
    const way = page.getByRole('link', { name: 'Open Nora Script in Lever' })
    const refresh = page.getByRole('button', { name: 'Refresh', exact: true })
    await way.or(refresh).waitFor()
    const exported = async () => (await api.get<{ data: unknown[] }>('exports?status=exported')).body.data
    await eventually('the export ends', async () => (await exported()).length === 1, 30_000)
    if (await refresh.isVisible()) await refresh.click()
    await way.waitFor()

    const [made] = (await site.lever.allOpportunities()).filter(({ name }) => name === 'Nora Script')
    expect(made).to.include({ stage: 'lead-new' })
    expect(await way.getAttribute('href')).to.equal(made?.urls.show)
    expect(faults).to.deep.equal([])
  })
})
