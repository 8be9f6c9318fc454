import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { startBrowser, type BrowserForTests } from '../support/browser.ts'
import { newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../support/service.ts'
import { signIn } from './sign-in.ts'

const PEOPLE = 210
const ROWS = 50

describe('a selection across pages in the browser', function () {
  this.timeout(120_000)
  let site: ServiceForTests
  let api: Api
  let browser: BrowserForTests
  /** Newest first, as the list shows them. */
  let ids: string[]

  before(async function () {
    this.timeout(300_000)
    site = await startService()
    ;({ api } = await site.connected())
    for (let at = 0; at < PEOPLE; at += 1) await api.post('candidates', newPerson())
    ids = await all('candidates?limit=100', 'id')
    browser = await startBrowser(site.url)
  })
  after(async () => {
    await browser.stop()
    await site.stop()
  })

  const all = async (path: string, member: string, cursor = ''): Promise<string[]> => {
    const { data, nextCursor } = (await api.get<{ data: Record<string, string>[]; nextCursor: string | null }>(path + cursor)).body
    const here = data.map((item) => item[member] ?? '')
    return nextCursor === null ? here : [...here, ...(await all(path, member, `&cursor=${nextCursor}`))]
  }
  const exportedIn = (batch: string) => all(`exports?limit=100&batchId=${/\w+$/.exec(batch)?.[0]}`, 'candidateId')
  const tick = async (page: Page, chosen: readonly string[]): Promise<void> => {
    for (const id of chosen) await page.locator(`input[name=id][value="${id}"]`).check()
  }
  const heading = (page: Page, count: number) => page.getByRole('heading', { name: `Export ${count} candidates to Lever` })

  it('exports exactly the chosen 21, 50, and 130 candidates', async () => {
    const { page, faults } = await browser.open()
    const older = (): Promise<void> => page.getByRole('link', { name: 'Older candidates' }).click()
    const selected = (count: number): Promise<void> => page.getByText(`${count} selected`, { exact: true }).waitFor()
    const wholePage = (): Promise<void> => page.getByRole('checkbox', { name: 'Select all on this page' }).check()
    const exported = async (count: number): Promise<string[]> => {
      await page.getByRole('button', { name: 'Export to ATS', exact: true }).first().click()
      await heading(page, count).waitFor()
      await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click()
      const batch = await page.getByRole('button', { name: 'Open this bulk export' }).getAttribute('href')
      return exportedIn(batch ?? '')
    }
    await signIn(page, api, '/candidates', SOURCER)

    await tick(page, ids.slice(0, 21))
    const first = await exported(21)
    await page.goto('/candidates')
    await tick(page, ids.slice(21, 46))
    await older()
    await selected(25)
    await tick(page, ids.slice(50, 75))
    const second = await exported(50)
    await page.goto('/candidates')
    await older()
    await tick(page, ids.slice(75, 95))
    await older()
    await wholePage()
    await older()
    await selected(20 + ROWS)
    await wholePage()
    await older()
    await tick(page, ids.slice(200, 210))
    await selected(130)
    const third = await exported(130)

    expect(first).to.have.members(ids.slice(0, 21))
    expect(second).to.have.members([...ids.slice(21, 46), ...ids.slice(50, 75)])
    expect(third).to.have.members([...ids.slice(75, 95), ...ids.slice(100, 210)])
    expect(faults).to.deep.equal([])
  })

  it('works without JavaScript', async () => {
    const { page, faults } = await browser.open({ javaScriptEnabled: false })
    const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).first().click()
    const older = (): Promise<void> => press('Older candidates')
    const exported = async (count: number): Promise<string[]> => {
      await press('Export to ATS')
      await heading(page, count).waitFor()
      await page.getByLabel('Job').selectOption({ label: 'Backend Engineer · San Francisco, CA · Engineering' })
      await press('Export')
      await page.waitForURL('**/exports/batches/*')
      return exportedIn(page.url())
    }
    await signIn(page, api, '/candidates', SOURCER)

    const links = await page.getByRole('link', { name: 'Older candidates' }).count()
    await tick(page, ids.slice(0, 21))
    const first = await exported(21)
    await page.goto('/candidates')
    await tick(page, ids.slice(21, 46))
    await older()
    await tick(page, ids.slice(50, 75))
    const second = await exported(50)
    await page.goto('/candidates')
    await older()
    await tick(page, ids.slice(80, 100))
    await older()
    await tick(page, ids.slice(100, 150))
    await older()
    await page.getByRole('status').filter({ hasText: '70 selected on other pages.' }).waitFor()
    await tick(page, ids.slice(150, 200))
    await older()
    await tick(page, ids.slice(200, 210))
    const third = await exported(130)

    expect(links, 'no link leads on without the selection').to.equal(0)
    expect(first).to.have.members(ids.slice(0, 21))
    expect(second).to.have.members([...ids.slice(21, 46), ...ids.slice(50, 75)])
    expect(third).to.have.members(ids.slice(80, 210))
    expect(faults).to.deep.equal([])
  })
})
