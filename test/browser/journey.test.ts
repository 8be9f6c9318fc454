import { expect } from 'chai'
import type { Locator, Page } from 'playwright-core'
import { startBrowser, type BrowserForTests, type Window } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { hasFocus, tabTo } from './keyboard.ts'
import { startTrial, type Trial } from './trial.ts'

/** What somebody who has never seen the product may need, clicks and filled fields together. */
const MOST_STEPS = 20

describe('journey in a browser', function () {
  this.timeout(120_000)
  let trial: Trial
  let browser: BrowserForTests
  let window: Window

  before(async function () {
    this.timeout(300_000)
    trial = await startTrial()
    browser = await startBrowser(trial.url)
    window = await browser.open()
  })
  after(async () => {
    await browser.stop()
    await trial.stop()
  })

  it(`leads from nothing to a candidate at New lead in at most ${MOST_STEPS} clicks and fields`, async () => {
    const { page, faults } = window
    const { steps, click, fill, press } = countedSteps(page)

    await page.goto('/')
    await press('Sign in as Ana Duarte')
    await click(page.getByRole('link', { name: 'Open ATS settings' }))
    await press('Authorize')
    await page.waitForURL(`${trial.leverUrl}/sign-in**`)
    await click(page.getByRole('button', { name: 'Ana Duarte' }))
    await press('Accept')
    await page.waitForURL(`${trial.url}/settings/ats/webhooks`)
    await press('Create webhooks in Lever')
    await press('Save & Proceed')
    await press('Match by email')
    await press('Save & Proceed')
    await press('Activate')
    await press('Go to candidates')
    await page.waitForURL(`${trial.url}/candidates`) // with its scripts
    await click(page.getByRole('row', { name: 'Ibrahim Yılmaz' }).getByRole('button', { name: 'Export to ATS' }))
    const dialog = page.getByRole('dialog', { name: 'Export Ibrahim Yılmaz to Lever' })
    await fill(dialog.getByLabel('Job'), 'backend')
    await click(dialog.getByRole('listbox').getByRole('option', { name: 'Backend Engineer' }))
    await click(dialog.getByRole('button', { name: 'Export', exact: true }))
    const [lever] = await Promise.all([page.waitForEvent('popup'), click(dialog.getByRole('link', { name: /Lever/ }))])

    await lever.getByRole('heading', { name: 'Ibrahim Yılmaz' }).waitFor()
    expect(await facts(lever)).to.include({
      Stage: 'New lead',
      Posting: 'Backend Engineer',
      Source: 'Fulcrum Sourcing',
      Owner: 'Ana Duarte',
    })
    expect(steps, steps.join('\n')).to.have.length.at.most(MOST_STEPS)
    expect(faults).to.deep.equal([])
  })

  it('shows changes that a recruiter makes in Lever', async () => {
    const { page, faults } = window
    const lever = page.context().pages().at(-1) as Page

    await lever.getByRole('combobox', { name: 'Stage' }).selectOption('Reached out')
    await lever.getByRole('button', { name: 'Move' }).click()

    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
    const stage = page.getByRole('row', { name: 'Ibrahim Yılmaz' }).getByText('Reached out')
    await eventually('the stage has come back', async () => (await page.reload()) && stage.isVisible(), 30_000)
    expect(faults).to.deep.equal([])
  })

  it('works with the keyboard alone, and leads signed-out people to the requested page', async () => {
    const { page, faults } = await browser.open()
    const press = async (place: Locator): Promise<void> => {
      await tabTo(page, place)
      await page.keyboard.press('Enter')
    }

    await page.goto('/candidates?q=noor')
    await press(page.getByRole('button', { name: 'Sign in as Bo Lindqvist' }))
    await page.waitForURL(`${trial.url}/candidates?q=noor`)
    await tabTo(page, page.getByRole('button', { name: 'Import CSV' }))
    await page.keyboard.press('Space')
    await page.waitForURL(`${trial.url}/candidates/import`)
    await page.goBack()
    await page.waitForURL(`${trial.url}/candidates?q=noor`)
    const opener = page.getByRole('row', { name: 'Noor de Vries' }).getByRole('button', { name: 'Export to ATS' })
    await press(opener)
    const dialog = page.getByRole('dialog', { name: 'Export Noor de Vries to Lever' })
    await tabTo(page, dialog.getByLabel('Job'))
    await page.keyboard.type('backend')
    await dialog.getByRole('listbox').getByRole('option', { name: 'Backend Engineer' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await dialog.getByText('ENG-7').waitFor({ state: 'attached' })
    await press(dialog.getByRole('button', { name: 'Export', exact: true }))
    await dialog.getByRole('link', { name: 'Open Noor de Vries in Lever' }).waitFor()
    await page.keyboard.press('Escape')

    await page.getByRole('row', { name: 'Noor de Vries' }).getByText('Exported').waitFor()
    await eventually('the focus is back on the button', () => hasFocus(opener))
    expect(faults).to.deep.equal([])
  })
})

function countedSteps(page: Page) {
  const steps: string[] = []
  const click = async (place: Locator): Promise<void> => {
    steps.push(`click ${String(place)}`)
    await place.click()
  }
  return {
    steps,
    click,
    fill: async (place: Locator, text: string): Promise<void> => {
      steps.push(`fill ${String(place)}`)
      await place.fill(text)
    },
    press: (name: string): Promise<void> => click(page.getByRole('button', { name, exact: true })),
  }
}

/** What a page tells by names and values. */
async function facts(page: Page): Promise<Record<string, string>> {
  const [names, values] = await Promise.all([page.locator('dl dt').allTextContents(), page.locator('dl dd').allTextContents()])
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']))
}
