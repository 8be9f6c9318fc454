import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { NARROW, startBrowser, type BrowserForTests } from '../support/browser.ts'
import { LEVER_ADMIN } from '../support/lever.ts'
import { newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../support/service.ts'
import { signIn } from './sign-in.ts'
import { eventually } from '../support/eventually.ts'

const ADMIN_PAGES = ['/settings/ats', '/settings/ats/webhooks', '/settings/people', '/settings/api-keys', '/activity']

/** A program that watches the page, or somebody on a slow machine. */
const PRESS_EXPORT_AS_IT_COMES = `void new MutationObserver((_, observer) => {
  const button = document.querySelector('dialog footer button[type=submit]')
  if (!button) return
  observer.disconnect()
  button.click()
}).observe(document.getElementById('export-dialog'), { childList: true, subtree: true })`

describe('common obstacles', function () {
  this.timeout(120_000)
  let site: ServiceForTests
  let api: Api
  let browser: BrowserForTests

  before(async function () {
    this.timeout(300_000)
    site = await startService({ LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
    ;({ api } = await site.connected())
    await api.put(`user-mappings/${LEVER_ADMIN}`, { leverEmail: LEVER_ADMIN })
    browser = await startBrowser(site.url)
  })
  after(async () => {
    await browser.stop()
    await site.stop()
  })

  const add = async (fields: { name: string; emails: string[] }): Promise<void> => void (await api.post('candidates', newPerson(fields)))

  /** As the page says: signs in in another tab, comes back, sends again, and confirms that it was meant. */
  async function sendAgain(page: Page): Promise<void> {
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor()
    const other = await page.context().newPage()
    await signIn(other, api)
    await other.close()
    await page.getByRole('button', { name: 'Send again' }).click()
    await page.getByRole('heading', { name: 'You signed in again after opening this form' }).waitFor()
    await page.getByRole('button', { name: 'Send again' }).click()
  }

  it('a sourcer sees no settings, and is refused when requesting them', async () => {
    const { page } = await browser.open()
    await signIn(page, api, '/candidates', SOURCER)

    const links = await page.getByRole('navigation').getByRole('link').allTextContents()
    const answers = await Promise.all(ADMIN_PAGES.map(async (path) => (await page.request.get(path)).status()))

    expect(links.map((text) => text.trim())).to.deep.equal(['Fulcrum', 'Candidates', 'Exports'])
    expect(answers).to.deep.equal(ADMIN_PAGES.map(() => 403))
  })

  it('a long word in a file does not widen the preview', async () => {
    const { page } = await browser.open()
    await signIn(page, api, '/candidates/import')
    const csv = `Vorname,Nachname,E-Mail-Adresse,${'Lieblingsfarbe'.repeat(8)}\nIda,Lang,ida@a.example,${'x'.repeat(150)}\n`
    await page.getByLabel('CSV file').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
    await page.getByRole('cell', { name: 'ida@a.example' }).waitFor()

    for (const width of [1280, 900, NARROW.width]) {
      await page.setViewportSize({ width, height: 800 })
      expect(await page.evaluate('document.documentElement.scrollWidth'), `${width} px`).to.equal(width)
      expect(await page.evaluate("(() => { const table = document.querySelector('#import-preview table').getBoundingClientRect(), card = document.querySelector('#import-preview').parentElement.getBoundingClientRect(); return table.right <= card.right })()"), `${width} px`).to.equal(true) // prettier-ignore
    }
  })

  it('a double click exports once, and sets up once', async () => {
    await add({ name: 'Dolly Double-Click', emails: ['dolly@click.example'] })
    const { page, faults } = await browser.open({ viewport: NARROW })
    await signIn(page, api, '/candidates')
    await page.getByRole('row', { name: 'Dolly' }).getByRole('button', { name: 'Export to ATS' }).dblclick()
    const dialog = page.getByRole('dialog', { name: 'Export Dolly Double-Click to Lever' })
    await dialog.getByRole('button', { name: 'Export', exact: true }).dblclick()
    await dialog.getByRole('link', { name: 'Open Dolly Double-Click in Lever' }).waitFor()
    await page.goto('/settings/ats/webhooks')
    await page.getByRole('button', { name: 'Create webhooks in Lever' }).dblclick()
    await page.getByText('Webhooks created in Lever.').waitFor()

    expect(await site.lever.opportunitiesByEmail('dolly@click.example')).to.have.length(1)
    expect((await site.lever.webhooks()).filter(({ event }) => event === 'candidateHired')).to.have.length(1)
    expect(faults).to.deep.equal([])
  })

  it('a button that has just appeared works without leaving the page', async () => {
    await add({ name: 'Quick Quentin', emails: ['quentin@quick.example'] })
    const { page } = await browser.open()
    await signIn(page, api, '/candidates')
    await page.evaluate(PRESS_EXPORT_AS_IT_COMES)
    await page.getByRole('row', { name: 'Quentin' }).getByRole('button', { name: 'Export to ATS' }).click()

    await page.getByRole('dialog').getByRole('link', { name: 'Open Quick Quentin in Lever' }).waitFor()
  })

  it('back and reload show the current state of every step', async () => {
    const { page, faults } = await browser.open()
    await signIn(page, api, '/settings/ats/webhooks')
    const proceed = (): Promise<void> => page.getByRole('button', { name: 'Save & Proceed' }).click()

    await proceed()
    await page.waitForURL('**/settings/ats/users')
    await proceed()
    await page.waitForURL('**/settings/ats/activate')
    await page.goBack()
    await page.reload()
    const email = await page.getByRole('row', { name: 'Bo Lindqvist' }).getByLabel('Lever email').inputValue()
    await proceed()
    await page.waitForURL('**/settings/ats/activate')
    await page.reload()
    await page.getByText('The connection is active').waitFor()

    expect(email).to.equal('bo@acme.example')
    expect(faults).to.deep.equal([])
  })

  it('a form that is submitted after the session ended keeps the input', async () => {
    const { page } = await browser.open()
    await signIn(page, api, '/settings/ats/webhooks')
    const field = page.getByRole('row', { name: 'Interview Created' }).getByLabel('Signature token')
    await field.fill('typed-before-the-session-ended')
    await page.context().clearCookies()

    await page.getByRole('button', { name: 'Save & Proceed' }).click()
    await sendAgain(page)

    await page.waitForURL('**/settings/ats/users')
    const { body } = await api.get<{ webhooks: { event: string; configured: boolean }[] }>('connection')
    expect(body.webhooks.find(({ event }) => event === 'interviewCreated')?.configured).to.equal(true)
  })

  it('the dialog also keeps the note that was entered', async () => {
    await add({ name: 'Nadia Noted', emails: ['nadia@noted.example'] })
    const { page } = await browser.open()
    await signIn(page, api, '/candidates')
    await page.getByRole('row', { name: 'Nadia' }).getByRole('button', { name: 'Export to ATS' }).click()
    const dialog = page.getByRole('dialog', { name: 'Export Nadia Noted to Lever' })
    await dialog.getByLabel('Note').fill('Typed before the session ended')
    await page.context().clearCookies()

    await dialog.getByRole('button', { name: 'Export', exact: true }).click()
    await sendAgain(page)
    await page.getByRole('link', { name: 'Open Nadia Noted in Lever' }).waitFor()

    const [made] = await site.lever.opportunitiesByEmail('nadia@noted.example')
    const notes = async () => (await site.lever.notesOf(made?.id ?? '')).flatMap(({ entries }) => entries.map(({ value }) => value))
    await eventually('the note is in Lever', async () => (await notes()).length > 0)
    expect(await notes()).to.deep.equal(['Typed before the session ended'])
  })
})
