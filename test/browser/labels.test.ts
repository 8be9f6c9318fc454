import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { startBrowser, type BrowserForTests } from '../support/browser.ts'
import { startFurnishedSite, type FurnishedSite } from './furnished-site.ts'

type Role = Parameters<Page['getByRole']>[0]
/** A role and the accessible name as people and programs outside rely on it; a name of a link may go on. */
type Label = readonly [role: Role, name: string | RegExp]

/** Where Lever is connected. */
const CONNECTED: Readonly<Record<string, readonly Label[]>> = {
  '/candidates': [
    ['searchbox', 'Name or email'],
    ['button', 'Export to ATS'],
    ['button', 'Import CSV'],
  ],
  '/exports': [
    ['button', 'Retry'],
    ['link', /Lever/],
  ],
  '/settings/ats': [
    ['button', 'Pause'],
    ['button', 'Disconnect'],
  ],
  '/settings/ats/webhooks': [
    ['button', 'Copy endpoint URL'],
    ['textbox', 'Signature token'],
    ['button', 'Create webhooks in Lever'],
    ['button', 'Save & Proceed'],
  ],
  '/settings/ats/users': [
    ['combobox', 'Lever email'],
    ['switch', 'Active'],
    ['button', 'Match by email'],
    ['button', 'Save & Proceed'],
  ],
  '/settings/people': [
    ['button', 'Invite'],
    ['switch', 'Active'],
  ],
  '/settings/api-keys': [],
  '/activity': [['button', 'Replay']],
}

/** Where nothing is connected yet. */
const FRESH: Readonly<Record<string, readonly Label[]>> = {
  '/candidates': [['button', 'Import CSV']],
  '/settings/ats': [
    ['combobox', 'ATS application'],
    ['button', 'Authorize'],
    ['textbox', 'API key'],
    ['button', 'Save & Proceed'],
  ],
  '/settings/ats/activate': [['button', 'Activate']],
}

/** A page that is shown has its labels within a moment. */
const LABEL_PATIENCE_MS = 15_000

describe('labels on the pages', function () {
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

  /** The labels that a person who looks at the pages does not find. */
  async function missingFrom(page: Page, labels: Readonly<Record<string, readonly Label[]>>): Promise<string[]> {
    const missing: string[] = []
    for (const [path, wanted] of Object.entries(labels)) {
      await page.goto(path)
      missing.push(...(await notFound(page, [...wanted, ['button', 'Sign out']])))
    }
    return missing
  }

  async function notFound(page: Page, labels: readonly Label[]): Promise<string[]> {
    const isThere = ([role, name]: Label): Promise<boolean> =>
      page.getByRole(role, { name, exact: true }).first().waitFor({ timeout: LABEL_PATIENCE_MS }).then(
        () => true,
        () => false,
      ) // prettier-ignore
    const found = await Promise.all(labels.map(isThere))
    return labels.filter((_, index) => !found[index]).map(([role, name]) => `${page.url()}: ${role} ${String(name)}`)
  }

  it('are as promised on the pages of a connected organization, and in the dialog', async () => {
    const { page } = await browser.open()
    await site.signIn(page)

    const missing = await missingFrom(page, CONNECTED)
    await page.goto('/candidates')
    await page.getByRole('row', { name: 'Frida Fresh' }).getByRole('button', { name: 'Export to ATS' }).click()
    const dialog = page.getByRole('dialog', { name: 'Export Frida Fresh to Lever' })
    await dialog.getByRole('combobox', { name: 'Job', exact: true }).waitFor()
    const inDialog = await notFound(page, [
      ['combobox', 'Job'],
      ['combobox', 'Requisition'],
      ['button', 'Export'],
    ])
    const chosen = await dialog.getByRole('combobox', { name: 'Job', exact: true }).inputValue()

    expect([...missing, ...inDialog]).to.deep.equal([])
    expect(chosen).to.equal('None: general opportunity')
  })

  it('are as promised if nothing is connected', async () => {
    const { api } = await site.organization()
    const { page } = await browser.open()
    await site.signIn(page, '/', 'ana@acme.example', api)

    expect(await missingFrom(page, FRESH)).to.deep.equal([])
  })

  it('are as promised in the local Lever', async () => {
    const { page } = await browser.open({ baseURL: site.lever.url })
    await page.goto('/settings/webhooks')
    await page.getByRole('button', { name: 'Ana Duarte' }).click()

    const missing = await notFound(page, [
      ['link', 'Webhooks'],
      ['link', 'API Credentials'],
      ['link', 'Authorized Apps'],
      ['switch', 'Candidate stage change'],
      ['button', '+ Add webhook'],
    ])
    const event = page.getByRole('region', { name: 'Candidate hired' })
    await event.getByLabel('URL').fill('https://far.example/hook')
    await event.getByRole('button', { name: '+ Add webhook' }).click()
    missing.push(...(await notFound(page, [['textbox', 'Signature token'], ['button', 'Verify connection']]))) // prettier-ignore
    await page.getByRole('link', { name: 'Authorized Apps' }).click()
    missing.push(...(await notFound(page, [['button', 'Revoke access']])))

    expect(missing).to.deep.equal([])
  })
})
